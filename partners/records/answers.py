"""Answers that are kept: what a request with an Idempotency-Key was told, until the key is forgotten."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Column, Connection, ForeignKey, LargeBinary, String, Table, delete, select

from partners.db import UTC, metadata, to_struct, upsert

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("client_id", String(40), ForeignKey("clients.id"), primary_key=True),
    Column("operation", String(60), primary_key=True),
    # Blind indexes: neither the client's key nor the request it names can be read or guessed from them.
    Column("key_index", String(32), primary_key=True),
    Column("request_index", String(32), nullable=False),
    # Sealed with the context of `place_of`; null where the answer held a secret that is shown once.
    Column("sealed", LargeBinary),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False, index=True),
)


class KeptAnswer(Struct, frozen=True, kw_only=True):
    """The answer to the first request with a key."""

    client_id: str
    operation: str
    key_index: str
    request_index: str
    sealed: bytes | None
    created_at: datetime
    expires_at: datetime

    @property
    def place(self) -> str:
        """What the sealed answer is bound to, so that it serves no other client, operation or key."""
        return f"kept_answer:{self.client_id}:{self.operation}:{self.key_index}"


def find_answer(
    connection: Connection, client_id: str, operation: str, key_index: str, now: datetime
) -> KeptAnswer | None:
    """Find the answer under a client's key that is not forgotten yet."""
    statement = select(kept_answers).where(
        kept_answers.c.client_id == client_id,
        kept_answers.c.operation == operation,
        kept_answers.c.key_index == key_index,
        kept_answers.c.expires_at > now,
    )
    row = connection.execute(statement).one_or_none()
    return to_struct(row, KeptAnswer) if row else None


def keep_answer(connection: Connection, answer: KeptAnswer) -> None:
    """Keep an answer, in the place of one whose time is over."""
    rest = ["request_index", "sealed", "created_at", "expires_at"]
    upsert(connection, kept_answers, [asdict(answer)], ["client_id", "operation", "key_index"], rest)


def forget_answers(connection: Connection, now: datetime) -> int:
    """Delete the answers whose time is over; returns how many."""
    return connection.execute(delete(kept_answers).where(kept_answers.c.expires_at <= now)).rowcount
