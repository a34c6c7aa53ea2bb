"""Subscribing: a partner's endpoint is registered, proved, changed, its secrets rotated, and tried out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace
from sqlalchemy import Connection

from partners.credentials import CertificatePair, Credentials, OAuthSecret, find_faults
from partners.destinations import AddressRules, OutboundRefused, check_url, names_private_host, origin_of
from partners.errors import Conflict, RuleBroken
from partners.ids import looks_like_id, new_id
from partners.preconditions import Conditions, check_change
from partners.principal import Kind, Principal
from partners.records import audit
from partners.records.endpoint_news import tell_created, tell_deleted, tell_updated
from partners.records.endpoints import (
    Endpoint,
    Signature,
    add_endpoint,
    change_endpoint,
    check_reference,
    get_endpoint,
)
from partners.records.event_types import EVENT_TYPES, list_labels
from partners.records.events import VERIFICATION, Fact, emit_to_endpoint
from partners.records.fanning import wants
from partners.records.ordering import order_deliveries
from partners.records.pacing import forget_pacing
from partners.records.switching import (
    hash_challenge,
    hold_deliveries,
    prove_endpoint,
    remove_endpoint,
    resume_deliveries,
)
from partners.sealing import (
    Desk,
    describe_access,
    open_credentials,
    revoke,
    seal_credentials,
    seal_new_key,
    seal_secret,
)

_ACCESS = ("headers", "oauth2", "client_certificate")
_LISTS = ("event_types", "signatures")
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
    reference: str | UnsetType | None = UNSET
    metadata: dict[str, str] | UnsetType = UNSET
    event_types: Sequence[str] | UnsetType = UNSET
    labels: dict[str, str] | UnsetType = UNSET
    ordered: bool | UnsetType = UNSET
    rate_per_s: float | UnsetType | None = UNSET
    status: Literal["enabled", "paused"] | UnsetType = UNSET
    signatures: Sequence[Signature] | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET
    oauth2: OAuthSecret | UnsetType | None = UNSET
    client_certificate: CertificatePair | UnsetType | None = UNSET


def register_endpoint(
    connection: Connection, principal: Principal, wanted: Subscription, secret: str, desk: Desk
) -> Endpoint:
    """Register an endpoint with its first secret (and key, for v1a), and ask its receiver for consent.

    Its events wait until the receiver has shown the challenge. A private address, where the operator
    allows one, is its own consent.

    Raises:
        RuleBroken: its URL may not be called, or a type of event is not for this kind of partner.
        Conflict: another endpoint has its reference.
    """
    given = _read(wanted, principal, desk.rules)
    check_reference(connection, principal, given.get("reference"))
    credentials = _merge(Credentials(), wanted, desk)
    new = Endpoint(
        access=describe_access(credentials),
        id=new_id("end"),
        organization_id=principal.organization_id,
        created_at=desk.now,
        updated_at=desk.now,
        **given,
    )
    endpoint, challenge = _begin_proof(new, desk.now)
    add_endpoint(connection, endpoint)
    if "v1" in endpoint.signatures:
        seal_secret(connection, desk.keyring, endpoint.id, secret, desk.now)
    if "v1a" in endpoint.signatures:
        seal_new_key(connection, desk.keyring, endpoint.id, desk.now)
    seal_credentials(connection, desk.keyring, endpoint.id, credentials, desk.now)
    _ask_for_proof(connection, principal, endpoint.id, challenge, desk.now)
    tell_created(connection, principal.kind, endpoint, desk.now)
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
    """Change an endpoint; what waits follows its URL. Another host must be proved anew: events wait for it.

    Raises:
        NotFound, PreconditionRequired, PreconditionFailed, RuleBroken.
        Conflict: it cannot be paused or enabled while its receiver has not shown the challenge.
    """
    before = get_endpoint(connection, principal, key, to_change=True)
    check_change(conditions, before.revision, overwrites=True)
    given = _read(wanted, principal, desk.rules)
    after = replace(before, **given, revision=before.revision + 1, updated_at=desk.now)
    _change_keys(connection, before, after, desk)
    after = _change_credentials(connection, after, wanted, desk)
    challenge: str | None = None
    moved = origin_of(after.url) != origin_of(before.url)
    if moved:
        after, challenge = _begin_proof(after, desk.now)
    elif after.status != before.status:
        after, challenge = _switch(before, after, desk.now)
    change_endpoint(connection, after)
    _change_pace(connection, before, after)
    if after.status != "enabled" or before.status == "disabled":  # what a disabled one missed is asked for
        hold_deliveries(connection, after.id, desk.now)
    elif moved or before.status == "paused":
        resume_deliveries(connection, after.id, desk.now)
    _ask_for_proof(connection, principal, after.id, challenge, desk.now)
    tell_updated(connection, principal.kind, after, given, desk.now)
    audit.record(connection, principal, "endpoint.changed", after.id, {"fields": sorted(given)}, desk.now)
    return after


def _change_pace(connection: Connection, before: Endpoint, after: Endpoint) -> None:
    """Another URL, or a person's word that all is well, is a new beginning for the breaker."""
    if after.ordered != before.ordered:
        order_deliveries(connection, after.id, is_ordered=after.ordered)
    if (after.url, after.status, after.rate_per_s) != (before.url, before.status, before.rate_per_s):
        forget_pacing(connection, after.id)


