"""Admitting: a client's credentials come, overlap for a while, and go; it manages them itself.

At most two live ones of a kind at a time, so that an exchange has room and a forgotten one has an end.
Whoever manages a client must be allowed all that it is: a token cannot make itself a stronger one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.client_keys import public_jwk, read_public_key
from partners.errors import Conflict, Forbidden, NotFound, RuleBroken
from partners.ids import new_id
from partners.preconditions import Conditions, check_change
from partners.principal import Principal
from partners.published_keys import published_credentials
from partners.records import audit
from partners.records.clients import AuthMethod, Client, Credential, CredentialKind, add_credential
from partners.records.credentials import (
    change_client,
    expire,
    get_client,
    list_live,
    remove,
    replace_published,
)

WayIn = Literal["client_secret_basic", "client_secret_post", "private_key_jwt"]
MOST_LIVE = 2
_BESIDE_URI = timedelta(hours=24)
_KIND: dict[AuthMethod, CredentialKind] = {"client_secret_basic": "secret", "private_key_jwt": "key"}


class NewKey(Struct, frozen=True, kw_only=True):
    """A public key to add: when it ends, and for how long those before it are good beside it."""

    jwk: dict[str, Any]
    expires_at: datetime | None = None
    overlap: timedelta | None = None


class Published(Struct, frozen=True):
    """A URL, and the keys that were read there."""

    uri: str
    keys: list[dict[str, Any]]


class ClientChange(Struct, frozen=True, kw_only=True):
    """What shall be different; what is unset stays."""

    name: str | UnsetType = UNSET
    way_in: WayIn | UnsetType = UNSET
    dpop_bound: bool | UnsetType = UNSET
    published: Published | UnsetType | None = UNSET


def way_in(client: Client) -> WayIn:
    """How a client proves itself, by the name of RFC 7591."""
    if client.auth_method == "client_secret_basic" and client.allows_form_secret:
        return "client_secret_post"
    return client.auth_method


def manage(connection: Connection, principal: Principal, key: str) -> Client:
    """Find a client that the principal may manage, and hold it.

    Raises:
        NotFound: it is none of the organization's.
        Forbidden: it may do what the principal's token may not.
    """
    client = get_client(connection, principal, key, to_change=True)
    if client.id != principal.client_id and not set(client.scopes) <= principal.scopes:
        raise Forbidden("this client has scopes that your token lacks")
    return client


def add_key(connection: Connection, principal: Principal, key: str, new: NewKey, now: datetime) -> Credential:
    """Add a public key; with an overlap the keys before it end when that is over.

    Raises:
        RuleBroken: the key is private, weak or of another kind; its kid is taken; it ends before it begins.
        Conflict: two are live already, or the client publishes its keys at a URL.
    """
    client = manage(connection, principal, key)
    jwk = public_jwk(read_public_key(new.jwk, "/jwk"))
    if new.expires_at is not None and new.expires_at <= now:
        raise RuleBroken([("/expires_at", "is over already")])
    if client.jwks_uri:
        raise Conflict("the client publishes its keys at jwks_uri", "keys-at-uri")
    live = [each for each in list_live(connection, client.id, now) if each.kind == "key"]
    if any(each.jwk and each.jwk["kid"] == jwk["kid"] for each in live):
        raise RuleBroken([("/jwk/kid", "is the kid of another live key")])
    if len(live) >= MOST_LIVE:
        raise Conflict("two keys are live already: delete one first", "too-many-credentials")
    if new.overlap is not None:
        expire(connection, [each.id for each in live], now + new.overlap)
    made = Credential(
        id=new_id("crd"),
        client_id=client.id,
        kind="key",
        jwk=jwk,
        created_at=now,
        expires_at=new.expires_at,
    )
    add_credential(connection, made)
    detail = {"credential_id": made.id, "kid": jwk["kid"]}
    audit.record(connection, principal, "client.key_added", client.id, detail, now)
    return made


def rotate_secret(
    connection: Connection, principal: Principal, key: str, made: Credential, overlap: timedelta
) -> None:
    """Give a client the new secret `made`; the newest before it is good until the overlap ends, no other.

    Raises:
        Forbidden: customs prove themselves by a key.
    """
    client = manage(connection, principal, key)
    if principal.kind == "customs":
        raise Forbidden("customs prove themselves by a key: they have no secret")
    now = made.created_at
    live = [each for each in list_live(connection, client.id, now) if each.kind == "secret"]
    expire(connection, [each.id for each in live[: -(MOST_LIVE - 1)]], now)
    expire(connection, [each.id for each in live], now + overlap)
    add_credential(connection, replace(made, client_id=client.id))
    detail = {"credential_id": made.id, "overlap_hours": overlap / timedelta(hours=1)}
    audit.record(connection, principal, "client.secret_rotated", client.id, detail, now)


def make_credential(credential_id: str, secret_hash: str, now: datetime) -> Credential:
    """The row of a new secret, which `rotate_secret` gives to its client."""
    return Credential(id=credential_id, client_id="", kind="secret", secret_hash=secret_hash, created_at=now)


def remove_credential(
    connection: Connection, principal: Principal, key: str, named: str, now: datetime
) -> None:
    """Delete a credential by its id, or a key by its kid, at once.

    Raises:
        NotFound: the client has no such credential.
        Conflict: it is the last one that the client can prove itself by, or comes from its URL.
    """
    client = manage(connection, principal, key)
    live = list_live(connection, client.id, now)
    found = [each for each in live if named in {each.id, (each.jwk or {}).get("kid")}]
    if not found:
        raise NotFound("no such credential")
    if found[0].source == "uri":
        raise Conflict("the client publishes this key at jwks_uri: take it away there", "keys-at-uri")
    rest = [each for each in live if each.id != found[0].id]
    _check_way_in(client, rest)
    remove(connection, [found[0].id])
    detail = {"credential_id": found[0].id, "kind": found[0].kind}
    audit.record(connection, principal, "client.credential_removed", client.id, detail, now)


def alter_client(
    connection: Connection,
    principal: Principal,
    key: str,
    change: ClientChange,
    conditions: Conditions,
    now: datetime,
) -> Client:
    """Change how a client proves itself, or what its tokens are bound to.

    Raises:
        NotFound, Forbidden, PreconditionRequired, PreconditionFailed.
        RuleBroken: customs use a key, and bound tokens.
        Conflict: it has nothing to prove itself by in that way.
    """
    before = manage(connection, principal, key)
    check_change(conditions, before.revision, overwrites=True)
    _check_customs(principal, change)
    after = replace(before, revision=before.revision + 1)
    if change.name is not UNSET:
        after = replace(after, name=change.name)
    if change.dpop_bound is not UNSET:
        after = replace(after, dpop_bound=change.dpop_bound)
    if change.way_in is not UNSET:
        method: AuthMethod = (
            "private_key_jwt" if change.way_in == "private_key_jwt" else "client_secret_basic"
        )
        after = replace(after, auth_method=method, allows_form_secret=change.way_in == "client_secret_post")
    if change.published is not UNSET:
        after = _publish(connection, after, change.published, now)
    _check_way_in(after, list_live(connection, after.id, now))
    change_client(connection, after)
    fields = [name for name in change.__struct_fields__ if getattr(change, name) is not UNSET]
    audit.record(connection, principal, "client.changed", after.id, {"fields": fields}, now)
    return after


def _publish(connection: Connection, client: Client, published: Published | None, now: datetime) -> Client:
    """Let the keys come from a URL, or no longer; those by value are good for another day beside them."""
    keys = published_credentials(client.id, published.keys if published else [], now)
    replace_published(connection, client.id, keys)
    if published is None:
        return replace(client, jwks_uri=None, jwks_read_at=None)
    by_value = [
        each.id
        for each in list_live(connection, client.id, now)
        if (each.kind, each.source) == ("key", "value")
    ]
    expire(connection, by_value, now + _BESIDE_URI)
    return replace(client, jwks_uri=published.uri, jwks_asked_at=now, jwks_read_at=now)


def _check_customs(principal: Principal, change: ClientChange) -> None:
    if principal.kind != "customs":
        return
    broken = []
    if change.way_in not in {UNSET, "private_key_jwt"}:
        broken.append(("/token_endpoint_auth_method", "customs prove themselves by a key"))
    if change.dpop_bound is False:
        broken.append(("/dpop_bound_access_tokens", "customs' tokens are bound to a key"))
    if broken:
        raise RuleBroken(broken)


def _check_way_in(client: Client, live: Sequence[Credential]) -> None:
    """A client is never left without a way in."""
    if not any(each.kind == _KIND[client.auth_method] for each in live):
        raise Conflict("it would leave the client without a way to prove itself", "last-credential")
