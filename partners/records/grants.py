"""Grants: what a client may do in a person's name; a code is its beginning, its session's end its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Exists,
    ForeignKey,
    Index,
    String,
    Table,
    and_,
    delete,
    exists,
    insert,
    select,
    update,
)

from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.principal import Role, Seat
from partners.records.factors import digest
from partners.records.people import people
from partners.records.sessions import sessions

grants = Table(
    "grants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column(
        "session_id", String(40), ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("client_id", String(40), ForeignKey("clients.id"), nullable=False),
    Column("code_sha256", String(64), nullable=False),
    Column("redirect_uri", String(2048), nullable=False),
    Column("challenge", String(128), nullable=False),
    Column("scopes", JSONDocument, nullable=False),
    # The key that its tokens must be bound to, where the client said so from the beginning.
    Column("bound_to", String(43)),
    Column("created_at", UTC, nullable=False),
    # Of the code.
    Column("expires_at", UTC, nullable=False),
    Column("spent_at", UTC),
    Column("refresh_sha256", String(64)),
    Index("ux_grants_code", "code_sha256", unique=True),
    Index("ux_grants_refresh", "refresh_sha256", unique=True),
)


class Grant(Struct, frozen=True, kw_only=True):
    id: str
    session_id: str
    client_id: str
    code_sha256: str
    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    bound_to: str | None = None
    spent_at: datetime | None = None
    refresh_sha256: str | None = None


class Holder(Struct, frozen=True, kw_only=True):
    """The person whose grant it is, as it is now, and the session it signed in with."""

    person_id: str
    organization_id: str
    role: Role
    seen_at: datetime
    session_expires_at: datetime


def holds(seat: Seat, client_id: str, organization_id: str) -> Exists:
    """That a grant is good: its session goes on, its person is not suspended, and in that role.

    For work that was accepted in a session, whether that goes on does not matter any more. A person on our
    own pages has no grant: its session itself is what must go on.
    """
    person = (
        people.c.id == seat.person_id,
        people.c.organization_id == organization_id,
        people.c.role == seat.role,
        people.c.suspended_at.is_(None),
    )
    if seat.session_id is not None:
        return exists(sessions.c.id).where(
            sessions.c.id == seat.session_id, people.c.id == sessions.c.person_id, *person
        )
    if seat.grant_id is None:
        return exists(people.c.id).where(*person)
    return exists(grants.c.id).where(
        grants.c.id == seat.grant_id,
        grants.c.client_id == client_id,
        sessions.c.id == grants.c.session_id,
        people.c.id == sessions.c.person_id,
        *person,
    )


def add_grant(connection: Connection, grant: Grant) -> None:
    connection.execute(insert(grants).values(msgspec.structs.asdict(grant)))


def find_by_code(connection: Connection, code: str) -> Grant | None:
    return _find(connection, grants.c.code_sha256 == digest(code))


def find_by_refresh_token(connection: Connection, token: str) -> Grant | None:
    return _find(connection, grants.c.refresh_sha256 == digest(token))


def _find(connection: Connection, which: ColumnElement[bool]) -> Grant | None:
    row = connection.execute(select(grants).where(which)).one_or_none()
    return to_struct(row, Grant) if row else None


def find_holder(connection: Connection, grant: Grant) -> Holder | None:
    """Who holds a grant: nobody when the person is suspended."""
    statement = (
        select(
            people.c.id.label("person_id"),
            people.c.organization_id,
            people.c.role,
            sessions.c.seen_at,
            sessions.c.expires_at.label("session_expires_at"),
        )
        .join(sessions, sessions.c.person_id == people.c.id)
        .where(and_(sessions.c.id == grant.session_id, people.c.suspended_at.is_(None)))
    )
    row: Any = connection.execute(statement).one_or_none()
    return to_struct(row, Holder) if row else None


def spend_code(connection: Connection, grant: Grant, refresh_token: str, now: datetime) -> bool:
    """Exchange a grant's code for a refresh token; of any number of tries exactly one is told True."""
    statement = update(grants).where(grants.c.id == grant.id, grants.c.spent_at.is_(None))
    spent = connection.execute(statement.values(spent_at=now, refresh_sha256=digest(refresh_token)))
    return spent.rowcount == 1


def remove_grant(connection: Connection, grant_id: str) -> bool:
    """Take a grant back, with all tokens that came of it; tells whether it was there."""
    return connection.execute(delete(grants).where(grants.c.id == grant_id)).rowcount == 1


def forget_codes(connection: Connection, now: datetime) -> int:
    """Delete grants whose code was never used in time; returns how many."""
    unused = and_(grants.c.spent_at.is_(None), grants.c.expires_at <= now)
    return connection.execute(delete(grants).where(unused)).rowcount
