"""Attempts: each one that was made is a row, and acknowledging it settles its delivery.

An acknowledgement carries the token of the lease it was made under; with an older one it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from partners.ids import new_id
from partners.records.endpoints import attempts, deliveries, disable_endpoint, prove_endpoint
from partners.records.events import Fact, emit
from partners.records.organizations import get_organization

State = Literal["due", "ok", "exhausted", "cancelled", "held"]


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """What came of one attempt, and what becomes of its delivery."""

    delivery_id: str
    token: str
    organization_id: str
    endpoint_id: str
    url: str
    trigger: str
    state: State
    due_at: datetime
    failures: int
    sent_at: datetime
    milliseconds: float
    phase: str
    status: int | None = None
    error: str | None = None
    peer: str | None = None
    response: str | None = None
    disabled_reason: str | None = None
    proof: str | None = None


def acknowledge(
    connection: Connection, acknowledgements: Sequence[Acknowledgement], now: datetime
) -> set[str]:
    """Record attempts and settle their deliveries; returns the ids of those whose lease still held.

    Every attempt that was made is a row, also one whose lease was lost; only its delivery stays as it is.
    An endpoint that has shown its challenge is enabled, one that wants no more is disabled, and its
    organization told.
    """
    present = _lock(connection, [item.delivery_id for item in acknowledgements])
    known = [item for item in acknowledgements if item.delivery_id in present]
    if not known:
        return set()
    rows = [_attempt_row(item, present[item.delivery_id].attempt + 1) for item in known]
    connection.execute(_KEEP, rows)
    current = [item for item in known if present[item.delivery_id].lease_token == item.token]
    late = [item for item in known if present[item.delivery_id].lease_token != item.token]
    if current:
        connection.execute(_SETTLE, [_settled(item) for item in current])
    if late:
        connection.execute(_COUNT, [{"delivery": item.delivery_id} for item in late])
    for item in current:
        if item.proof:
            prove_endpoint(connection, item.endpoint_id, item.proof, now)
        if item.disabled_reason:
            _disable(connection, item, item.disabled_reason, now)
    return {item.delivery_id for item in current}


def _disable(connection: Connection, item: Acknowledgement, reason: str, now: datetime) -> None:
    if not disable_endpoint(connection, item.endpoint_id, item.url, reason, now):
        return
    fact = Fact(
        type="endpoint.disabled",
        subject=item.endpoint_id,
        path=f"/v1/webhook-endpoints/{item.endpoint_id}",
        data={"url": item.url, "reason": reason},
    )
    kind = get_organization(connection, item.organization_id).kind
    emit(connection, fact, [(kind, item.organization_id)], now)


def _lock(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any, Any, Any]]:
    return {row.id: row for row in connection.execute(_LOCK, {"ids": ids})}


def _attempt_row(item: Acknowledgement, number: int) -> dict[str, object]:
    return {
        "id": new_id("att"),
        "delivery_id": item.delivery_id,
        "organization_id": item.organization_id,
        "number": number,
        "sent_at": item.sent_at,
        "milliseconds": item.milliseconds,
        "phase": item.phase,
        "status": item.status,
        "error": item.error,
        "peer": item.peer,
        "response": item.response,
        "trigger": item.trigger,
    }


def _settled(item: Acknowledgement) -> dict[str, object]:
    return {
        "delivery": item.delivery_id,
        "new_state": item.state,
        "new_due_at": item.due_at,
        "new_failures": item.failures,
        "new_status": item.status,
        "new_finished_at": None if item.state in {"due", "held"} else item.sent_at,
    }


# The statements, made once: building one costs more than running it.
_OF_DELIVERY = deliveries.c.id == bindparam("delivery")
_KEEP = insert(attempts)
_LOCK = (
    select(deliveries.c.id, deliveries.c.lease_token, deliveries.c.attempt)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.id)
    .with_for_update()
)
_COUNT = update(deliveries).where(_OF_DELIVERY).values(attempt=deliveries.c.attempt + 1)
_SETTLE = (
    update(deliveries)
    .where(_OF_DELIVERY)
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at"),
        attempt=deliveries.c.attempt + 1,
        failures=bindparam("new_failures"),
        last_status=bindparam("new_status"),
        finished_at=bindparam("new_finished_at"),
        lease_token=None,
    )
)
