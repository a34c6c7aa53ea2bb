"""Signing in: password, then a second step; a session that is known by a cookie, and ends at once.

Whatever is wrong with an address or a password, the answer and the work done for it are the same. The
cookie of each step is a new one, so that nobody can plant one beforehand.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.client_secrets import NewSecret, SecretChecker
from partners.db import Database
from partners.errors import Forbidden, NotFound
from partners.ids import new_id
from partners.keyring import Keyring
from partners.one_time_codes import find_step, read_recovery_code
from partners.passwords import prepare_password
from partners.principal import PAGES, Kind, Principal
from partners.records import audit
from partners.records.factors import (
    Factor,
    advance,
    digest,
    list_factors,
    seal_context,
    spend_recovery_code,
)
from partners.records.organizations import get_organization
from partners.records.people import Person, email_index, find_person, read_person
from partners.records.sessions import Session, Stage, add_session, end_sessions, find_session, touch
from partners.throttling import Attempt, begin_attempt, end_attempt

STEP_LIFE = timedelta(minutes=10)  # in which the second step is taken, or set up
_TOUCH = timedelta(seconds=30)  # how often "seen" is written


class Lobby(Struct, frozen=True, kw_only=True):
    """What signing in needs of the house."""

    database: Database
    keyring: Keyring
    secrets: SecretChecker
    life: timedelta
    idle: timedelta


class SignedIn(Struct, frozen=True, kw_only=True):
    """A session that goes on, its person and the kind of its organization."""

    session: Session
    person: Person
    kind: Kind

    @property
    def principal(self) -> Principal:
        return principal_of(self.person, self.kind)


class Opened(Struct, frozen=True, kw_only=True):
    """A session that was opened; its cookie is readable here and never again."""

    session: Session
    cookie: NewSecret


def principal_of(person: Person, kind: Kind) -> Principal:
    """A person as it acts for itself, on our own pages."""
    return Principal(organization_id=person.organization_id, kind=kind, client_id=PAGES, person_id=person.id)


def try_password(lobby: Lobby, attempt: Attempt, password: str, now: datetime) -> Opened | None:
    """Take the first step; each try costs one hashing, whether or not there is such a person.

    Raises:
        TooSoon: there were too many failures.
        NotReady: too many passwords are being checked.
    """
    keys = begin_attempt(lobby.database, lobby.keyring, attempt, now)
    with lobby.database.surveying("access") as connection:
        person = find_person(connection, email_index(lobby.keyring, attempt.account))
    kept = person.password_hash if person else None
    if not lobby.secrets.check(prepare_password(password), kept) or person is None:
        return None
    # only now, so that until here as much was read for somebody as for nobody
    with lobby.database.surveying("access") as connection:
        if not _is_welcome(connection, person):
            return None
        has_factors = bool(list_factors(connection, person.id))
    end_attempt(lobby.database, keys)
    stage: Stage = "password" if has_factors else "enrolling"
    return lobby.database.acting(
        "access", lambda connection, _: open_session(connection, person.id, stage, STEP_LIFE, now)
    )


def _is_welcome(connection: Connection, person: Person) -> bool:
    organization = get_organization(connection, person.organization_id)
    return person.suspended_at is None and organization.suspended_at is None


def open_session(
    connection: Connection, person_id: str, stage: Stage, life: timedelta, now: datetime
) -> Opened:
    """Open a session under a new cookie."""
    cookie = NewSecret(secrets.token_urlsafe(32))
    session = Session(
        id=new_id("ses"),
        person_id=person_id,
        token_sha256=digest(cookie),
        stage=stage,
        created_at=now,
        seen_at=now,
        expires_at=now + life,
    )
    add_session(connection, session)
    return Opened(session=session, cookie=cookie)


def try_code(lobby: Lobby, visitor: SignedIn, attempt: Attempt, code: str, now: datetime) -> Opened | None:
    """Take the second step by a generator's code, or by a recovery code; either is good once.

    Raises:
        TooSoon: there were too many failures.
    """
    keys = begin_attempt(lobby.database, lobby.keyring, attempt, now)

    def work(connection: Connection, _: object) -> Opened | None:
        how = _use_code(connection, lobby.keyring, visitor.person.id, code, now)
        return complete(connection, lobby, visitor, how, now) if how else None

    opened = lobby.database.acting("access", work)
    if opened:
        end_attempt(lobby.database, keys)
    return opened


def _use_code(connection: Connection, keyring: Keyring, person_id: str, code: str, now: datetime) -> str:
    """How a code proves the person: empty when it does not."""
    compact = "".join(code.split())
    generators = [each for each in list_factors(connection, person_id) if each.kind == "totp"]
    for factor in generators:
        step = find_step(open_totp(keyring, factor), compact, now)
        if step is not None and advance(connection, factor, step, now):
            return "totp"
    recovery = read_recovery_code(code)
    return "recovery_code" if recovery and spend_recovery_code(connection, person_id, recovery) else ""


def open_totp(keyring: Keyring, factor: Factor) -> str:
    """A generator's key."""
    return keyring.open(factor.document, seal_context(factor.id)).decode()


def complete(connection: Connection, lobby: Lobby, visitor: SignedIn, how: str, now: datetime) -> Opened:
    """Turn a half session into a whole one, under a new cookie, and write that into the audit log.

    Raises:
        Forbidden: the half session has ended meanwhile.
    """
    if not end_sessions(connection, visitor.person.id, only=visitor.session.id):
        raise Forbidden("sign in again")
    opened = open_session(connection, visitor.person.id, "whole", lobby.life, now)
    detail = {"session_id": opened.session.id, "by": how}
    audit.record(connection, visitor.principal, "person.signed_in", visitor.person.id, detail, now)
    return opened


def find_signed_in(lobby: Lobby, cookie: str, now: datetime) -> SignedIn | None:
    """Find the session of a cookie: none when it is over, or its person or organization is suspended."""
    with lobby.database.surveying("access") as connection:
        session = find_session(connection, cookie)
        if session is None or not is_live(session, lobby.idle, now):
            return None
        try:
            person = read_person(connection, session.person_id)
        except NotFound:
            return None
        if not _is_welcome(connection, person):
            return None
        kind = get_organization(connection, person.organization_id).kind
    if session.seen_at < now - _TOUCH:
        session = replace(session, seen_at=now)
        session_id = session.id
        lobby.database.acting("access", lambda connection, _: touch(connection, session_id, now))
    return SignedIn(session=session, person=person, kind=kind)


def is_live(session: Session, idle: timedelta, now: datetime) -> bool:
    """Whether a session is neither too old nor left alone for too long."""
    return session.expires_at > now and session.seen_at + idle > now


def end_session(lobby: Lobby, visitor: SignedIn, session_id: str, now: datetime) -> bool:
    """End a session of the visitor's own, at once for all clients; tells whether there was one."""

    def work(connection: Connection, _: object) -> bool:
        ended = end_sessions(connection, visitor.person.id, only=session_id) > 0
        if ended and visitor.session.stage == "whole":
            detail = {"session_id": session_id}
            audit.record(connection, visitor.principal, "person.signed_out", visitor.person.id, detail, now)
        return ended

    return lobby.database.acting("access", work)
