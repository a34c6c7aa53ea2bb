"""Access: how an organization and its clients come to be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from partners.client_secrets import NewSecret, hash_secret, make_secret
from partners.db import Database
from partners.deadlines import under_deadline
from partners.errors import RuleBroken, Unauthorized
from partners.ids import new_id
from partners.principal import Claims, Kind, Principal
from partners.records import audit
from partners.records.clients import (
    Client,
    Credential,
    KnownClient,
    add_client,
    add_credential,
    find_known_client,
    forget_expired,
    revoke_token,
    spend_assertion,
    spend_proof,
)
from partners.records.failures import forget_old_failures
from partners.records.grants import forget_codes
from partners.records.invitations import forget_links
from partners.records.organizations import Organization, add_organization, get_organization
from partners.records.sessions import forget_sessions

_LONGEST_URI = 2_000
_FAILURES_KEPT = timedelta(days=1)


class ClientOrder(Struct, frozen=True, kw_only=True):
    """A client to be made: with `jwks` it proves itself by key, without by a secret of ours."""

    kind: Kind
    name: str
    scopes: Sequence[str]
    allowed: Collection[str]  # the scopes that this kind of partner may have at all
    organization_id: str | None = None
    jwks: Sequence[dict[str, Any]] = ()
    dpop_bound: bool = False  # customs are, in any case
    redirect_uris: Sequence[str] = ()  # with any, people sign in through it


class NewClient(Struct, frozen=True, kw_only=True):
    """A client that was made; its secret, when it has one, is readable here and never again."""

    organization_id: str
    client_id: str
    scopes: tuple[str, ...]
    client_secret: NewSecret | None = None


def create_client(database: Database, order: ClientOrder, now: datetime) -> NewClient:
    """Make a client, and its organization unless the order names one.

    Raises:
        RuleBroken: a scope is not of this kind, customs come without a key, or the kinds differ.
        NotFound: there is no such organization.
    """
    _check_order(order)
    client_id = new_id("cli")
    credentials, secret = _credentials(client_id, order.jwks, now)
    draft = Client(
        id=client_id,
        organization_id="",  # known within the transaction
        name=order.name,
        scopes=tuple(sorted(set(order.scopes or order.allowed))),
        auth_method="private_key_jwt" if order.jwks else "client_secret_basic",
        dpop_bound=order.dpop_bound or order.kind == "customs",
        redirect_uris=tuple(order.redirect_uris),
        created_at=now,
    )
    made = database.acting("access", lambda connection, _: _add(connection, order, draft, credentials))
    return NewClient(
        organization_id=made.organization_id, client_id=made.id, scopes=made.scopes, client_secret=secret
    )


def _credentials(
    client_id: str, jwks: Sequence[dict[str, Any]], now: datetime
) -> tuple[list[Credential], NewSecret | None]:
    if jwks:
        keys = [
            Credential(id=new_id("crd"), client_id=client_id, kind="key", jwk=jwk, created_at=now)
            for jwk in jwks
        ]
        return keys, None
    credential_id, secret = make_secret()
    hashed = hash_secret(secret)
    return [
        Credential(id=credential_id, client_id=client_id, kind="secret", secret_hash=hashed, created_at=now)
    ], secret


def _check_order(order: ClientOrder) -> None:
    errors = []
    if not 1 <= len(order.name) <= 200 or not order.name.isprintable():
        errors.append(("/name", "a name has 1 to 200 printable characters"))
    errors += [
        ("/scopes", f"{scope} is not a scope of {order.kind}")
        for scope in order.scopes
        if scope not in order.allowed
    ]
    errors += [("/redirect_uris", refused) for uri in order.redirect_uris if (refused := _fault_of(uri))]
    if order.kind == "customs" and not order.jwks:
        errors.append(("/jwks", "customs prove themselves by a key: a secret is not enough"))
    if errors:
        raise RuleBroken(errors)


def _fault_of(uri: str) -> str:
    """What is wrong with a redirect URI (RFC 6749 section 3.1.2, RFC 8252 section 7.3)."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return "a redirect URI is a URL"
    if not uri.isascii() or not uri.isprintable() or " " in uri or len(uri) > _LONGEST_URI:
        return f"a redirect URI has up to {_LONGEST_URI} plain characters"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}):
        return "a redirect URI is https, or http on this machine"
    if not host or parts.username is not None or "#" in uri or "*" in uri or ";" in parts.netloc:
        return "a redirect URI has a host, and neither user, fragment nor wildcard"
    return ""


