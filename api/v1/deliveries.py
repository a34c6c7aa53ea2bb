"""`/v1/deliveries`: what was sent where, each attempt, and sending it once more."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict

from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from partners.principal import Claims
from partners.records.attempts import State
from partners.records.deliveries import (
    Attempt,
    Delivery,
    DeliveryFilter,
    get_delivery,
    list_attempts,
    list_deliveries,
)
from partners.retelling import resend_delivery

OfEndpoint = Annotated[str | None, QueryParameter(max_length=40, description="of this endpoint only")]
OfEvent = Annotated[str | None, QueryParameter(max_length=40, description="of this event only")]
InState = Annotated[State | None, QueryParameter(name="state", description="in this state only")]


class DeliveryOut(Struct, frozen=True, kw_only=True):
    """An event on its way to one endpoint; `held` waits until the endpoint is enabled, or recovered.

    `recovered_at` is when it was last made due again by `/recover`.
    """

    id: str
    event: str
    event_type: str
    endpoint: str
    state: State
    trigger: str
    attempts: int
    next_attempt_at: datetime | None
    last_status: int | None
    created_at: datetime
    finished_at: datetime | None
    recovered_at: datetime | None


class AttemptOut(Struct, frozen=True, kw_only=True):
    """One attempt: the `phase` it reached (dns, tcp, tls, write, headers, body), and what ended it there."""

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
    response_sha256: Annotated[
        str | None, Meta(description="of the answer as it was read, before anything in it was hidden")
    ]


class ReceiptOut(Struct, frozen=True, kw_only=True):
    """Proof that a notice was taken: kept for as long as its event, when the attempts are gone."""

    received_at: datetime
    url: str
    peer: str | None
    status: int | None
    body_sha256: Annotated[str, Meta(description="of the bytes that were signed and sent")]
    response: str | None
    response_sha256: Annotated[
        str | None, Meta(description="of the answer as it was read, before anything in it was hidden")
    ]


class DeliveryWithAttemptsOut(DeliveryOut, frozen=True, kw_only=True):
    """A delivery with each attempt that was made, the first one first, and the receipt of a notice."""

    log: list[AttemptOut]
    receipt: ReceiptOut | None


class DeliveryController(Controller):
    path = "/v1/deliveries"
    tags = ("webhooks",)

    @get(operation_id="list_deliveries", summary="List deliveries", sync_to_thread=True)
    def index(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        endpoint: OfEndpoint = None,
        event: OfEvent = None,
        in_state: InState = None,
    ) -> Response[Page[DeliveryOut]]:
        """List deliveries, the newest first."""
        wanted = DeliveryFilter(endpoint_id=endpoint, event_id=event, state=in_state)
        with house.database.reading(claims) as (connection, principal):
            found = list_deliveries(connection, principal, wanted, after=paging.after, limit=paging.limit)
        return paging.answer([_delivery_out(one) for one in found], [one.id for one in found])

    @get("/{key:str}", operation_id="get_delivery", summary="Read a delivery", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> DeliveryWithAttemptsOut:
        """Read one delivery with its attempts."""
        with house.database.reading(claims) as (connection, principal):
            found = get_delivery(connection, principal, key)
            made = list_attempts(connection, principal, found.id)
        receipt = ReceiptOut(**asdict(found.receipt)) if found.receipt else None
        log = [_attempt_out(one) for one in made]
        return DeliveryWithAttemptsOut(log=log, receipt=receipt, **_fields(found))

    @post(
        "/{key:str}/resend",
        operation_id="resend_delivery",
        summary="Send once more",
        status_code=202,
        sync_to_thread=True,
    )
    def resend(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
    ) -> Response[DeliveryOut]:
        """Send the same event to its endpoint once more, at once, with the same `webhook-id`.

        The resend is a delivery of its own with one attempt; the schedule of the first goes on untouched.
        """
        return once.answer(lambda: _resend(house, claims, key))


def _resend(house: House, claims: Claims, key: str) -> DeliveryOut:
    now = house.clock()
    sent = house.database.writing(claims, lambda connection, who: resend_delivery(connection, who, key, now))
    house.wake()
    return _delivery_out(sent)


def _delivery_out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(**_fields(delivery))


def _fields(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "event": delivery.event_id,
        "event_type": delivery.event_type,
        "endpoint": delivery.endpoint_id,
        "state": delivery.state,
        "trigger": delivery.trigger,
        "attempts": delivery.attempt,
        "next_attempt_at": delivery.due_at if delivery.state == "due" else None,
        "last_status": delivery.last_status,
        "created_at": delivery.created_at,
        "finished_at": delivery.finished_at,
        "recovered_at": delivery.recovered_at,
    }


def _attempt_out(attempt: Attempt) -> AttemptOut:
    return AttemptOut(**asdict(attempt))
