"""Sealed columns: every place where something lies encrypted, so that re-keying misses none.

Kept answers are not among them: they are forgotten sooner than an old key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from sqlalchemy import Connection, Table, bindparam, select, update

from partners.records import factors as factor_records
from partners.records import invitations as invitation_records
from partners.records import people as person_records
from partners.records import seizures as seizure_records
from partners.records import sellers as seller_records
from partners.records.endpoint_secrets import endpoint_secrets, secret_context
from partners.records.keys import signing_context, signing_keys


class SealedColumn(Struct, frozen=True):
    """A column of sealed bytes, and what each is bound to by its row's id; empty bytes are erased."""

    table: Table
    column: str
    context: Callable[[str], str]


SELLERS = SealedColumn(seller_records.sellers, "party", seller_records.seal_context)
SEIZURES = SealedColumn(seizure_records.seizures, "persons", seizure_records.seal_context)
PEOPLE = SealedColumn(person_records.people, "document", person_records.seal_context)
SEALED = (
    SELLERS,
    SEIZURES,
    PEOPLE,
    SealedColumn(factor_records.factors, "document", factor_records.seal_context),
    SealedColumn(invitation_records.invitations, "document", invitation_records.seal_context),
    SealedColumn(endpoint_secrets, "ciphertext", secret_context),
    SealedColumn(signing_keys, "ciphertext", signing_context),
)


def list_sealed(connection: Connection, place: SealedColumn, after: str, limit: int) -> dict[str, bytes]:
    """The next rows by id, held until the transaction ends: id -> sealed bytes."""
    table = place.table
    statement = select(table.c.id, table.c[place.column].label("sealed")).where(table.c.id > after)
    rows = connection.execute(statement.order_by(table.c.id).limit(limit).with_for_update())
    return {row.id: bytes(row.sealed) for row in rows}


def set_sealed(connection: Connection, place: SealedColumn, sealed: Mapping[str, bytes]) -> None:
    if sealed:
        rows = [{"row": row, "bytes": content} for row, content in sealed.items()]
        statement = update(place.table).where(place.table.c.id == bindparam("row"))
        connection.execute(statement.values({place.column: bindparam("bytes")}), rows)
