"""Deliveries as their organization sees them: an event on its way to one endpoint, and each attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, insert, select, update

from partners.db import announce_work, time_of, to_struct
from partners.errors import NotFound
from partners.ids import new_id
from partners.principal import Principal
from partners.records.attempts import State
from partners.records.endpoints import attempts, deliveries
from partners.records.events import VERIFICATION, events
from partners.records.receipts import Receipt


class Delivery(Struct, frozen=True, kw_only=True):
    """`attempt` counts the attempts made; `due_at` is when the next one is due while the state is due."""

    id: str
    event_id: str
    event_type: str
    endpoint_id: str
    organization_id: str
    state: State
    trigger: str
    attempt: int
    due_at: datetime
    last_status: int | None
    created_at: datetime
    finished_at: datetime | None
    recovered_at: datetime | None
    receipt: Receipt | None


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt: how far it came (`phase`), what was answered, and what ended it there (`error`).

    `response_sha256` is of the bytes that were read, before anything in them was hidden.
    """

    id: str
    number: int
    sent_at: datetime
    milliseconds: float
    phase: str
    status: int | None
    error: str | None
    peer: str | None
    response: str | None
    trigger: str
    response_sha256: str | None


class DeliveryFilter(Struct, frozen=True, kw_only=True):
    """Which deliveries: of one endpoint, of one event, in one state."""

    endpoint_id: str | None = None
    event_id: str | None = None
    state: State | None = None


class Span(Struct, frozen=True):
    """A time, from `begin` on and before `end`."""

    begin: datetime
    end: datetime


def visible_to(principal: Principal) -> Select[tuple[Any, ...]]:
    """The deliveries to the principal's own organization, with the type of their events."""
    columns = [deliveries.c[name] for name in Delivery.__struct_fields__ if name != "event_type"]
    return (
        select(*columns, events.c.type.label("event_type"))
        .join(events, events.c.id == deliveries.c.event_id)
        .where(deliveries.c.organization_id == principal.organization_id)
    )


def get_delivery(connection: Connection, principal: Principal, key: str) -> Delivery:
    """Find one delivery.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    if row := connection.execute(visible_to(principal).where(deliveries.c.id == key)).one_or_none():
        return to_struct(row, Delivery)
    raise NotFound("no such delivery")


def list_deliveries(
    connection: Connection,
    principal: Principal,
    wanted: DeliveryFilter,
    *,
    after: str | None,
    limit: int,
) -> list[Delivery]:
    """The newest deliveries first, older than the one named by `after`."""
    statement = visible_to(principal)
    for name in ("endpoint_id", "event_id", "state"):
        if (value := getattr(wanted, name)) is not None:
            statement = statement.where(deliveries.c[name] == value)
    if after is not None:
        statement = statement.where(deliveries.c.id < after)
    rows = connection.execute(statement.order_by(deliveries.c.id.desc()).limit(limit))
    return [to_struct(row, Delivery) for row in rows]


def list_attempts(connection: Connection, principal: Principal, delivery_id: str) -> list[Attempt]:
    """Every attempt of a delivery, the first one first."""
    columns = [attempts.c[name] for name in Attempt.__struct_fields__]
    statement = select(*columns).where(
        attempts.c.organization_id == principal.organization_id, attempts.c.delivery_id == delivery_id
    )
    rows = connection.execute(statement.order_by(attempts.c.number, attempts.c.id))
    return [to_struct(row, Attempt) for row in rows]


def list_attempts_of(
    connection: Connection, principal: Principal, delivery_ids: Sequence[str]
) -> dict[str, list[Attempt]]:
    """Every attempt of some deliveries, by delivery, the first one first."""
    columns = [attempts.c[name] for name in Attempt.__struct_fields__]
    statement = select(attempts.c.delivery_id, *columns).where(
        attempts.c.organization_id == principal.organization_id, attempts.c.delivery_id.in_(delivery_ids)
    )
    found: dict[str, list[Attempt]] = {key: [] for key in delivery_ids}
    for row in connection.execute(statement.order_by(attempts.c.number, attempts.c.id)):
        found[row.delivery_id].append(to_struct(row, Attempt))
    return found


def add_resend(connection: Connection, delivery: Delivery, now: datetime) -> str:
    """Send a delivery's event once more, by hand: a delivery of its own, so no schedule is touched."""
    key = new_id("dlv")
    due_at = time_of(connection, now)
    row = {"event_id": delivery.event_id, "endpoint_id": delivery.endpoint_id, "due_at": due_at}
    announce_work(connection)
    connection.execute(
        insert(deliveries).values(
            **row,
            id=key,
            organization_id=delivery.organization_id,
            state="due",
            trigger="manual",
            created_at=now,
        )
    )
    return key


def recover_deliveries(connection: Connection, endpoint_id: str, span: Span, now: datetime, most: int) -> int:
    """Make due again what an endpoint has not got of a time: what is held or exhausted, at most so many.

    Their schedule begins anew. Returns how many there were.
    """
    lost = (
        select(deliveries.c.id)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(
            deliveries.c.endpoint_id == endpoint_id,
            deliveries.c.trigger == "auto",
            deliveries.c.state.in_(["held", "exhausted"]),
            events.c.occurred_at >= span.begin,
            events.c.occurred_at < span.end,
            events.c.type != VERIFICATION,
        )
        .order_by(deliveries.c.id)
        .limit(most)
    )
    announce_work(connection)
    again = {
        "state": "due",
        "due_at": time_of(connection, now),
        "late": 0,
        "failures": 0,
        "finished_at": None,
        "recovered_at": now,
    }
    found = connection.execute(update(deliveries).where(deliveries.c.id.in_(lost)).values(**again))
    return found.rowcount
