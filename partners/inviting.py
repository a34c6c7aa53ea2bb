"""Inviting: people come in, and back in, by a link that is shown once and good once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.client_secrets import NewSecret, hash_secret
from partners.db import hold
from partners.errors import Forbidden, NotFound, RuleBroken
from partners.ids import new_id
from partners.keyring import Keyring
from partners.passwords import check_password_rules, prepare_password
from partners.principal import Kind, Principal, Role
from partners.records import audit
from partners.records.factors import digest, list_factors, remove_factors
from partners.records.invitations import (
    Invitation,
    Reset,
    add_invitation,
    find_invitation,
    find_reset,
    get_invitation,
    invited_key,
    open_invited,
    remove_invitation,
    remove_invitations_of,
    remove_reset,
    replace_reset,
    seal_context,
)
from partners.records.organizations import get_organization
from partners.records.people import (
    Identity,
    Person,
    add_person,
    change_person,
    email_index,
    find_person,
    open_identity,
    read_person,
    seal_identity,
)
from partners.records.sessions import end_sessions
from partners.signing_in import STEP_LIFE, Lobby, Opened, open_session, principal_of

RESET_LIFE = timedelta(hours=1)
Allowed = Callable[[Kind, Role], frozenset[str]]


class Invited(Struct, frozen=True, kw_only=True):
    """An invitation that was made; its token is readable here and never again."""

    invitation: Invitation
    token: NewSecret


class LinkRefused(Exception):
    """The link is good no longer, whatever the reason."""


def check_email(email: str) -> None:
    """Refuse what is no address; whether it is somebody's, only a mail to it can tell.

    Raises:
        RuleBroken: it is none.
    """
    local, at, host = email.strip().rpartition("@")
    is_plain = email.isprintable() and " " not in email.strip() and len(email) <= 254
    if not (at and local and "." in host and is_plain and not host.startswith(".") and len(local) <= 64):
        raise RuleBroken([("/email", "is not an e-mail address")])


def invite(
    connection: Connection,
    keyring: Keyring,
    by: Principal,
    draft: tuple[Identity, Role],
    lasting: timedelta,
    now: datetime,
) -> Invited:
    """Invite somebody into one's own organization; earlier links to the address are good no longer.

    Whether the address is somebody's already is not told: the link of such an invitation is refused.

    Raises:
        RuleBroken: it is no address.
    """
    identity, role = draft
    check_email(identity.email)
    invitation_id, token = new_id("inv"), NewSecret(secrets.token_urlsafe(32))
    invitation = Invitation(
        id=invitation_id,
        organization_id=by.organization_id,
        role=role,
        document=keyring.seal(msgspec.json.encode(identity), seal_context(invitation_id)),
        email_key=invited_key(keyring, identity.email),
        token_sha256=digest(token),
        created_by=by.actor,
        created_at=now,
        expires_at=now + lasting,
    )
    remove_invitations_of(connection, by.organization_id, invitation.email_key)
    add_invitation(connection, invitation)
    audit.record(connection, by, "person.invited", invitation.id, {"role": role}, now)
    return Invited(invitation=invitation, token=token)


def withdraw(connection: Connection, by: Principal, key: str, now: datetime) -> None:
    """Take an invitation back.

    Raises:
        NotFound: it is none of the organization's, or was accepted meanwhile.
    """
    invitation = get_invitation(connection, by, key)
    if not remove_invitation(connection, invitation.id):
        raise NotFound("no such invitation")
    audit.record(connection, by, "person.invitation_withdrawn", invitation.id, {}, now)


def check_role(by: Principal, role: Role, allowed: Allowed) -> Principal:
    """Nobody gives a role that may do what its own token may not; returns who it is that may.

    Raises:
        Forbidden: the role is stronger.
    """
    if not allowed(by.kind, role) <= by.scopes:
        raise Forbidden("this role has scopes that your token lacks")
    return by


def join(lobby: Lobby, token: str, password: str, now: datetime) -> Opened:
    """Accept an invitation: a person comes to be, and sets up its second step next.

    Raises:
        LinkRefused: the link was used, is over or was taken back, or the address is somebody's already.
        RuleBroken: the password is no good one.
    """
    with lobby.database.surveying("access") as connection:
        invitation = find_invitation(connection, token, now)
    if invitation is None:
        raise LinkRefused
    identity = open_invited(lobby.keyring, invitation)
    check_password_rules(password, identity.email)
    hashed = hash_secret(prepare_password(password))

    def work(connection: Connection, _: object) -> Opened:
        person = enter(connection, lobby.keyring, invitation, identity, now)
        change_person(connection, replace(person, password_hash=hashed))
        return open_session(connection, person.id, "enrolling", STEP_LIFE, now)

    return lobby.database.acting("access", work)


def enter(
    connection: Connection, keyring: Keyring, invitation: Invitation, identity: Identity, now: datetime
) -> Person:
    """Make the person of an invitation, and use that up.

    Raises:
        LinkRefused: it was used meanwhile, its organization is suspended, or the address is taken.
    """
    organization = get_organization(connection, invitation.organization_id)
    hold(connection, f"person {invitation.email_key.hex()}")
    if organization.suspended_at or not remove_invitation(connection, invitation.id):
        raise LinkRefused
    if find_person(connection, email_index(keyring, identity.email)):
        raise LinkRefused
    person_id = new_id("per")
    person = Person(
        id=person_id,
        organization_id=organization.id,
        role=invitation.role,
        document=seal_identity(keyring, person_id, identity),
        created_at=now,
    )
    add_person(connection, keyring, person)
    detail = {"invitation_id": invitation.id, "role": person.role, "invited_by": invitation.created_by}
    by = principal_of(person, organization.kind)
    audit.record(connection, by, "person.joined", person.id, detail, now)
    return person


def start_reset(
    connection: Connection, by: Principal, person: Person, now: datetime, *, removes_factors: bool
) -> NewSecret:
    """Make a link by which a person chooses a new password; until it does, the old one is good."""
    token = NewSecret(secrets.token_urlsafe(32))
    reset = Reset(
        token_sha256=digest(token),
        person_id=person.id,
        removes_factors=removes_factors,
        created_at=now,
        expires_at=now + RESET_LIFE,
    )
    replace_reset(connection, reset)
    detail = {"removes_factors": removes_factors}
    audit.record(connection, by, "person.reset_started", person.id, detail, now)
    return token


def finish_reset(lobby: Lobby, token: str, password: str, now: datetime) -> Opened:
    """Choose a new password by a link: all sessions end, and the second step is still to be taken.

    Raises:
        LinkRefused: the link was used or is over, or the person is suspended.
        RuleBroken: the password is no good one.
    """
    with lobby.database.surveying("access") as connection:
        reset = find_reset(connection, token, now)
        if reset is None:
            raise LinkRefused
        person = read_person(connection, reset.person_id)
    check_password_rules(password, open_identity(lobby.keyring, person).email)
    hashed = hash_secret(prepare_password(password))
    return lobby.database.acting(
        "access", lambda connection, _: _set_password(connection, reset, hashed, now)
    )


def _set_password(connection: Connection, reset: Reset, hashed: str, now: datetime) -> Opened:
    person = read_person(connection, reset.person_id, to_change=True)
    organization = get_organization(connection, person.organization_id)
    if person.suspended_at or organization.suspended_at or not remove_reset(connection, reset):
        raise LinkRefused
    change_person(connection, replace(person, password_hash=hashed))
    end_sessions(connection, person.id)
    if reset.removes_factors:
        remove_factors(connection, person.id)
    by = principal_of(person, organization.kind)
    detail = {"removed_factors": reset.removes_factors}
    audit.record(connection, by, "person.password_reset", person.id, detail, now)
    has_factors = bool(list_factors(connection, person.id))
    return open_session(connection, person.id, "password" if has_factors else "enrolling", STEP_LIFE, now)
