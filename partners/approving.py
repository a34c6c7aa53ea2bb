"""Approving: which texts of a listing a person found to infringe nothing, so that a later one is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from partners.planning import plan_round
from partners.records.approvals import approve, digest_of, disapprove
from partners.records.listings import to_fields


def approve_text(
    connection: Connection, listing_id: str, document: Mapping[str, Any], subject: str, now: datetime
) -> None:
    """Keep that a listing's present text was approved, by the judgement or the decision on `subject`."""
    if approve(connection, listing_id, subject, digest_of(to_fields(dict(document))), now):
        _revisit(connection, listing_id, now)


def disapprove_text(
    connection: Connection, listing_id: str, document: Mapping[str, Any], subject: str, now: datetime
) -> None:
    """Take such an approval of the present text back; what was approved of other texts stands."""
    if disapprove(connection, listing_id, subject, digest_of(to_fields(dict(document)))):
        _revisit(connection, listing_id, now)


def _revisit(connection: Connection, listing_id: str, now: datetime) -> None:
    """Have the listing advised anew, since its text is no longer, or once more, one that was changed."""
    plan_round(connection, {"listing": listing_id}, now)
