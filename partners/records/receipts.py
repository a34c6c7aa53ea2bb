"""Receipts: proof that a notice of legal weight was taken, kept when its attempts are gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, update

from partners.db import JSONDocument
from partners.records.endpoints import deliveries


class Receipt(Struct, frozen=True, kw_only=True):
    """Who took what, and what was said to it; the hashes are SHA-256, in hex.

    `body_sha256` is of the bytes that were signed and sent, `response_sha256` of the answer as it was read,
    before anything in it was hidden: a receiver that signs its answers has signed these.
    """

    received_at: datetime
    url: str
    peer: str | None
    status: int | None
    body_sha256: str
    response: str | None
    response_sha256: str | None


def keep_receipts(connection: Connection, given: Sequence[tuple[str, Receipt]]) -> None:
    """Write the receipts of deliveries, by their ids."""
    if given:
        rows = [{"delivery": key, "new_receipt": msgspec.to_builtins(receipt)} for key, receipt in given]
        connection.execute(_KEEP, rows)


_KEEP = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"))
    .values(receipt=bindparam("new_receipt", type_=JSONDocument))
)
