"""Holding: what a court or an authority wants kept; begun and ended by the operator, each on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from partners.db import Database
from partners.errors import NotFound
from partners.records import audit
from partners.records.event_types import EVENT_TYPES
from partners.records.holds import LegalHold, add_hold, lift_hold, list_holds
from partners.records.organizations import get_organization


def begin_hold(database: Database, wanted: LegalHold, now: datetime) -> LegalHold:
    """Keep what agrees with all that is given; a hold that gives nothing keeps everything.

    Raises:
        NotFound: there is no such organization or type of event.
    """
    if wanted.event_type is not None and wanted.event_type not in EVENT_TYPES:
        raise NotFound("no such type of event")

    def work(connection: Connection, _: object) -> LegalHold:
        if wanted.organization_id is not None:
            get_organization(connection, wanted.organization_id)
        hold = add_hold(connection, wanted)
        kept = {
            "organization": hold.organization_id,
            "event_type": hold.event_type,
            "subject": hold.subject,
        }
        audit.record_for_service(connection, "hold.begun", hold.id, kept, now)
        return hold

    return database.acting("access", work)


def end_hold(database: Database, key: str, now: datetime) -> None:
    """Let what a hold kept go its way again; the hold stays on record.

    Raises:
        NotFound: there is none, or it was lifted before.
    """

    def work(connection: Connection, _: object) -> None:
        lift_hold(connection, key, now)
        audit.record_for_service(connection, "hold.lifted", key, {}, now)

    database.acting("access", work)


def all_holds(database: Database) -> list[LegalHold]:
    """All holds, also those that were lifted, in the order of their making."""
    with database.surveying("access") as connection:
        return list_holds(connection)
