"""What endpoints keep sealed: the keys that sign for them, and what lets us in at their receiver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from partners.db import UTC, metadata, to_struct

# hmac signs as v1, ed25519 as v1a; access: headers, OAuth client and certificate for the receiver.
Kind = Literal["hmac", "ed25519", "access"]

endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column(
        "endpoint_id", String(40), ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("kind", String(10), nullable=False),
    # Sealed with the context "endpoint_secret:<id>".
    Column("ciphertext", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC),
    Column("public_key", LargeBinary),  # of an ed25519 key, 32 bytes
)


class EndpointSecret(Struct, frozen=True, kw_only=True):
    """A sealed secret; ids sort by age, so the newest signs first."""

    id: str
    endpoint_id: str
    kind: Kind
    ciphertext: bytes
    created_at: datetime
    expires_at: datetime | None = None
    public_key: bytes | None = None


def secret_context(secret_id: str) -> str:
    """What binds a sealed secret to its row."""
    return f"endpoint_secret:{secret_id}"


def add_secret(connection: Connection, secret: EndpointSecret) -> None:
    connection.execute(insert(endpoint_secrets).values(msgspec.structs.asdict(secret)))


def expire_secrets(connection: Connection, endpoint_id: str, kind: Kind, at: datetime) -> None:
    """Let the secrets an endpoint has now sign until `at`, and no longer than they were to anyway."""
    kept = update(endpoint_secrets).where(
        _of(endpoint_id, kind),
        or_(endpoint_secrets.c.expires_at.is_(None), endpoint_secrets.c.expires_at > at),
    )
    connection.execute(kept.values(expires_at=at))


def drop_secrets(connection: Connection, endpoint_id: str, kind: Kind) -> None:
    """Delete all secrets of a kind."""
    connection.execute(delete(endpoint_secrets).where(_of(endpoint_id, kind)))


def drop_expired_secrets(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """Delete the secrets that sign no more."""
    gone = delete(endpoint_secrets).where(endpoint_secrets.c.endpoint_id == endpoint_id)
    connection.execute(gone.where(endpoint_secrets.c.expires_at <= now))


def count_live(connection: Connection, endpoint_id: str, kind: Kind, now: datetime) -> int:
    """How many secrets of a kind an endpoint has that have not expired."""
    found = select(func.count()).where(_of(endpoint_id, kind), _is_live(now))
    return connection.scalar(found) or 0


def find_secret(connection: Connection, endpoint_id: str, kind: Kind) -> EndpointSecret | None:
    """The newest secret of a kind."""
    found = select(endpoint_secrets).where(_of(endpoint_id, kind))
    row = connection.execute(found.order_by(endpoint_secrets.c.id.desc()).limit(1)).one_or_none()
    return to_struct(row, EndpointSecret) if row else None


def list_public_keys(
    connection: Connection, now: datetime, endpoint_id: str | None = None
) -> list[EndpointSecret]:
    """The ed25519 keys that sign now, the newest first; of one endpoint, or of all."""
    found = select(endpoint_secrets).where(endpoint_secrets.c.kind == "ed25519", _is_live(now))
    if endpoint_id is not None:
        found = found.where(endpoint_secrets.c.endpoint_id == endpoint_id)
    rows: Sequence[Any] = connection.execute(found.order_by(endpoint_secrets.c.id.desc())).all()
    return [to_struct(row, EndpointSecret) for row in rows]


def _of(endpoint_id: str, kind: Kind) -> ColumnElement[bool]:
    return and_(endpoint_secrets.c.endpoint_id == endpoint_id, endpoint_secrets.c.kind == kind)


def _is_live(now: datetime) -> ColumnElement[bool]:
    return or_(endpoint_secrets.c.expires_at.is_(None), endpoint_secrets.c.expires_at > now)
