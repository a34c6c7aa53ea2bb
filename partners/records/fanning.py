"""Fanning out: each event becomes a delivery to each endpoint of its organization that asked for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from partners.bulk import insert_rows
from partners.db import announce_work, time_of
from partners.ids import new_id
from partners.records.endpoints import deliveries, endpoints, find_shut
from partners.records.event_types import EVENT_TYPES
from partners.records.ordering import take_places


class Told(Struct, frozen=True, kw_only=True):
    """What of an event decides who hears of it."""

    event_id: str
    organization_id: str
    type: str
    labels: Mapping[str, str]
    expires_at: datetime | None


_Pair = tuple[Told, Row[tuple[object, ...]]]


def fan_out(connection: Connection, told: Sequence[Told], now: datetime) -> None:
    """Make the deliveries of these events, in their order; what an endpoint cannot get now is held."""
    listening = _listen(connection, {one.organization_id for one in told})
    pairs: list[_Pair] = [
        (one, endpoint)
        for one in told
        for endpoint in listening.get(one.organization_id, ())
        if wants(endpoint.event_types, one.type) and endpoint.labels.items() <= one.labels.items()
    ]
    if not pairs:
        return
    shut = find_shut(connection, {endpoint.id for _, endpoint in pairs if endpoint.status != "enabled"})
    places = take_places(connection, Counter(endpoint.id for _, endpoint in pairs if endpoint.ordered))
    due_at = time_of(connection, now)
    rows = [
        _row(one, endpoint.id, due_at, now)
        | {
            "state": "held" if endpoint.id in shut else "due",
            "ordinal": next(places[endpoint.id]) if endpoint.ordered else 0,
        }
        for one, endpoint in pairs
    ]
    _write(connection, rows)


def deliver_to(connection: Connection, told: Told, endpoint_id: str, now: datetime) -> None:
    """Make one delivery to one endpoint, whatever it asked for and in whatever state it is."""
    _write(connection, [_row(told, endpoint_id, time_of(connection, now), now)])


def wants(event_types: Sequence[str], type_: str) -> bool:
    """Tell whether a list asks for a type: by name, by `noun.*`, or by `*` where that is enough."""
    known = EVENT_TYPES.get(type_)
    named = {type_} if known and known.is_asked_for else {"*", type_}
    return any(
        asked in named or (asked.endswith(".*") and type_.startswith(asked[:-1])) for asked in event_types
    )


def _listen(
    connection: Connection, organizations: Collection[str]
) -> dict[str, list[Row[tuple[object, ...]]]]:
    columns = ("id", "organization_id", "status", "event_types", "labels", "ordered")
    statement = select(*[endpoints.c[name] for name in columns]).where(
        endpoints.c.organization_id.in_(sorted(organizations)), endpoints.c.deleted_at.is_(None)
    )
    found: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in connection.execute(statement.order_by(endpoints.c.id)):
        found.setdefault(row.organization_id, []).append(row)
    return found


def _row(told: Told, endpoint_id: str, due_at: datetime, now: datetime) -> dict[str, object]:
    return {
        "id": new_id("dlv"),
        "event_id": told.event_id,
        "endpoint_id": endpoint_id,
        "organization_id": told.organization_id,
        "state": "due",
        "due_at": due_at,
        "attempt": 0,
        "ordinal": 0,
        "expires_at": told.expires_at,
        "created_at": now,
    }


def _write(connection: Connection, rows: Iterable[dict[str, object]]) -> None:
    written = list(rows)
    insert_rows(connection, deliveries, written)
    if any(row["state"] == "due" for row in written):
        announce_work(connection)