def delete_endpoint(connection: Connection, principal: Principal, key: str, now: datetime) -> None:
    """Delete an endpoint with its secrets; what it has not received is cancelled."""
    endpoint = get_endpoint(connection, principal, key, to_change=True)
    remove_endpoint(connection, endpoint, now)
    tell_deleted(connection, principal.kind, endpoint, now)
    audit.record(connection, principal, "endpoint.deleted", endpoint.id, {}, now)


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
    proved = get_endpoint(connection, principal, key)
    tell_updated(connection, principal.kind, proved, ["status"], now)
    return proved


def _read(wanted: Subscription, principal: Principal, rules: AddressRules) -> dict[str, Any]:
    """What was given, its rules checked."""
    given = {
        name: value for name, value in asdict(wanted).items() if value is not UNSET and name not in _ACCESS
    }
    errors: list[tuple[str, str]] = []
    if looks_like_id(given.get("reference") or ""):
        errors.append(("/reference", "looks like one of our ids"))
    if "url" in given:
        try:
            check_url(given["url"], rules)
        except OutboundRefused as refused:
            errors.append(("/url", _REFUSALS.get(refused.reason, "is no URL that we can deliver to")))
    for place, asked in enumerate(given.get("event_types", ())):
        if not _is_heard(asked, principal):
            errors.append((f"/event_types/{place}", "names no event that this kind of partner hears of"))
    known = list_labels(principal.kind)
    unknown = sorted(given.get("labels", {}).keys() - known)
    errors += [(f"/labels/{label}", "is no label of what this kind of partner hears of") for label in unknown]
    if errors:
        raise RuleBroken(errors)
    given.update({name: tuple(dict.fromkeys(given[name])) for name in _LISTS if name in given})
    return given


def _change_keys(connection: Connection, before: Endpoint, after: Endpoint, desk: Desk) -> None:
    """A signature that is asked for no more ends now; a secret for v1 is shown when it is made, not here."""
    added, dropped = set(after.signatures) - set(before.signatures), set(before.signatures)
    dropped -= set(after.signatures)
    if "v1" in added:
        raise RuleBroken([("/signatures", "v1 is added by POST …/secret, which shows its secret")])
    if "v1a" in added:
        seal_new_key(connection, desk.keyring, after.id, desk.now)
    for signature in dropped:
        revoke(connection, after.id, "hmac" if signature == "v1" else "ed25519")


def _change_credentials(
    connection: Connection, endpoint: Endpoint, wanted: Subscription, desk: Desk
) -> Endpoint:
    if all(getattr(wanted, name) is UNSET for name in _ACCESS):
        return endpoint
    before = open_credentials(connection, desk.keyring, endpoint.id)
    credentials = _merge(before, wanted, desk)
    seal_credentials(connection, desk.keyring, endpoint.id, credentials, desk.now)
    return replace(endpoint, access=describe_access(credentials))


def _merge(before: Credentials, wanted: Subscription, desk: Desk) -> Credentials:
    """What lets us in, with what was given instead of what was there before."""
    given = {name: value for name in _ACCESS if (value := getattr(wanted, name)) is not UNSET}
    after = replace(before, **given)
    if faults := find_faults(after, desk.rules, desk.now):
        raise RuleBroken(faults)
    return after


def _is_heard(asked: str, principal: Principal) -> bool:
    return any(principal.kind in kind.fields and wants([asked], name) for name, kind in EVENT_TYPES.items())


def _begin_proof(endpoint: Endpoint, now: datetime) -> tuple[Endpoint, str | None]:
    """Make an endpoint pending, with a challenge to show; a private address needs none."""
    if names_private_host(endpoint.url):
        proved = replace(endpoint, status="enabled", disabled_reason=None, challenge=None, verified_at=now)
        return replace(proved, failing_since=None), None
    challenge = secrets.token_urlsafe(24)
    pending = replace(
        endpoint,
        status="pending",
        disabled_reason=None,
        challenge=hash_challenge(challenge),
        verified_at=None,
        failing_since=None,
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
    return replace(after, disabled_reason=None, failing_since=None), None


def _ask_for_proof(
    connection: Connection, principal: Principal, endpoint_id: str, challenge: str | None, now: datetime
) -> None:
    if challenge is None:
        return
    fact = Fact(
        type=VERIFICATION, subject=endpoint_id, path=_path(endpoint_id), data={"challenge": challenge}
    )
    emit_to_endpoint(connection, fact, _recipient(principal), endpoint_id, now)


def _recipient(principal: Principal) -> tuple[Kind, str]:
    return principal.kind, principal.organization_id


def _path(endpoint_id: str) -> str:
    return f"/v1/webhook-endpoints/{endpoint_id}"
