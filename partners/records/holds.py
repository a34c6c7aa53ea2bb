"""Legal holds: what a court or an authority wants kept is not purged, however old it is."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Table,
    Text,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)

from partners.db import UTC, metadata, to_struct
from partners.errors import NotFound
from partners.ids import new_id
from partners.records.events import events

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", String(40), primary_key=True),
    # What is held: events that agree with all that is given here.
    Column("organization_id", String(40), ForeignKey("organizations.id")),
    Column("event_type", String(60)),
    Column("subject", String(60)),
    Column("reason", Text, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("lifted_at", UTC),
)


class LegalHold(Struct, frozen=True, kw_only=True):
    """Holds every event that agrees with what is given: an organization's, of a type, about a subject."""

    id: str
    organization_id: str | None = None
    event_type: str | None = None
    subject: str | None = None
    reason: str
    created_at: datetime
    lifted_at: datetime | None = None


def add_hold(connection: Connection, wanted: LegalHold) -> LegalHold:
    """Begin a hold; an empty id is given one."""
    hold = msgspec.structs.replace(wanted, id=wanted.id or new_id("hld"))
    connection.execute(insert(legal_holds).values(msgspec.structs.asdict(hold)))
    return hold


def lift_hold(connection: Connection, key: str, now: datetime) -> None:
    """End a hold; it stays on record.

    Raises:
        NotFound: there is none, or it was lifted before.
    """
    mine = update(legal_holds).where(legal_holds.c.id == key, legal_holds.c.lifted_at.is_(None))
    if not connection.execute(mine.values(lifted_at=now)).rowcount:
        raise NotFound("no such legal hold")


def list_holds(connection: Connection) -> list[LegalHold]:
    """All holds, also those that were lifted, in the order of their making."""
    rows = connection.execute(select(legal_holds).order_by(legal_holds.c.id))
    return [to_struct(row, LegalHold) for row in rows]


def is_held() -> ColumnElement[bool]:
    """Whether a row of events is under a hold."""
    holds = legal_holds.c
    agrees = [
        or_(mine.is_(None), mine == theirs)
        for mine, theirs in (
            (holds.organization_id, events.c.organization_id),
            (holds.event_type, events.c.type),
            (holds.subject, events.c.subject),
        )
    ]
    return exists().where(and_(holds.lifted_at.is_(None), *agrees)).correlate(events)
