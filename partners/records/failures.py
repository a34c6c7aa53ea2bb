"""Failures to sign in, counted by keyed digests of who was tried from where: nobody is named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from partners.db import UTC, metadata, to_struct

failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", UTC, nullable=False),
    Index("ix_sign_in_failures_failed_at", "failed_at"),
)


class Failures(Struct, frozen=True, kw_only=True):
    key: bytes
    failures: int
    failed_at: datetime


def find_failures(connection: Connection, keys: Collection[bytes]) -> list[Failures]:
    """What is counted under keys."""
    statement = select(failures).where(failures.c.key.in_(list(keys)))
    return [to_struct(row, Failures) for row in connection.execute(statement)]


def count_failure(connection: Connection, keys: Collection[bytes], now: datetime) -> None:
    """Count one more failure under each key; concurrent ones wait for each other, so none is lost."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for key in sorted(keys):
        statement = dialect.insert(failures).values(key=key, failures=1, failed_at=now)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["key"], set_={"failures": failures.c.failures + 1, "failed_at": now}
            )
        )


def forget_failures(connection: Connection, keys: Collection[bytes]) -> None:
    """Forget what is counted under keys: who it was has proved itself."""
    connection.execute(delete(failures).where(failures.c.key.in_(list(keys))))


def forget_old_failures(connection: Connection, before: datetime) -> int:
    """Delete counts that grew no more since; returns how many."""
    return connection.execute(delete(failures).where(failures.c.failed_at <= before)).rowcount
