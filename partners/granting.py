"""Granting: a person's session gives a client a code, and the code tokens (RFC 6749, 7636, 9700).

A code is good for a minute, once, for the client and the redirect URI it was made for, and for whoever knows
the verifier. Tried twice, it takes back what it gave. Refresh tokens end with the session and are not
rotated: the client proves itself with each use, and a lost answer would sign the person out (FAPI 2.0
section 5.3.2.1).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from partners.client_secrets import NewSecret
from partners.db import Database
from partners.deadlines import under_deadline
from partners.ids import new_id
from partners.principal import Kind, Principal, Seat
from partners.records import audit
from partners.records.clients import KnownClient
from partners.records.factors import digest
from partners.records.grants import (
    Grant,
    Holder,
    add_grant,
    find_by_code,
    find_by_refresh_token,
    find_holder,
    remove_grant,
    spend_code,
)
from partners.records.organizations import get_organization
from partners.records.sessions import touch
from partners.signing_in import SignedIn

CODE_LIFE = timedelta(seconds=60)


class CodeOrder(Struct, frozen=True, kw_only=True):
    """What a client asks for in an authorization request that was found good."""

    client_id: str
    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    bound_to: str | None = None


class Granted(Struct, frozen=True, kw_only=True):
    """What a code or a refresh token stands for now."""

    grant: Grant
    holder: Holder
    kind: Kind
    refresh_token: NewSecret | None = None

    @property
    def seat(self) -> Seat:
        return Seat(person_id=self.holder.person_id, role=self.holder.role, grant_id=self.grant.id)


def grant_code(database: Database, visitor: SignedIn, order: CodeOrder, now: datetime) -> NewSecret:
    """Make the code of a new grant."""
    code = NewSecret(secrets.token_urlsafe(32))
    grant = Grant(
        id=new_id("grt"),
        session_id=visitor.session.id,
        client_id=order.client_id,
        code_sha256=digest(code),
        redirect_uri=order.redirect_uri,
        challenge=order.challenge,
        scopes=order.scopes,
        bound_to=order.bound_to,
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    database.acting("access", lambda connection, _: add_grant(connection, grant))
    return code


def redeem_code(database: Database, known: KnownClient, code: str, now: datetime) -> Granted | None:
    """Spend a code of a client that has proved itself; of any number of tries exactly one is answered.

    It is spent even if its verifier then proves wrong. A second try takes the grant back, with all tokens.
    """

    def work(connection: Connection, _: object) -> Granted | None:
        grant = find_by_code(connection, code)
        if grant is None or grant.client_id != known.client.id:
            return None
        if grant.expires_at <= now and grant.spent_at is None:
            return None
        refresh_token = NewSecret(secrets.token_urlsafe(32))
        if grant.spent_at or not spend_code(connection, grant, refresh_token, now):
            _take_back(connection, known, grant, "grant.replayed", now)
            return None
        return _granted(connection, known, grant, refresh_token)

    with under_deadline(None):  # it is spent whatever becomes of the request
        return database.acting("access", work)


def refresh(
    database: Database, known: KnownClient, token: str, idle: timedelta, now: datetime
) -> Granted | None:
    """Find what a refresh token stands for, as long as its session goes on; that counts as being there."""

    def work(connection: Connection, _: object) -> Granted | None:
        grant = find_by_refresh_token(connection, token)
        if grant is None or grant.client_id != known.client.id:
            return None
        found = _granted(connection, known, grant, None)
        if found is None or found.holder.session_expires_at <= now or found.holder.seen_at + idle <= now:
            return None
        touch(connection, grant.session_id, now)
        return found

    return database.acting("access", work)


def take_grant_back(database: Database, known: KnownClient, token: str, now: datetime) -> bool:
    """Take a grant back by its refresh token, with all access tokens; tells whether it was the client's."""

    def work(connection: Connection, _: object) -> bool:
        grant = find_by_refresh_token(connection, token)
        if grant is None or grant.client_id != known.client.id:
            return False
        _take_back(connection, known, grant, "grant.revoked", now)
        return True

    return database.acting("access", work)


def _granted(
    connection: Connection, known: KnownClient, grant: Grant, refresh_token: NewSecret | None
) -> Granted | None:
    holder = find_holder(connection, grant)
    if holder is None or not known.serves(holder.organization_id):
        return None
    organization = get_organization(connection, holder.organization_id)
    if organization.suspended_at:
        return None
    return Granted(grant=grant, holder=holder, kind=organization.kind, refresh_token=refresh_token)


def _take_back(connection: Connection, known: KnownClient, grant: Grant, act: str, now: datetime) -> None:
    holder = find_holder(connection, grant)
    if remove_grant(connection, grant.id) and holder:
        kind = get_organization(connection, holder.organization_id).kind
        by = Principal(organization_id=holder.organization_id, kind=kind, client_id=known.client.id)
        audit.record(connection, by, act, holder.person_id, {"grant_id": grant.id}, now)
