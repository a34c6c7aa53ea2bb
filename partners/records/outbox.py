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
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from partners.db import UTC
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
    return connection.execute(_ANY_DUE, {"now": now}).first() is not None


def claim_due(connection: Connection, claim: Claim) -> list[Leased]:
    """Lease due deliveries, taking turns between endpoints.

    No endpoint's backlog can keep another one waiting: each gets an even share of the limit, less what
    is already under way to it.
    """
    room = _find_room(connection, claim)
    if not room:
        return []
    share = min(claim.per_endpoint, -(-claim.limit // len(room)))
    first = _FIRST_LOCKED if connection.dialect.name == "postgresql" else _FIRST
    rows = connection.execute(first, {"ids": list(room), "share": share, "now": claim.now}).all()
    ready: list[Row[Any]] = []
    aside: list[Row[Any]] = []
    for row in rows:
        (ready if (row.type == VERIFICATION) == (row.status == "pending") else aside).append(row)
    _set_aside(connection, aside)
    taken = _take(ready, room, claim.limit)
    if not taken:
        return []
    _lease(connection, taken, claim)
    secrets = _live_secrets(connection, {row.endpoint_id for row in taken}, claim.now)
    return [_to_leased(row, claim.token, secrets[row.endpoint_id]) for row in taken]


def release(connection: Connection, tokens: Mapping[str, str], now: datetime) -> None:
    """Give leases back unused: delivery id to token."""
    if tokens:
        rows = [{"delivery": key, "token": tokens[key], "now": now} for key in sorted(tokens)]
        connection.execute(_RELEASE, rows)


def _find_room(connection: Connection, claim: Claim) -> dict[str, int]:
    """Endpoints with something due, longest waiting first, and how much more may go to each."""
    wanted = {
        "now": claim.now,
        "own": f"{claim.worker}.%",
        "most": claim.per_endpoint,
        "count": claim.limit,
    }
    found = connection.execute(_WAITING, wanted)
    room = {row.id: claim.per_endpoint - row.leased - claim.busy.get(row.id, 0) for row in found}
    return {key: left for key, left in room.items() if left > 0}


def _take(rows: Sequence[Row[Any]], room: dict[str, int], limit: int) -> list[Row[Any]]:
    taken: list[Row[Any]] = []
    for row in rows:
        if room[row.endpoint_id] and len(taken) < limit:
            room[row.endpoint_id] -= 1
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
    connection.execute(_LEASE, {"ids": ids, "token": claim.token, "until": claim.lease_until})


def _live_secrets(
    connection: Connection, endpoint_ids: Collection[str], now: datetime
) -> dict[str, tuple[tuple[str, bytes], ...]]:
    found: dict[str, tuple[tuple[str, bytes], ...]] = dict.fromkeys(endpoint_ids, ())
    for row in connection.execute(_SECRETS, {"ids": list(endpoint_ids), "now": now}):
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


# The statements, made once: building one costs more than running it.
_NOW = bindparam("now", type_=UTC())
_DUE = literal("due", literal_execute=True)  # a partial index serves no parameter
_IS_OPEN = and_(endpoints.c.deleted_at.is_(None), endpoints.c.status.in_(["enabled", "pending"]))


def _due_of_endpoint(table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.endpoint_id == endpoints.c.id, table.c.state == _DUE, table.c.due_at <= _NOW)


def _waiting() -> Select[tuple[Any, ...]]:
    head = select(deliveries.c.due_at).where(_due_of_endpoint(deliveries))
    head = head.order_by(deliveries.c.due_at).limit(1)
    others = select(func.count()).where(
        deliveries.c.endpoint_id == endpoints.c.id,
        deliveries.c.lease_token.is_not(None),
        deliveries.c.lease_token.not_like(bindparam("own", type_=String())),
        deliveries.c.due_at > _NOW,
    )
    heads = (
        select(endpoints.c.id, head.scalar_subquery().label("head"), others.scalar_subquery().label("leased"))
        .where(_IS_OPEN)
        .cte("heads")
        .prefix_with("MATERIALIZED")  # each look into the index is made once
    )
    found = select(heads).where(
        heads.c.head.is_not(None), heads.c.leased < bindparam("most", type_=Integer())
    )
    return found.order_by(heads.c.head).limit(bindparam("count", type_=Integer()))


def _first_due(*, locked: bool) -> Select[tuple[Any, ...]]:
    """The first few due deliveries of each endpoint, with what an attempt needs to know."""
    candidate = deliveries.alias("candidate")
    first = select(candidate).where(_due_of_endpoint(candidate))
    first = first.order_by(candidate.c.due_at, candidate.c.id).limit(bindparam("share", type_=Integer()))
    found: FromClause = deliveries
    condition: ColumnElement[bool] = deliveries.c.id.in_(first.with_only_columns(candidate.c.id))
    if locked:  # rows that another worker is just leasing are left to it
        found, condition = first.with_for_update(skip_locked=True).lateral("first"), true()
    columns = ("id", "event_id", "endpoint_id", "organization_id", "failures", "trigger")
    joined = endpoints.join(found, condition).join(events, events.c.id == found.c.event_id)
    return (
        select(*[found.c[name] for name in columns], endpoints.c.url, endpoints.c.status)
        .add_columns(events.c.type, events.c.body)
        .select_from(joined)
        .where(endpoints.c.id.in_(_IDS))
        .order_by(found.c.due_at, found.c.id)
    )


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ANY_DUE = (
    select(endpoints.c.id)
    .where(_IS_OPEN, select(deliveries.c.id).where(_due_of_endpoint(deliveries)).exists())
    .limit(1)
)
_WAITING = _waiting()
_FIRST, _FIRST_LOCKED = _first_due(locked=False), _first_due(locked=True)
_LEASE = (
    update(deliveries)
    .where(deliveries.c.id.in_(_IDS))
    .values(lease_token=bindparam("token"), due_at=bindparam("until"))
)
_RELEASE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.lease_token == bindparam("token"))
    .values(lease_token=None, due_at=_NOW)
)
_SECRETS = (
    select(endpoint_secrets.c.id, endpoint_secrets.c.endpoint_id, endpoint_secrets.c.ciphertext)
    .where(
        endpoint_secrets.c.endpoint_id.in_(_IDS),
        or_(endpoint_secrets.c.expires_at.is_(None), endpoint_secrets.c.expires_at > _NOW),
    )
    .order_by(endpoint_secrets.c.id.desc())
)
