"""Attempts: each one that was made is a row, and acknowledging it settles its delivery.

An acknowledgement carries the token of the lease it was made under; with an older one it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select, update

from partners.among import among
from partners.bulk import insert_rows
from partners.columns import UTC
from partners.ids import new_id
from partners.indexing import keep_to_indexes
from partners.records.disabling import disable_and_tell, find_hopeless, note_outcomes
from partners.records.endpoint_news import tell_exhausted, tell_proved, tell_turns
from partners.records.endpoints import attempts, deliveries
from partners.records.pacing import Observation, observe
from partners.records.receipts import Receipt, keep_receipts
from partners.records.switching import prove_endpoint

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
    response_sha256: str | None = None
    disabled_reason: str | None = None
    proof: str | None = None
    is_failure: bool = False
    is_ordered: bool = False
    is_slow: bool = False
    receipt: Receipt | None = None


def acknowledge(
    connection: Connection, acknowledgements: Sequence[Acknowledgement], now: datetime
) -> set[str]:
    """Record attempts and settle their deliveries; returns the ids of those whose lease still held.

    Every attempt that was made is a row, also one whose lease was lost; only its delivery stays as it is.
    An endpoint that has shown its challenge is enabled, one that wants no more is disabled, and its
    organization told.
    """
    keep_to_indexes(connection)
    present = _lock(connection, [item.delivery_id for item in acknowledgements])
    turns = observe(connection, [_observation(item) for item in acknowledgements], now)
    tell_turns(connection, turns, now)
    known = [item for item in acknowledgements if item.delivery_id in present]
    if not known:
        return set()
    rows = [_attempt_row(item, present[item.delivery_id].attempt + 1) for item in known]
    insert_rows(connection, attempts, rows)
    current = [item for item in known if present[item.delivery_id].lease_token == item.token]
    late = [item for item in known if present[item.delivery_id].lease_token != item.token]
    if current:
        _settle(connection, current, now)
        keep_receipts(connection, [(item.delivery_id, item.receipt) for item in current if item.receipt])
    if late:
        connection.execute(_COUNT, [{"delivery": item.delivery_id} for item in late])
    for item in current:
        if item.proof and prove_endpoint(connection, item.endpoint_id, item.proof, now):
            tell_proved(connection, [item.endpoint_id], now)
        if item.disabled_reason:
            where = (item.endpoint_id, item.organization_id, item.url)
            disable_and_tell(connection, where, item.disabled_reason, now)
    tell_exhausted(connection, [item.delivery_id for item in current if item.state == "exhausted"], now)
    _judge_endpoints(connection, current, now)
    return {item.delivery_id for item in current}


def _judge_endpoints(connection: Connection, items: Sequence[Acknowledgement], now: datetime) -> None:
    """Note which endpoints are well and which fail; disable those that have failed for too long."""
    succeeded: dict[str, datetime] = {}
    for item in items:
        if item.state == "ok":
            succeeded[item.endpoint_id] = max(item.sent_at, succeeded.get(item.endpoint_id, item.sent_at))
    failed: dict[str, datetime] = {}
    for item in items:
        well = succeeded.get(item.endpoint_id)
        if item.state not in {"ok", "cancelled"} and (well is None or item.sent_at > well):
            failed[item.endpoint_id] = min(item.sent_at, failed.get(item.endpoint_id, item.sent_at))
    note_outcomes(connection, succeeded, failed)
    for endpoint in find_hopeless(connection, failed, now):
        disable_and_tell(connection, endpoint, "failed for five days", now)


def _observation(item: Acknowledgement) -> Observation:
    return Observation(item.endpoint_id, item.sent_at, item.is_failure, item.is_slow)


def _lock(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any, Any, Any]]:
    return {row.id: row for row in connection.execute(_LOCK, {"ids": ids}).all()}


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
        "response_sha256": item.response_sha256,
        "trigger": item.trigger,
    }


def _settle(connection: Connection, items: Sequence[Acknowledgement], now: datetime) -> None:
    """Deliveries that went well are alike: one statement settles all of one status."""
    delivered: dict[int | None, list[str]] = {}
    for item in items:
        if item.state == "ok":
            delivered.setdefault(item.status, []).append(item.delivery_id)
    for status, ids in delivered.items():
        connection.execute(_DELIVERED, {"ids": ids, "new_status": status, "now": now})
    if others := [_settled(item, now) for item in items if item.state != "ok"]:
        connection.execute(_SETTLE, others)


def _settled(item: Acknowledgement, now: datetime) -> dict[str, object]:
    return {
        "delivery": item.delivery_id,
        "new_state": item.state,
        "new_due_at": item.due_at,
        "new_failures": item.failures,
        "new_late": int(item.failures > 1),
        "new_status": item.status,
        "new_finished_at": None if item.state in {"due", "held"} else now,
    }


# The statements, made once: building one costs more than running it.
_OF_DELIVERY = deliveries.c.id == bindparam("delivery")
_LOCK = (
    select(deliveries.c.id, deliveries.c.lease_token, deliveries.c.attempt)
    .where(among(deliveries.c.id, "ids"))
    .order_by(deliveries.c.id)
    .with_for_update()
)
_COUNT = update(deliveries).where(_OF_DELIVERY).values(attempt=deliveries.c.attempt + 1)
_DELIVERED = (
    update(deliveries)
    .where(among(deliveries.c.id, "ids"))
    .values(
        state="ok",
        due_at=bindparam("now", type_=UTC()),
        attempt=deliveries.c.attempt + 1,
        last_status=bindparam("new_status"),
        finished_at=bindparam("now", type_=UTC()),
        lease_token=None,
    )
)
_SETTLE = (
    update(deliveries)
    .where(_OF_DELIVERY)
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at"),
        attempt=deliveries.c.attempt + 1,
        failures=bindparam("new_failures"),
        late=bindparam("new_late"),
        last_status=bindparam("new_status"),
        finished_at=bindparam("new_finished_at"),
        lease_token=None,
    )
)
