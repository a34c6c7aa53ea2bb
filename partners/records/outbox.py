"""The outbox as a worker sees it: due deliveries are leased, taking turns between endpoints.

A lease is `due_at` moved ahead together with a token, so an expired lease is simply due again and
needs nobody to clean up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    update,
)

from partners.records.endpoints import deliveries, endpoint_secrets, endpoints
from partners.records.events import VERIFICATION, events


class Claim(Struct, frozen=True, kw_only=True):
    """What a worker asks for: at most `limit` deliveries, at most `per_endpoint` under way to each endpoint.

    `token` begins with the worker's own name and a dot; `busy` counts what this worker is sending now.
    """

    token: str
    now: datetime
    lease_until: datetime
    limit: int
    per_endpoint: int
    busy: Mapping[str, int] = {}

    @property
    def worker(self) -> str:
        return self.token.split(".")[0]


class Leased(Struct, frozen=True, kw_only=True):
    """A delivery under lease and what an attempt needs; `secrets` are (id, ciphertext), newest first."""

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
    secrets: tuple[tuple[str, bytes], ...] = ()


def has_due(connection: Connection, now: datetime) -> bool:
    """Tell whether any endpoint has a delivery due; cheap enough to be asked four times a second."""
    due = _due(deliveries.c.endpoint_id == endpoints.c.id, now).exists()
    return connection.scalar(select(endpoints.c.id).where(_is_open(), due).limit(1)) is not None


def claim_due(connection: Connection, claim: Claim) -> list[Leased]:
    """Lease due deliveries, taking turns between endpoints.

    No endpoint's backlog can keep another one waiting: each gets an even share of the limit, less what
    is already under way to it.
    """
    open_to = {row.id: row for row in connection.execute(_endpoints_with_due(claim))}
    room = {key: claim.per_endpoint - row.leased - claim.busy.get(key, 0) for key, row in open_to.items()}
    room = {key: left for key, left in room.items() if left > 0}
    if not room:
        return []
    share = min(claim.per_endpoint, -(-claim.limit // len(room)))
    rows = connection.execute(_first_due(connection, list(room), share, claim.now)).all()
    ready = [row for row in rows if (row.type == VERIFICATION) == (row.status == "pending")]
    _set_aside(connection, [row for row in rows if row not in ready])
    taken = _take(ready, room, claim.limit)
    if not taken:
        return []
    _lease(connection, taken, claim)
    secrets = _live_secrets(connection, {row.endpoint_id for row in taken}, claim.now)
    return [_to_leased(row, claim.token, secrets[row.endpoint_id]) for row in taken]


def release(connection: Connection, tokens: Mapping[str, str], now: datetime) -> None:
    """Give leases back unused: delivery id to token."""
    if not tokens:
        return
    given_back = (
        update(deliveries)
        .where(deliveries.c.id == bindparam("delivery"), deliveries.c.lease_token == bindparam("token"))
        .values(lease_token=None, due_at=now)
    )
    connection.execute(given_back, [{"delivery": key, "token": tokens[key]} for key in sorted(tokens)])


def _is_open() -> ColumnElement[bool]:
    return and_(endpoints.c.deleted_at.is_(None), endpoints.c.status.in_(["enabled", "pending"]))


def _due(of_endpoint: ColumnElement[bool], now: datetime) -> Select[tuple[Any, ...]]:
    return select(deliveries).where(of_endpoint, deliveries.c.state == "due", deliveries.c.due_at <= now)


def _endpoints_with_due(claim: Claim) -> Select[tuple[Any, ...]]:
    """Endpoints with something due, longest waiting first, and how much others are sending to each."""
    head = select(func.min(deliveries.c.due_at)).where(
        deliveries.c.endpoint_id == endpoints.c.id, deliveries.c.state == "due"
    )
    others = select(func.count()).where(
        deliveries.c.endpoint_id == endpoints.c.id,
        deliveries.c.lease_token.is_not(None),
        deliveries.c.lease_token.not_like(f"{claim.worker}.%"),
        deliveries.c.due_at > claim.now,
    )
    heads = (
        select(endpoints.c.id, head.scalar_subquery().label("head"), others.scalar_subquery().label("leased"))
        .where(_is_open())
        .subquery()
    )
    due = select(heads).where(heads.c.head <= claim.now, heads.c.leased < claim.per_endpoint)
    return due.order_by(heads.c.head).limit(claim.limit)


def _first_due(
    connection: Connection, endpoint_ids: Sequence[str], share: int, now: datetime
) -> Select[tuple[Any, ...]]:
    """The first few due deliveries of each endpoint, with what an attempt needs to know."""
    of_endpoint = deliveries.alias("candidate")
    first = (
        select(of_endpoint)
        .where(
            of_endpoint.c.endpoint_id == endpoints.c.id,
            of_endpoint.c.state == "due",
            of_endpoint.c.due_at <= now,
        )
        .order_by(of_endpoint.c.due_at, of_endpoint.c.id)
        .limit(share)
    )
    if connection.dialect.name == "postgresql":
        # Rows that another worker is just leasing are left to it.
        found: FromClause = first.with_for_update(skip_locked=True).lateral("first")
        joined = endpoints.join(found, true())
    else:
        found = deliveries
        joined = endpoints.join(deliveries, deliveries.c.id.in_(first.with_only_columns(of_endpoint.c.id)))
    return (
        select(
            found.c.id,
            found.c.event_id,
            found.c.endpoint_id,
            found.c.organization_id,
            found.c.failures,
            found.c.trigger,
            endpoints.c.url,
            endpoints.c.status,
            events.c.type,
            events.c.body,
        )
        .select_from(joined.join(events, events.c.id == found.c.event_id))
        .where(endpoints.c.id.in_(endpoint_ids))
        .order_by(found.c.due_at, found.c.id)
    )


def _take(rows: Sequence[Row[Any]], room: Mapping[str, int], limit: int) -> list[Row[Any]]:
    left = dict(room)
    taken: list[Row[Any]] = []
    for row in rows:
        if left[row.endpoint_id] and len(taken) < limit:
            left[row.endpoint_id] -= 1
            taken.append(row)
    return taken


def _set_aside(connection: Connection, rows: Collection[Row[Any]]) -> None:
    """What an endpoint was told just while its URL changed waits for the proof; an old question is moot."""
    for state in ("held", "cancelled"):
        ids = [row.id for row in rows if (row.type == VERIFICATION) == (state == "cancelled")]
        if ids:
            connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(state=state))


def _lease(connection: Connection, rows: Sequence[Row[Any]], claim: Claim) -> None:
    ids = [row.id for row in rows]
    leased = update(deliveries).where(deliveries.c.id.in_(ids))
    connection.execute(leased.values(lease_token=claim.token, due_at=claim.lease_until))


def _live_secrets(
    connection: Connection, endpoint_ids: Collection[str], now: datetime
) -> dict[str, tuple[tuple[str, bytes], ...]]:
    statement = select(endpoint_secrets).where(
        endpoint_secrets.c.endpoint_id.in_(endpoint_ids),
        or_(endpoint_secrets.c.expires_at.is_(None), endpoint_secrets.c.expires_at > now),
    )
    found: dict[str, tuple[tuple[str, bytes], ...]] = dict.fromkeys(endpoint_ids, ())
    for row in connection.execute(statement.order_by(endpoint_secrets.c.id.desc())):
        found[row.endpoint_id] += ((row.id, bytes(row.ciphertext)),)
    return found


def _to_leased(row: Row[Any], token: str, secrets: tuple[tuple[str, bytes], ...]) -> Leased:
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
        trigger=row.trigger,
        secrets=secrets,
    )
