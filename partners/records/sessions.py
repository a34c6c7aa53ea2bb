"""Sessions: a person signed in with one browser; only a digest of the cookie is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from partners.db import UTC, metadata, to_struct
from partners.records.factors import digest

# password: the second step is missing; enrolling: there is nothing to take it with yet; whole: signed in
Stage = Literal["password", "enrolling", "whole"]

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("token_sha256", String(64), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("seen_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False),
    # What a passkey has to sign next; used once.
    Column("challenge", LargeBinary),
    CheckConstraint("stage in ('password', 'enrolling', 'whole')", name="stage"),
    Index("ux_sessions_token", "token_sha256", unique=True),
    Index("ix_sessions_expires_at", "expires_at"),
)


class Session(Struct, frozen=True, kw_only=True):
    id: str
    person_id: str
    token_sha256: str
    stage: Stage
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    challenge: bytes | None = None


def add_session(connection: Connection, session: Session) -> None:
    connection.execute(insert(sessions).values(msgspec.structs.asdict(session)))


def find_session(connection: Connection, token: str) -> Session | None:
    """Find a session by the cookie, whatever its age."""
    statement = select(sessions).where(sessions.c.token_sha256 == digest(token))
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Session) if row else None


def touch(connection: Connection, session_id: str, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def set_challenge(connection: Connection, session_id: str, challenge: bytes) -> None:
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(challenge=challenge))


def take_challenge(connection: Connection, session: Session) -> bool:
    """Use a session's challenge up; of any number of tries exactly one is told True."""
    statement = update(sessions).where(sessions.c.id == session.id, sessions.c.challenge == session.challenge)
    return connection.execute(statement.values(challenge=None)).rowcount == 1


def list_sessions(connection: Connection, person_id: str, now: datetime) -> list[Session]:
    """A person's sessions that go on, the oldest first."""
    statement = select(sessions).where(
        sessions.c.person_id == person_id, sessions.c.stage == "whole", sessions.c.expires_at > now
    )
    return [to_struct(row, Session) for row in connection.execute(statement.order_by(sessions.c.id))]


def end_sessions(
    connection: Connection, person_id: str, *, only: str | None = None, but: str | None = None
) -> int:
    """End sessions of a person: all, only one, or all but one; what was granted in them ends at once."""
    statement = delete(sessions).where(sessions.c.person_id == person_id)
    if only is not None:
        statement = statement.where(sessions.c.id == only)
    if but is not None:
        statement = statement.where(sessions.c.id != but)
    return connection.execute(statement).rowcount


def forget_sessions(connection: Connection, now: datetime) -> int:
    """Delete sessions that are over; returns how many."""
    return connection.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount
