"""Purging: when its type's time is over, an event's attempts and deliveries go and its body is erased.

What stays is that it was told: id, type, subject, sequence, and the hash of its body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from partners.db import UTC
from partners.errors import Conflict, NotFound
from partners.records.endpoints import attempts, deliveries
from partners.records.events import events
from partners.records.holds import is_held


def find_purgeable(connection: Connection, type_: str, before: datetime, limit: int) -> list[str]:
    """Events of a type told before a time, that nobody waits for and no hold keeps; the oldest first."""
    statement = select(events.c.id).where(
        events.c.type == type_,
        events.c.occurred_at < before,
        events.c.purged_at.is_(None),
        ~_is_pending(),
        ~is_held(),
    )
    return list(connection.scalars(statement.order_by(events.c.occurred_at).limit(limit)))


def count_purgeable(connection: Connection, type_: str, before: datetime) -> int:
    """How many events of a type are old enough, whether something keeps them or not."""
    statement = select(func.count()).where(
        events.c.type == type_, events.c.occurred_at < before, events.c.purged_at.is_(None)
    )
    return int(connection.scalar(statement) or 0)


def purge_events(connection: Connection, ids: Collection[str], now: datetime) -> int:
    """Erase these events' bodies, attempts and deliveries; those that must stay are passed over."""
    free = select(events.c.id, events.c.body).where(
        events.c.id.in_(list(ids)), events.c.purged_at.is_(None), ~_is_pending(), ~is_held()
    )
    rows = connection.execute(free.with_for_update(of=events)).all()
    if not rows:
        return 0
    _forget_deliveries(connection, [row.id for row in rows])
    erased = [{"event": row.id, "hash": hashlib.sha256(bytes(row.body)).digest(), "now": now} for row in rows]
    connection.execute(_ERASE, erased)
    return len(rows)


def purge_event(connection: Connection, event_id: str, now: datetime) -> None:
    """Erase one event before its time.

    Raises:
        NotFound: there is none.
        Conflict: it is still to be delivered, or a legal hold keeps it.
    """
    if connection.scalar(select(events.c.id).where(events.c.id == event_id)) is None:
        raise NotFound("no such event")
    if not purge_events(connection, [event_id], now):
        raise Conflict("the event is still to be delivered, under a legal hold, or purged already")


def purge_attempts(connection: Connection, before: datetime, limit: int) -> int:
    """Delete attempts made before a time, of deliveries that are done and under no hold."""
    old = (
        select(attempts.c.id)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(attempts.c.sent_at < before, deliveries.c.state.not_in(["due", "held"]), ~is_held())
        .order_by(attempts.c.id)
        .limit(limit)
    )
    ids = list(connection.scalars(old))
    if ids:
        connection.execute(delete(attempts).where(attempts.c.id.in_(ids)))
    return len(ids)


def _forget_deliveries(connection: Connection, event_ids: Sequence[str]) -> None:
    mine = select(deliveries.c.id).where(deliveries.c.event_id.in_(event_ids))
    connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(mine)))
    connection.execute(delete(deliveries).where(deliveries.c.event_id.in_(event_ids)))


def _is_pending() -> ColumnElement[bool]:
    waiting = select(deliveries.c.id).where(
        deliveries.c.event_id == events.c.id, deliveries.c.state.in_(["due", "held"])
    )
    return waiting.correlate(events).exists()


_ERASE = (
    update(events)
    .where(events.c.id == bindparam("event"))
    .values(body=b"", labels={}, body_sha256=bindparam("hash"), purged_at=bindparam("now", type_=UTC()))
)