def _add(connection: Connection, order: ClientOrder, draft: Client, credentials: list[Credential]) -> Client:
    organization = _organization(connection, order, draft.created_at)
    client = msgspec.structs.replace(draft, organization_id=organization.id)
    add_client(connection, client)
    for credential in credentials:
        add_credential(connection, credential)
    by = Principal(organization_id=organization.id, kind=organization.kind, client_id=audit.COMMAND_LINE)
    detail = {
        "scopes": list(client.scopes),
        "auth_method": client.auth_method,
        "dpop_bound": client.dpop_bound,
        "redirect_uris": list(client.redirect_uris),
    }
    audit.record(connection, by, "client.created", client.id, detail, client.created_at)
    return client


def _organization(connection: Connection, order: ClientOrder, now: datetime) -> Organization:
    if order.organization_id is None:
        organization = add_organization(connection, order.kind, order.name, now)
        by = Principal(organization_id=organization.id, kind=order.kind, client_id=audit.COMMAND_LINE)
        audit.record(connection, by, "organization.created", organization.id, {"kind": order.kind}, now)
        return organization
    organization = get_organization(connection, order.organization_id)
    if organization.kind != order.kind:
        raise RuleBroken([("/kind", f"the organization is of kind {organization.kind}")])
    return organization


def find_client(database: Database, client_id: str, now: datetime) -> KnownClient | None:
    """Find a client that may ask for tokens: None for an unknown or suspended one."""
    if not client_id.isprintable():
        return None
    with database.surveying("access") as connection:
        return find_known_client(connection, client_id, now)


def spend(database: Database, client_id: str, jti: str, expires_at: datetime) -> bool:
    """Spend an assertion's id: of any number of tries, in any process, exactly one is told True."""
    with under_deadline(None):  # it is spent whatever becomes of the request
        return database.acting(
            "access", lambda connection, _: spend_assertion(connection, client_id, jti, expires_at)
        )


def spend_key_proof(database: Database, thumbprint: str, jti: str, expires_at: datetime) -> bool:
    """Spend the id of a proof by a key, like `spend`."""
    with under_deadline(None):
        return database.acting(
            "access", lambda connection, _: spend_proof(connection, thumbprint, jti, expires_at)
        )


def take_back(database: Database, claims: Claims, expires_at: datetime, now: datetime) -> None:
    """Take a client's token back, at once for all processes, and write that into the audit log."""

    def work(connection: Connection, _: Principal) -> None:
        if revoke_token(connection, claims.token_id, expires_at):
            by = Principal(
                organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id
            )
            detail = {"token_id": claims.token_id}
            audit.record(connection, by, "token.revoked", claims.client_id, detail, now)

    database.acting("access", work)


def is_good(database: Database, claims: Claims) -> bool:
    """Tell whether a verified token still opens doors: neither revoked nor its client suspended."""
    try:
        with database.reading(claims):
            return True
    except Unauthorized:
        return False


def forget_proofs(database: Database, now: datetime) -> bool:
    """Delete what proved somebody and has expired: spent ids, revoked tokens, links, codes, failures.

    Tells whether there was any.
    """

    def work(connection: Connection, _: object) -> int:
        return (
            forget_expired(connection, now)
            + forget_links(connection, now)
            + forget_codes(connection, now)
            + forget_sessions(connection, now)
            + forget_old_failures(connection, now - _FAILURES_KEPT)
        )

    return database.acting("access", work) > 0
