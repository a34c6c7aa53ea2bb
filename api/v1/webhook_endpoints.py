"""`/v1/webhook-endpoints`: where a partner is told of events."""

from __future__ import annotations

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from api.subscriptions import (
    ChallengeIn,
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    NewEndpointOut,
    RecoveredOut,
    SentOut,
    SpanIn,
    merge_endpoint,
    read_desk,
    read_subscription,
    show_endpoint,
    show_fields,
    show_tag,
)
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.deliveries import Span
from partners.records.endpoints import get_endpoint, list_endpoints
from partners.retelling import recover_endpoint, send_test
from partners.sealing import publish_keys
from partners.subscribing import (
    alter_endpoint,
    confirm_endpoint,
    delete_endpoint,
    register_endpoint,
)
from webhooks.signing import new_secret


class WebhookEndpointController(Controller):
    path = "/v1/webhook-endpoints"
    tags = ("webhooks",)

    @post(operation_id="create_webhook_endpoint", summary="Register an endpoint", sync_to_thread=True)
    def create(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        data: JSONBody[EndpointIn],
    ) -> Response[NewEndpointOut]:
        """Register an endpoint; its signing `secret` is in this answer and never again.

        We send it an `endpoint.verification` event; it is enabled by a 2xx whose body contains
        `data.challenge`, or when you send the challenge to `/verification`. Events wait until then.
        """
        return once.answer(lambda: _register(house, claims, data), shows_secret=True)

    @get(operation_id="list_webhook_endpoints", summary="List endpoints", sync_to_thread=True)
    def index(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
    ) -> Response[Page[EndpointOut]]:
        """List your endpoints in the order of their making."""
        with house.database.reading(claims) as (connection, principal):
            found = list_endpoints(connection, principal, after=paging.after, limit=paging.limit)
        return paging.answer([show_endpoint(one) for one in found], [one.id for one in found])

    @get("/{key:str}", operation_id="get_webhook_endpoint", summary="Read an endpoint", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[EndpointOut]:
        """Read one endpoint; its `ETag` is what a change asks for."""
        with house.database.reading(claims) as (connection, principal):
            found = get_endpoint(connection, principal, key)
        return Response(show_endpoint(found), headers=show_tag(found))

    @patch(
        "/{key:str}",
        operation_id="change_webhook_endpoint",
        summary="Change an endpoint",
        sync_to_thread=True,
    )
    def change(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[EndpointPatch],
    ) -> Response[EndpointOut]:
        """Change an endpoint by a merge patch, with `If-Match`.

        What waits goes to the new URL. Another host has to show a challenge of its own, and events wait
        until then. `paused` makes events wait, `enabled` lets them go. What was held while an endpoint was
        disabled goes when it is asked for by `/recover`.
        """
        desk = read_desk(house)
        changed = house.database.writing(
            claims,
            lambda connection, who: alter_endpoint(
                connection,
                who,
                key,
                merge_endpoint(get_endpoint(connection, who, key, to_change=True), data),
                conditions,
                desk,
            ),
        )
        house.wake()
        return Response(show_endpoint(changed), headers=show_tag(changed))

    @delete(
        "/{key:str}",
        operation_id="delete_webhook_endpoint",
        summary="Delete an endpoint",
        sync_to_thread=True,
    )
    def remove(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> None:
        """Delete an endpoint and its secrets; what it has not received is cancelled."""
        now = house.clock()
        house.database.writing(claims, lambda connection, who: delete_endpoint(connection, who, key, now))

    @post(
        "/{key:str}/verification",
        operation_id="verify_webhook_endpoint",
        summary="Show the challenge",
        status_code=200,
        sync_to_thread=True,
    )
    def verify(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        key: FromPath[str],
        data: JSONBody[ChallengeIn],
    ) -> Response[EndpointOut]:
        """Enable a pending endpoint with the challenge that its receiver was sent."""
        now = house.clock()
        proved = house.database.writing(
            claims, lambda connection, who: confirm_endpoint(connection, who, key, data.challenge, now)
        )
        house.wake()
        return Response(show_endpoint(proved), headers=show_tag(proved))

    @post(
        "/{key:str}/test",
        operation_id="test_webhook_endpoint",
        summary="Send a test event",
        status_code=202,
        sync_to_thread=True,
    )
    def test(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
    ) -> Response[SentOut]:
        """Send an `endpoint.test` event to this endpoint alone; follow it under `/v1/deliveries`."""
        return once.answer(lambda: _send_test(house, claims, key))

    @post(
        "/{key:str}/recover",
        operation_id="recover_webhook_endpoint",
        summary="Send what was missed",
        status_code=202,
        sync_to_thread=True,
    )
    def recover(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        key: FromPath[str],
        data: JSONBody[SpanIn],
    ) -> RecoveredOut:
        """Make due again what this endpoint has not got of a time: what is `held` or `exhausted`.

        The ids stay the same, and the schedule of each begins anew.
        """
        span = Span(data.begin, data.end)
        found = recover_endpoint(house.database, claims, key, span, house.clock())
        house.wake()
        return RecoveredOut(deliveries=found)


def _register(house: House, claims: Claims, data: EndpointIn) -> Response[NewEndpointOut]:
    wanted = read_subscription(data)
    secret, desk = new_secret(), read_desk(house)
    made = house.database.writing(
        claims, lambda connection, who: register_endpoint(connection, who, wanted, secret, desk)
    )
    house.wake()
    keys = publish_keys(house.database, desk.now, made.id)
    shown = NewEndpointOut(
        secret=secret if "v1" in made.signatures else None,
        public_key=keys[0].public_key if keys else None,
        **show_fields(made),
    )
    return Response(shown, status_code=201, headers=show_tag(made))


def _send_test(house: House, claims: Claims, key: str) -> SentOut:
    now = house.clock()
    sent = house.database.writing(claims, lambda connection, who: send_test(connection, who, key, now))
    house.wake()
    return SentOut(event=sent.event_id, delivery=sent.id)
