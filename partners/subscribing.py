"""Subscribing: a partner's endpoint is registered, proved, changed, its secrets rotated, and tried out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace
from sqlalchemy import Connection

from partners.destinations import AddressRules, OutboundRefused, check_url, names_private_host
from partners.errors import Conflict, RuleBroken
from partners.ids import new_id
from partners.keyring import Keyring
from partners.preconditions import Conditions, check_change
from partners.principal import Kind, Principal
from partners.records import audit
from partners.records.deliveries import (
    Delivery,
    DeliveryFilter,
    add_resend,
    get_delivery,
    list_deliveries,
)
from partners.records.endpoints import (
    Endpoint,
    add_endpoint,
    add_secret,
    change_endpoint,
    drop_old_secrets,
    expire_secrets,
    get_endpoint,
    hash_challenge,
    hold_deliveries,
    prove_endpoint,
    remove_endpoint,
    resume_deliveries,
    secret_context,
)
from partners.records.event_types import EVENT_TYPES
from partners.records.events import VERIFICATION, Fact, emit_to_endpoint, wants

_MOST_SECRETS = 3
_REFUSALS = {
    "scheme_not_https": "must begin with https://",
    "port_not_allowed": "may use the ports 443 and 8443 only",
    "userinfo_in_url": "may not hold a user name or password",
    "fragment_in_url": "may not have a fragment",
    "address_not_public": "must lead to a public address",
}


class Subscription(Struct, frozen=True, kw_only=True):
    """What a partner asks for; in a change, what is unset stays as it is."""

    url: str | UnsetType = UNSET
    event_types: Sequence[str] | UnsetType = UNSET
    labels: dict[str, str] | UnsetType = UNSET
    ordered: bool | UnsetType = UNSET
    rate_per_s: float | UnsetType | None = UNSET
    status: Literal["enabled", "paused"] | UnsetType = UNSET


class Desk(Struct, frozen=True, kw_only=True):
    """What the acts on endpoints need: the keys that seal, the addresses that are good, the time."""

    keyring: Keyring
    rules: AddressRules
    now: datetime


class Rotation(Struct, frozen=True, kw_only=True):
    """A new secret, and for how long the ones before it still sign beside it."""

    secret: str
    overlap: timedelta


def register_endpoint(
    connection: Connection, principal: Principal, wanted: Subscription, secret: str, desk: Desk
) -> Endpoint:
    """Register an endpoint with its first secret, and ask its receiver for consent.

    Its events wait until the receiver has shown the challenge. A private address, where the operator
    allows one, is its own consent.

    Raises:
        RuleBroken: its URL may not be called, or a type of event is not for this kind of partner.
    """
    given = _read(wanted, principal, desk.rules)
    new = Endpoint(
        id=new_id("end"),
        organization_id=principal.organization_id,
        created_at=desk.now,
        updated_at=desk.now,
        **given,
    )
    endpoint, challenge = _begin_proof(new, desk.now)
    add_endpoint(connection, endpoint)
    _seal_secret(connection, endpoint.id, secret, desk)
    _ask_for_proof(connection, principal, endpoint.id, challenge, desk.now)
    audit.record(connection, principal, "endpoint.registered", endpoint.id, {"url": new.url}, desk.now)
    return endpoint


def alter_endpoint(
    connection: Connection,
    principal: Principal,
    key: str,
    wanted: Subscription,
    conditions: Conditions,
    desk: Desk,
) -> Endpoint:
    """Change an endpoint; another URL must be proved anew, and its events wait until then.

    Raises:
        NotFound, PreconditionRequired, PreconditionFailed, RuleBroken.
        Conflict: it cannot be paused or enabled while its receiver has not shown the challenge.
    """
    before = get_endpoint(connection, principal, key, to_change=True)
    check_change(conditions, before.revision, overwrites=True)
    given = _read(wanted, principal, desk.rules)
    after = replace(before, **given, revision=before.revision + 1, updated_at=desk.now)
    challenge: str | None = None
    if after.url != before.url:
        after, challenge = _begin_proof(after, desk.now)
    elif after.status != before.status:
        after, challenge = _switch(before, after, desk.now)
    change_endpoint(connection, after)
    if (after.status, after.url) != (before.status, before.url):
        settle = resume_deliveries if after.status == "enabled" else hold_deliveries
        settle(connection, after.id, desk.now)
    _ask_for_proof(connection, principal, after.id, challenge, desk.now)
    audit.record(connection, principal, "endpoint.changed", after.id, {"fields": sorted(given)}, desk.now)
    return after


def delete_endpoint(connection: Connection, principal: Principal, key: str, now: datetime) -> None:
    """Delete an endpoint with its secrets; what it has not received is cancelled."""
    endpoint = get_endpoint(connection, principal, key, to_change=True)
    remove_endpoint(connection, endpoint, now)
    audit.record(connection, principal, "endpoint.deleted", endpoint.id, {}, now)


def rotate_secret(
    connection: Connection, principal: Principal, key: str, rotation: Rotation, desk: Desk
) -> Endpoint:
    """Give an endpoint a new secret; the ones before it sign beside it until the overlap ends."""
    endpoint = get_endpoint(connection, principal, key, to_change=True)
    expire_secrets(connection, endpoint.id, desk.now + rotation.overlap)
    drop_old_secrets(connection, endpoint.id, _MOST_SECRETS - 1, desk.now)
    _seal_secret(connection, endpoint.id, rotation.secret, desk)
    detail = {"overlap_hours": rotation.overlap / timedelta(hours=1)}
    audit.record(connection, principal, "endpoint.secret_rotated", endpoint.id, detail, desk.now)
    return endpoint


def confirm_endpoint(
    connection: Connection, principal: Principal, key: str, challenge: str, now: datetime
) -> Endpoint:
    """Take the challenge from a person who has read it at the receiver.

    Raises:
        Conflict: the endpoint waits for no challenge.
        RuleBroken: it is another one.
    """
    endpoint = get_endpoint(connection, principal, key, to_change=True)
    if endpoint.status != "pending":
        raise Conflict("the endpoint waits for no challenge")
    if not prove_endpoint(connection, endpoint.id, challenge, now):
        raise RuleBroken([("/challenge", "is not the one we have sent to this endpoint")])
    return get_endpoint(connection, principal, key)


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
        path=_path(endpoint.id),
        data={"message": "This is a test event."},
    )
    event = emit_to_endpoint(connection, fact, _recipient(principal), endpoint.id, now)
    wanted = DeliveryFilter(event_id=event.id)
    return list_deliveries(connection, principal, wanted, after=None, limit=1)[0]


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


def _read(wanted: Subscription, principal: Principal, rules: AddressRules) -> dict[str, Any]:
    """What was given, its rules checked."""
    given = {name: value for name, value in asdict(wanted).items() if value is not UNSET}
    errors: list[tuple[str, str]] = []
    if "url" in given:
        try:
            check_url(given["url"], rules)
        except OutboundRefused as refused:
            errors.append(("/url", _REFUSALS.get(refused.reason, "is no URL that we can deliver to")))
    for place, asked in enumerate(given.get("event_types", ())):
        if not _is_heard(asked, principal):
            errors.append((f"/event_types/{place}", "names no event that this kind of partner hears of"))
    if errors:
        raise RuleBroken(errors)
    if "event_types" in given:
        given["event_types"] = tuple(dict.fromkeys(given["event_types"]))
    return given


def _is_heard(asked: str, principal: Principal) -> bool:
    return any(principal.kind in kind.fields and wants([asked], name) for name, kind in EVENT_TYPES.items())


def _begin_proof(endpoint: Endpoint, now: datetime) -> tuple[Endpoint, str | None]:
    """Make an endpoint pending, with a challenge to show; a private address needs none."""
    if names_private_host(endpoint.url):
        proved = replace(endpoint, status="enabled", disabled_reason=None, challenge=None, verified_at=now)
        return proved, None
    challenge = secrets.token_urlsafe(24)
    pending = replace(
        endpoint,
        status="pending",
        disabled_reason=None,
        challenge=hash_challenge(challenge),
        verified_at=None,
    )
    return pending, challenge


def _switch(before: Endpoint, after: Endpoint, now: datetime) -> tuple[Endpoint, str | None]:
    """Pause, or enable again: one that never was proved begins its proof anew."""
    if before.status == "pending":
        raise Conflict("the endpoint is pending: its receiver has to show the challenge first")
    if after.status == "paused" and before.status == "disabled":
        raise Conflict("the endpoint is disabled already")
    if after.status == "enabled" and before.verified_at is None:
        return _begin_proof(after, now)
    return replace(after, disabled_reason=None), None


def _seal_secret(connection: Connection, endpoint_id: str, secret: str, desk: Desk) -> None:
    secret_id = new_id("whs")
    sealed = desk.keyring.seal(secret.encode(), secret_context(secret_id))
    add_secret(connection, endpoint_id, secret_id, sealed, desk.now)


def _ask_for_proof(
    connection: Connection, principal: Principal, endpoint_id: str, challenge: str | None, now: datetime
) -> None:
    if challenge is None:
        return
    fact = Fact(
        type=VERIFICATION, subject=endpoint_id, path=_path(endpoint_id), data={"challenge": challenge}
    )
    emit_to_endpoint(connection, fact, _recipient(principal), endpoint_id, now)


def _check_enabled(endpoint: Endpoint) -> None:
    if endpoint.status != "enabled":
        raise Conflict(f"the endpoint is {endpoint.status}")


def _recipient(principal: Principal) -> tuple[Kind, str]:
    return principal.kind, principal.organization_id


def _path(endpoint_id: str) -> str:
    return f"/v1/webhook-endpoints/{endpoint_id}"
