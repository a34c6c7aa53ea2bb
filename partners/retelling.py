"""Telling on request: test events, one delivery again, one event anew, or all that was missed in a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from partners.db import Database
from partners.errors import Conflict, NotFound, RuleBroken
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.deliveries import (
    Delivery,
    DeliveryFilter,
    Span,
    add_resend,
    get_delivery,
    list_deliveries,
    recover_deliveries,
)
from partners.records.endpoints import Endpoint, get_endpoint
from partners.records.event_types import EVENT_TYPES
from partners.records.events import (
    VERIFICATION,
    Event,
    Fact,
    emit,
    emit_to_endpoint,
    get_event,
    replay_event,
)

_AT_ONCE = 2000  # recovered in one transaction, of about a fifth of a second
_LONGEST = timedelta(days=31)


class Example(Struct, frozen=True):
    """What a test event of a type tells: the id and path of a thing that does not exist, and its fields."""

    type: str
    subject: str
    path: str
    data: Mapping[str, object]


def send_test(connection: Connection, principal: Principal, key: str, now: datetime) -> Delivery:
    """Send a test event to one endpoint alone.

    Raises:
        Conflict: the endpoint is not enabled.
    """
    endpoint = get_endpoint(connection, principal, key)
    _check_enabled(endpoint)
    fact = Fact(
        type="endpoint.test",
        subject=endpoint.id,
        path=f"/v1/webhook-endpoints/{endpoint.id}",
        data={"message": "This is a test event."},
        is_test=True,
    )
    recipient = (principal.kind, principal.organization_id)
    event = emit_to_endpoint(connection, fact, recipient, endpoint.id, now)
    wanted = DeliveryFilter(event_id=event.id)
    return list_deliveries(connection, principal, wanted, after=None, limit=1)[0]


def trigger_event(connection: Connection, principal: Principal, example: Example, now: datetime) -> Event:
    """Tell the own organization a test event of a type, which says that it is one.

    Raises:
        NotFound: this kind of partner hears of no such type, or it is told by ourselves only.
    """
    known = EVENT_TYPES.get(example.type)
    if known is None or principal.kind not in known.fields or example.type == VERIFICATION:
        raise NotFound("no such type of event")
    fact = Fact(
        type=example.type, subject=example.subject, path=example.path, data=example.data, is_test=True
    )
    (event,) = emit(connection, fact, [(principal.kind, principal.organization_id)], now)
    return event


def resend_delivery(connection: Connection, principal: Principal, key: str, now: datetime) -> Delivery:
    """Send an event to its endpoint once more, at once, beside whatever its schedule does.

    Raises:
        NotFound: no such delivery, or its endpoint was deleted.
        Conflict: the endpoint is not enabled.
    """
    delivery = get_delivery(connection, principal, key)
    endpoint = get_endpoint(connection, principal, delivery.endpoint_id)
    if delivery.event_type != VERIFICATION or endpoint.status != "pending":
        _check_enabled(endpoint)
    return get_delivery(connection, principal, add_resend(connection, delivery, now))


def replay(
    connection: Connection, principal: Principal, key: str, endpoint_key: str | None, now: datetime
) -> Event:
    """Tell an event again under a new id, to one endpoint or to all that want it now.

    Raises:
        NotFound: no such event or endpoint.
        Conflict: the endpoint is not enabled.
    """
    event = get_event(connection, principal, key)
    if endpoint_key is not None:
        _check_enabled(get_endpoint(connection, principal, endpoint_key))
    again = replay_event(connection, event, now, endpoint_key)
    audit.record(connection, principal, "event.replayed", event.id, {"as": again.id}, now)
    return again


def recover_endpoint(database: Database, claims: Claims, key: str, span: Span, now: datetime) -> int:
    """Make due again what an endpoint has not got of a time; returns how many deliveries that are.

    Raises:
        NotFound: no such endpoint.
        RuleBroken: the time is empty, or longer than 31 days.
        Conflict: the endpoint is not enabled.
    """
    if not timedelta(0) < span.end - span.begin <= _LONGEST:
        raise RuleBroken([("/to", "must be after `from`, by 31 days at most")])
    recovered = 0

    def work(connection: Connection, principal: Principal) -> int:
        endpoint = get_endpoint(connection, principal, key, to_change=True)
        _check_enabled(endpoint)
        found = recover_deliveries(connection, endpoint.id, span, now, _AT_ONCE)
        if not recovered:
            detail = {"from": span.begin.isoformat(), "to": span.end.isoformat()}
            audit.record(connection, principal, "endpoint.recovered", endpoint.id, detail, now)
        return found

    while True:
        found = database.writing(claims, work)
        recovered += found
        if found < _AT_ONCE:
            return recovered


def _check_enabled(endpoint: Endpoint) -> None:
    if endpoint.status != "enabled":
        raise Conflict(f"the endpoint is {endpoint.status}")
