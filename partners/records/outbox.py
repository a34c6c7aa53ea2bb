"""The outbox as a worker sees it: due deliveries are leased, taking turns between endpoints.

A lease is `due_at` moved ahead together with a token, so an expired lease is simply due again and
needs nobody to clean up. What is due and how long a lease runs is told by the database's clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Row, update

from partners.db import time_of
from partners.indexing import keep_to_indexes
from partners.records import lanes
from partners.records.endpoints import deliveries, find_shut
from partners.records.events import VERIFICATION
from partners.records.lanes import Found, Lane
from partners.records.pacing import Pacing, count_tokens, hold_pacing, save_pacing, spend_tokens

RUN: Final = 32
"""So many deliveries to an ordered endpoint are leased at once, to be sent one after the other."""


class Claim(Struct, frozen=True, kw_only=True):
    """What a worker asks for: at most `limit` first tries and `late_limit` late retries.

    At most `per_endpoint` are under way to each endpoint. `token` begins with the worker's own name and a
    dot; `busy` counts what this worker is sending now; `now` is the host's time, for SQLite.
    """

    token: str
    now: datetime
    lease: timedelta
    limit: int
    late_limit: int = 0
    per_endpoint: int
    busy: Mapping[str, int] = {}

    @property
    def worker(self) -> str:
        return self.token.split(".")[0]


class Leased(Struct, frozen=True, kw_only=True):
    """A delivery under lease and what an attempt needs; `secrets` are (id, kind, ciphertext), newest first.

    `ordinal` is its place in the queue of an ordered endpoint, 0 elsewhere.
    """

    id: str
    token: str
    event_id: str
    event_type: str
    body: bytes
    endpoint_id: str
    organization_id: str
    url: str
    failures: int
    trigger: str
    ordinal: int = 0
    lane: Lane = "first"
    expires_at: datetime | None = None
    lease_until: datetime | None = None
    secrets: tuple[tuple[str, str, bytes], ...] = ()


class _Place(Struct):
    """How much more may go to an endpoint now."""

    pacing: Pacing
    rate: float | None
    is_ordered: bool
    room: int
    taken: int = 0


def has_due(connection: Connection, host_now: datetime) -> bool:
    """Tell whether any endpoint has a delivery due that may go; cheap enough to be asked often."""
    keep_to_indexes(connection, in_order=True)
    now = time_of(connection, host_now)
    return connection.execute(lanes.ANY_DUE, {"now": now}).first() is not None


def claim_due(connection: Connection, claim: Claim) -> list[Leased]:
    """Lease due deliveries, taking turns between endpoints.

    No endpoint's backlog can keep another one waiting: each gets an even share of the limit, less what
    is already under way to it, and no more than its breaker and its rate allow.
    """
    keep_to_indexes(connection, in_order=True)
    now = time_of(connection, claim.now)
    taken = _claim_lane(connection, claim, "first", now) if claim.limit > 0 else []
    if claim.late_limit > 0:
        taken += _claim_lane(connection, claim, "late", now)
    if not taken:
        return []
    secrets = _live_secrets(connection, {row.endpoint_id for row, _ in taken}, now)
    until = now + claim.lease
    return [_to_leased(row, lane, claim.token, until, secrets[row.endpoint_id]) for row, lane in taken]


def release(connection: Connection, tokens: Mapping[str, str], host_now: datetime) -> None:
    """Give leases back unused: delivery id to token."""
    if tokens:
        now = time_of(connection, host_now)
        rows = [{"delivery": key, "token": tokens[key], "now": now} for key in sorted(tokens)]
        connection.execute(lanes.RELEASE, rows)


def _claim_lane(connection: Connection, claim: Claim, lane: Lane, now: datetime) -> list[tuple[Found, Lane]]:
    limit = claim.limit if lane == "first" else claim.late_limit
    places = _find_places(connection, claim, lane, limit, now)
    if not places:
        return []
    share = min(claim.per_endpoint, -(-limit // len(places)))
    rows = _read_lane(connection, lane, [key for key, place in places.items() if place.room], share, now)
    if lane == "first":
        queued = [key for key, place in places.items() if place.is_ordered and place.room]
        rows += _read_queues(connection, queued, now)
    ready = _set_aside(connection, rows, now)
    taken = _take(ready, places, limit)
    if taken:
        ids = [row.id for row in taken]
        lease = {"ids": ids, "token": claim.token, "until": now + claim.lease}
        connection.execute(lanes.LEASE, lease)
        _spend(connection, places.values(), now)
    return [(row, lane) for row in taken]


def _find_places(
    connection: Connection, claim: Claim, lane: Lane, limit: int, now: datetime
) -> dict[str, _Place]:
    """Endpoints with something due, longest waiting first, and how much more may go to each.

    Their pacing is held from here on: another worker counts only what this one has committed.
    """
    found = connection.execute(lanes.WAITING[lane], {"now": now, "count": limit}).all()
    if not found:
        return {}
    pacing = hold_pacing(connection, [row.id for row in found])
    own = f"{claim.worker}.%"
    counted = connection.execute(lanes.LEASES, {"ids": [row.id for row in found], "now": now, "own": own})
    leases = {row.endpoint_id: row for row in counted}
    places: dict[str, _Place] = {}
    for row in found:
        one = pacing[row.id]
        room = 0 if one.is_shut(now) else _room(one, leases.get(row.id), bool(row.ordered), claim)
        if room > 0 and row.rate_per_s:
            room = min(room, count_tokens(one, row.rate_per_s, now))
        if room > 0:
            places[row.id] = _Place(one, row.rate_per_s, bool(row.ordered), room)
    return places


def _room(pacing: Pacing, leases: Row[Any] | None, is_ordered: bool, claim: Claim) -> int:  # noqa: FBT001 - a fact of the endpoint
    under_way = leases.all if leases else 0
    if pacing.is_on_trial:
        return 0 if under_way else 1
    if is_ordered:
        return 0 if under_way else RUN
    others = leases.others if leases else 0
    return claim.per_endpoint - others - claim.busy.get(pacing.endpoint_id, 0)


def _read_lane(
    connection: Connection, lane: Lane, ids: Sequence[str], share: int, now: datetime
) -> list[Found]:
    locked = connection.dialect.name == "postgresql"
    found = connection.execute(lanes.FIRST[lane, locked], {"ids": list(ids), "share": share, "now": now})
    return [Found(*row) for row in found.all()]


def _read_queues(connection: Connection, ids: Sequence[str], now: datetime) -> list[Found]:
    """Of each ordered endpoint the head and what follows it, as far as all of it is due."""
    if not ids:
        return []
    locked = connection.dialect.name == "postgresql"
    found = connection.execute(lanes.QUEUE[locked], {"ids": list(ids), "share": RUN}).all()
    by_endpoint = groupby((Found(*row) for row in found), key=lambda row: row.endpoint_id)
    return [row for _, rows in by_endpoint for row in takewhile(lambda row: row.due_at <= now, rows)]


def _set_aside(connection: Connection, rows: Iterable[Found], now: datetime) -> list[Found]:
    """What may be sent; the rest is set aside.

    What an endpoint was told just while its URL changed waits for the proof; an old question is moot, and
    so is what has outlived its deadline.
    """
    ready: list[Found] = []
    early: list[Found] = []
    aside: dict[str, list[str]] = {"cancelled": []}
    for row in rows:
        if row.expires_at is not None and row.expires_at <= now:
            aside["cancelled"].append(row.id)
        elif (row.type == VERIFICATION) == (row.status == "pending"):
            ready.append(row)
        elif row.type == VERIFICATION:
            aside["cancelled"].append(row.id)
        else:
            early.append(row)
    shut = find_shut(connection, {row.endpoint_id for row in early})
    aside["held"] = [row.id for row in early if row.endpoint_id in shut]
    for state, ids in aside.items():
        if ids:
            values: dict[str, object] = {"state": state, "lease_token": None}
            if state == "cancelled":
                values["finished_at"] = now
            connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(values))
    return ready


def _take(rows: Sequence[Found], places: dict[str, _Place], limit: int) -> list[Found]:
    taken: list[Found] = []
    used = 0
    for row in rows:
        place = places[row.endpoint_id]
        follows = bool(row.ordinal) and place.taken > 0  # a run takes one place of the worker's
        if place.room and (follows or used < limit):
            place.room -= 1
            place.taken += 1
            used += not follows
            taken.append(row)
    return taken


def _spend(connection: Connection, places: Iterable[_Place], now: datetime) -> None:
    spent = [
        spend_tokens(place.pacing, place.rate, place.taken, now)
        for place in places
        if place.rate and place.taken
    ]
    save_pacing(connection, spent)


def _live_secrets(
    connection: Connection, endpoint_ids: Collection[str], now: datetime
) -> dict[str, tuple[tuple[str, str, bytes], ...]]:
    found: dict[str, tuple[tuple[str, str, bytes], ...]] = dict.fromkeys(endpoint_ids, ())
    rows = connection.execute(lanes.SECRETS, {"ids": list(endpoint_ids), "now": now}).all()
    for row in sorted(rows, key=lambda row: row.id, reverse=True):
        found[row.endpoint_id] += ((row.id, row.kind, bytes(row.ciphertext)),)
    return found


def _to_leased(
    row: Found, lane: Lane, token: str, until: datetime, secrets: tuple[tuple[str, str, bytes], ...]
) -> Leased:
    return Leased(
        id=row.id,
        token=token,
        event_id=row.event_id,
        event_type=row.type,
        body=bytes(row.body),
        endpoint_id=row.endpoint_id,
        organization_id=row.organization_id,
        url=row.url,
        failures=row.failures,
        trigger="recover" if row.recovered_at else row.trigger,
        ordinal=row.ordinal,
        lane=lane,
        expires_at=row.expires_at,
        lease_until=until,
        secrets=secrets,
    )
