"""The statements of claiming: what is due in each lane, endpoint by endpoint.

First tries and late retries have lanes of their own, so that neither keeps the other waiting; an ordered
endpoint has a queue instead, whose head alone decides. Statements are made once: building one costs more
than running it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from partners.among import among
from partners.db import UTC
from partners.records.endpoint_secrets import endpoint_secrets
from partners.records.endpoints import deliveries, endpoints
from partners.records.events import events
from partners.records.pacing import endpoint_pacing

Lane = Literal["first", "late"]

NOW = bindparam("now", type_=UTC())


class Found(Struct, frozen=True):
    """A delivery that is due, as it is read: its fields are the columns, by place.

    A row of SQLAlchemy takes longer to give one value than all of this takes to make.
    """

    id: str
    event_id: str
    endpoint_id: str
    organization_id: str
    failures: int
    trigger: str
    recovered_at: datetime | None
    ordinal: int
    due_at: datetime
    expires_at: datetime | None
    url: str
    status: str
    type: str
    body: bytes


_OF_DELIVERY: Final = Found.__struct_fields__[: Found.__struct_fields__.index("url")]


def _fixed(value: int | str) -> ColumnElement[Any]:
    return literal(value, literal_execute=True)  # a partial index serves no parameter


def _in_lane(table: FromClause, lane: Lane) -> ColumnElement[bool]:
    return and_(
        table.c.endpoint_id == endpoints.c.id,
        table.c.state == _fixed("due"),
        table.c.ordinal == _fixed(0),
        table.c.late == _fixed(int(lane == "late")),
        table.c.due_at <= NOW,
    )


def _in_queue(table: FromClause) -> ColumnElement[bool]:
    return and_(
        table.c.endpoint_id == endpoints.c.id, table.c.state == _fixed("due"), table.c.ordinal > _fixed(0)
    )


def _head_of_queue() -> ScalarSelect[Any]:
    head = select(deliveries.c.due_at).where(_in_queue(deliveries))
    return head.order_by(deliveries.c.ordinal).limit(1).scalar_subquery()


def _head_of_lane(lane: Lane) -> ScalarSelect[Any]:
    head = select(deliveries.c.due_at).where(_in_lane(deliveries, lane))
    return head.order_by(deliveries.c.due_at).limit(1).scalar_subquery()


_PACED = endpoints.outerjoin(endpoint_pacing, endpoint_pacing.c.endpoint_id == endpoints.c.id)
_IS_ORDERED = endpoints.c.ordered == _fixed(1)
_IS_OPEN = and_(
    endpoints.c.deleted_at.is_(None),
    endpoints.c.status.in_(["enabled", "pending"]),
    or_(endpoint_pacing.c.open_until.is_(None), endpoint_pacing.c.open_until <= NOW),
    or_(endpoint_pacing.c.free_at.is_(None), endpoint_pacing.c.free_at <= NOW),
)


def _waiting(lane: Lane) -> Select[tuple[Any, ...]]:
    """Endpoints with something due that may go, longest waiting first."""
    head: ColumnElement[Any] = _head_of_lane(lane)
    if lane == "first":
        queued = case((_IS_ORDERED, _head_of_queue()), else_=None)
        head = func.coalesce(head, queued)
    heads = (
        select(endpoints.c.id, endpoints.c.ordered, endpoints.c.rate_per_s, head.label("head"))
        .select_from(_PACED)
        .where(_IS_OPEN)
        .cte("heads")
        .prefix_with("MATERIALIZED")  # each look into the index is made once
    )
    found = select(heads.c.id, heads.c.ordered, heads.c.rate_per_s)
    found = found.where(heads.c.head <= bindparam("now", type_=UTC()))
    return found.order_by(heads.c.head).limit(bindparam("count", type_=Integer()))


def _shown(found: FromClause) -> list[ColumnElement[Any]]:
    columns = [found.c[name] for name in _OF_DELIVERY]
    return [*columns, endpoints.c.url, endpoints.c.status, events.c.type, events.c.body]


def _first_due(lane: Lane, *, locked: bool) -> Select[tuple[Any, ...]]:
    """The first few due deliveries of each endpoint, with what an attempt needs to know."""
    candidate = deliveries.alias("candidate")
    first = select(candidate).where(_in_lane(candidate, lane))
    first = first.order_by(candidate.c.due_at, candidate.c.id).limit(bindparam("share", type_=Integer()))
    found: FromClause = deliveries
    condition: ColumnElement[bool] = deliveries.c.id.in_(first.with_only_columns(candidate.c.id))
    if locked:  # rows that another worker is just acknowledging are left to it
        found, condition = first.with_for_update(skip_locked=True).lateral("first"), true()
    joined = endpoints.join(found, condition).join(events, events.c.id == found.c.event_id)
    shown = select(*_shown(found)).select_from(joined).where(among(endpoints.c.id, "ids"))
    return shown.order_by(found.c.due_at, found.c.id)


def _queue(*, locked: bool) -> Select[tuple[Any, ...]]:
    """The heads of ordered endpoints and what follows them, whether it is due or not."""
    candidate = deliveries.alias("candidate")
    first = select(candidate).where(_in_queue(candidate))
    first = first.order_by(candidate.c.ordinal).limit(bindparam("share", type_=Integer()))
    found: FromClause = deliveries
    condition: ColumnElement[bool] = deliveries.c.id.in_(first.with_only_columns(candidate.c.id))
    if locked:  # all of them or none: a gap would break the order, so this waits
        found, condition = first.with_for_update().lateral("first"), true()
    joined = endpoints.join(found, condition).join(events, events.c.id == found.c.event_id)
    shown = select(*_shown(found)).select_from(joined).where(among(endpoints.c.id, "ids"))
    return shown.order_by(found.c.endpoint_id, found.c.ordinal)


_OTHERS = deliveries.c.lease_token.not_like(bindparam("own", type_=String()))

ANY_DUE = (
    select(endpoints.c.id)
    .select_from(_PACED)
    .where(
        _IS_OPEN,
        or_(
            _head_of_lane("first") <= NOW,  # EXISTS could be answered by hashing all that is due
            _head_of_lane("late") <= NOW,
            case((_IS_ORDERED, _head_of_queue()), else_=None) <= NOW,
        ),
    )
    .limit(1)
)
WAITING: dict[Lane, Select[Any]] = {"first": _waiting("first"), "late": _waiting("late")}
FIRST: dict[tuple[Lane, bool], Select[Any]] = {
    ("first", False): _first_due("first", locked=False),
    ("first", True): _first_due("first", locked=True),
    ("late", False): _first_due("late", locked=False),
    ("late", True): _first_due("late", locked=True),
}
QUEUE = {locked: _queue(locked=locked) for locked in (False, True)}
LEASES = (
    select(
        deliveries.c.endpoint_id,
        func.count().label("all"),
        func.sum(case((_OTHERS, 1), else_=0)).label("others"),
    )
    .where(
        among(deliveries.c.endpoint_id, "ids"),
        deliveries.c.lease_token.is_not(None),
        deliveries.c.due_at > NOW,
    )
    .group_by(deliveries.c.endpoint_id)
)
LEASE = (
    update(deliveries)
    .where(among(deliveries.c.id, "ids"))
    .values(lease_token=bindparam("token"), due_at=bindparam("until", type_=UTC()))
)
RELEASE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.lease_token == bindparam("token"))
    .values(lease_token=None, due_at=NOW)
)
SECRETS = select(*[endpoint_secrets.c[name] for name in ("id", "endpoint_id", "kind", "ciphertext")]).where(
    among(endpoint_secrets.c.endpoint_id, "ids"),
    or_(endpoint_secrets.c.expires_at.is_(None), endpoint_secrets.c.expires_at > NOW),
)  # unsorted: their order would be that of all secrets, were it read from an index
