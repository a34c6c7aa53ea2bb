"""Invitations and resets: links that are good once, and for a while; only a digest of each is kept."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)

from partners.db import UTC, metadata, to_struct
from partners.errors import NotFound
from partners.keyring import Keyring
from partners.principal import Principal, Role
from partners.records.factors import digest
from partners.records.people import Identity, normalize_email

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("role", String(10), nullable=False),
    # An Identity as JSON, sealed with the context "invitation:<id>".
    Column("document", LargeBinary, nullable=False),
    # The address by a key that is never rotated: an invitation does not live long enough for one that is.
    Column("email_key", LargeBinary(16), nullable=False, index=True),
    Column("token_sha256", String(64), nullable=False),
    Column("created_by", String(40), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False),
    CheckConstraint("role in ('reader', 'analyst', 'admin')", name="role"),
    Index("ix_invitations_organization_id", "organization_id", "id"),
    Index("ux_invitations_token", "token_sha256", unique=True),
)

resets = Table(
    "resets",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # The second factor is lost, too: a new one is set up after it.
    Column("removes_factors", Boolean, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False),
)


class Invitation(Struct, frozen=True, kw_only=True):
    """A row: `document` is sealed."""

    id: str
    organization_id: str
    role: Role
    document: bytes
    email_key: bytes
    token_sha256: str
    created_by: str
    created_at: datetime
    expires_at: datetime


class Reset(Struct, frozen=True, kw_only=True):
    token_sha256: str
    person_id: str
    removes_factors: bool
    created_at: datetime
    expires_at: datetime


def seal_context(invitation_id: str) -> str:
    return f"invitation:{invitation_id}"


def open_invited(keyring: Keyring, invitation: Invitation) -> Identity:
    sealed = keyring.open(invitation.document, seal_context(invitation.id))
    return msgspec.json.decode(sealed, type=Identity)


def invited_key(keyring: Keyring, email: str) -> bytes:
    return keyring.sign(f"invited {normalize_email(email)}".encode())[1:17]


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An organization sees the invitations it has sent."""
    return invitations.c.organization_id == principal.organization_id


def add_invitation(connection: Connection, invitation: Invitation) -> None:
    connection.execute(insert(invitations).values(msgspec.structs.asdict(invitation)))


def get_invitation(connection: Connection, principal: Principal, key: str) -> Invitation:
    """Find an open invitation of one's own organization.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    statement = select(invitations).where(visible_to(principal), invitations.c.id == key)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound("no such invitation")
    return to_struct(row, Invitation)


def list_invitations(
    connection: Connection, principal: Principal, *, after: str | None, limit: int
) -> list[Invitation]:
    """The organization's open invitations, ordered by id."""
    statement = select(invitations).where(visible_to(principal))
    if after is not None:
        statement = statement.where(invitations.c.id > after)
    rows = connection.execute(statement.order_by(invitations.c.id).limit(limit))
    return [to_struct(row, Invitation) for row in rows]


def find_invitation(connection: Connection, token: str, now: datetime) -> Invitation | None:
    """Find a good invitation by its link's token."""
    return _find(connection, invitations.c.token_sha256 == digest(token), now)


def find_invited(connection: Connection, key: bytes, now: datetime) -> Invitation | None:
    """Find the newest good invitation of an address."""
    return _find(connection, invitations.c.email_key == key, now)


def _find(connection: Connection, which: ColumnElement[bool], now: datetime) -> Invitation | None:
    statement = select(invitations).where(which, invitations.c.expires_at > now)
    row = connection.execute(statement.order_by(invitations.c.id.desc()).limit(1)).one_or_none()
    return to_struct(row, Invitation) if row else None


def remove_invitation(connection: Connection, invitation_id: str) -> bool:
    """Use an invitation up; of any number of tries exactly one is told True."""
    return connection.execute(delete(invitations).where(invitations.c.id == invitation_id)).rowcount == 1


def remove_invitations_of(connection: Connection, organization_id: str, email_key: bytes) -> None:
    """Remove earlier invitations of an address: only the newest link is good."""
    connection.execute(
        delete(invitations).where(
            invitations.c.organization_id == organization_id, invitations.c.email_key == email_key
        )
    )


def replace_reset(connection: Connection, reset: Reset) -> None:
    """Keep a reset; earlier ones of the person are good no longer."""
    connection.execute(delete(resets).where(resets.c.person_id == reset.person_id))
    connection.execute(insert(resets).values(msgspec.structs.asdict(reset)))


def find_reset(connection: Connection, token: str, now: datetime) -> Reset | None:
    """Find a good reset by its link's token."""
    statement = select(resets).where(resets.c.token_sha256 == digest(token), resets.c.expires_at > now)
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Reset) if row else None


def remove_reset(connection: Connection, reset: Reset) -> bool:
    """Use a reset up; of any number of tries exactly one is told True."""
    return connection.execute(delete(resets).where(resets.c.token_sha256 == reset.token_sha256)).rowcount == 1


def forget_links(connection: Connection, now: datetime) -> int:
    """Delete links that were not used in time, and who was invited by them; returns how many."""
    return sum(
        connection.execute(delete(table).where(table.c.expires_at <= now)).rowcount
        for table in (invitations, resets)
    )
