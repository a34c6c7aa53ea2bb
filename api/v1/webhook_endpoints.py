"""`/v1/webhook-endpoints`: where a partner is told of events."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field

from api.etags import etag
from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from api.subscriptions import EndpointPatch, EventTypes, Labels, Url, merge_endpoint
from partners.destinations import AddressRules
from partners.errors import RuleBroken
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.endpoints import Endpoint, Status, get_endpoint, list_endpoints
from partners.subscribing import (
    Desk,
    Rotation,
    Subscription,
    alter_endpoint,
    confirm_endpoint,
    delete_endpoint,
    register_endpoint,
    rotate_secret,
    send_test,
)
from webhooks.signing import new_secret

OVERLAP = "hours during which the secrets before it sign too"


class EndpointIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint to register."""

    url: Url
    event_types: EventTypes = field(default_factory=lambda: ["*"])
    labels: Labels = {}
    ordered: bool = False
    rate_per_s: Annotated[float, Meta(gt=0, le=10_000)] | None = None


class EndpointOut(Struct, frozen=True, kw_only=True):
    """An endpoint: `pending` until its receiver has shown the challenge; `disabled` by its own answer."""

    id: str
    url: str
    event_types: list[str]
    labels: dict[str, str]
    ordered: bool
    rate_per_s: float | None
    status: Status
    disabled_reason: str | None
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime
    revision: int


class NewEndpointOut(EndpointOut, frozen=True, kw_only=True):
    """A new endpoint, with the secret that is shown this once."""

    secret: Annotated[str, Meta(description="keep it: it is not shown again")]


class ChallengeIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The challenge that the receiver was sent."""

    challenge: Annotated[str, Meta(min_length=1, max_length=200)]


class RotationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to rotate."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168, description=OVERLAP)] = 24


class SecretOut(Struct, frozen=True, kw_only=True):
    """The new secret, shown this once, and until when the ones before it sign too."""

    secret: str
    previous_expire_at: datetime


class SentOut(Struct, frozen=True, kw_only=True):
    """What is on its way: the event, and its delivery to this endpoint."""

    event: str
    delivery: str


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
        _check_offered(data)
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
        return paging.answer([_out(one) for one in found], [one.id for one in found])

    @get("/{key:str}", operation_id="get_webhook_endpoint", summary="Read an endpoint", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[EndpointOut]:
        """Read one endpoint; its `ETag` is what a change asks for."""
        with house.database.reading(claims) as (connection, principal):
            found = get_endpoint(connection, principal, key)
        return Response(_out(found), headers=_tag(found))

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

        Another URL has to show a challenge of its own, and events wait until then. `paused` makes events
        wait; `enabled` lets them go, also after the endpoint was disabled.
        """
        desk = _desk(house)
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
        return Response(_out(changed), headers=_tag(changed))

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
        return Response(_out(proved), headers=_tag(proved))

    @post(
        "/{key:str}/secret",
        operation_id="rotate_webhook_secret",
        summary="Rotate the secret",
        sync_to_thread=True,
    )
    def rotate(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[RotationIn],
    ) -> Response[SecretOut]:
        """Make a new secret. Until the overlap ends each event is signed with the old ones as well."""
        overlap = timedelta(hours=data.overlap_hours)
        return once.answer(lambda: _rotate(house, claims, key, overlap), shows_secret=True)

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


def _register(house: House, claims: Claims, data: EndpointIn) -> Response[NewEndpointOut]:
    wanted = Subscription(url=data.url, event_types=data.event_types, labels=data.labels)
    secret, desk = new_secret(), _desk(house)
    made = house.database.writing(
        claims, lambda connection, who: register_endpoint(connection, who, wanted, secret, desk)
    )
    house.wake()
    return Response(NewEndpointOut(secret=secret, **_fields(made)), status_code=201, headers=_tag(made))


def _rotate(house: House, claims: Claims, key: str, overlap: timedelta) -> SecretOut:
    desk, rotation = _desk(house), Rotation(secret=new_secret(), overlap=overlap)
    house.database.writing(
        claims, lambda connection, who: rotate_secret(connection, who, key, rotation, desk)
    )
    return SecretOut(secret=rotation.secret, previous_expire_at=desk.now + rotation.overlap)


def _send_test(house: House, claims: Claims, key: str) -> SentOut:
    now = house.clock()
    sent = house.database.writing(claims, lambda connection, who: send_test(connection, who, key, now))
    house.wake()
    return SentOut(event=sent.event_id, delivery=sent.id)


def _check_offered(data: EndpointIn) -> None:
    """Accept no promise that is not kept yet."""
    errors = []
    if data.ordered:
        errors.append(("/ordered", "ordered delivery is not offered yet: order by `sequence`"))
    if data.rate_per_s is not None:
        errors.append(("/rate_per_s", "a rate limit is not offered yet"))
    if errors:
        raise RuleBroken(errors)


def _desk(house: House) -> Desk:
    settings = house.settings
    rules = AddressRules(
        allow_private=settings.webhooks_allow_private, allow_http=settings.webhooks_allow_http
    )
    return Desk(keyring=house.keyring, rules=rules, now=house.clock())


def _tag(endpoint: Endpoint) -> dict[str, str]:
    return {"ETag": etag(endpoint.revision)}


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in EndpointOut.__struct_fields__} | {
        "event_types": list(endpoint.event_types)
    }


def _out(endpoint: Endpoint) -> EndpointOut:
    return EndpointOut(**_fields(endpoint))
