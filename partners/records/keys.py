"""Keys kept in the database, each sealed under the master key or under a data key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    select,
    update,
)

from partners.db import UTC, JSONDocument, metadata, to_struct, upsert
from partners.keyring import KeyState

master_checks = Table(
    "master_checks",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("purpose", String(20), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("state", String(10), nullable=False, default="current"),  # a `KeyState`
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("state", String(10), nullable=False),  # next, current or previous
    Column("public_jwk", JSONDocument, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Index("ux_signing_keys_current", "state", unique=True),
)


class DataKey(Struct, frozen=True):
    purpose: str
    version: int
    ciphertext: bytes
    created_at: datetime
    state: KeyState = "current"


class SigningKey(Struct, frozen=True, kw_only=True):
    """A signing key; `ciphertext` is its private JWK, sealed."""

    id: str
    state: str
    public_jwk: dict[str, Any]
    ciphertext: bytes
    created_at: datetime


def check_master(connection: Connection, value: bytes) -> bool:
    """Tell whether `value` is the check value of this database's master key; the first one becomes it."""
    upsert(connection, master_checks, [{"name": "master", "value": value}], ["name"])
    return connection.scalar(select(master_checks.c.value)) == value


def read_master_check(connection: Connection) -> bytes | None:
    """The check value of this database's master key, None before the first start."""
    kept = connection.scalar(select(master_checks.c.value))
    return None if kept is None else bytes(kept)


def add_data_key(connection: Connection, key: DataKey) -> None:
    """Keep a data key, unless its version exists: then the first writer's stays."""
    row: dict[str, object] = {
        "purpose": key.purpose,
        "version": key.version,
        "ciphertext": key.ciphertext,
        "created_at": key.created_at,
        "state": key.state,
    }
    upsert(connection, data_keys, [row], ["purpose", "version"])


def list_data_keys(connection: Connection) -> list[DataKey]:
    rows = connection.execute(select(data_keys).order_by(data_keys.c.purpose, data_keys.c.version))
    return [
        DataKey(row.purpose, row.version, bytes(row.ciphertext), row.created_at, row.state) for row in rows
    ]


def change_states(connection: Connection, purpose: str, before: KeyState, after: KeyState) -> None:
    """Let the data keys of a purpose that are in one state be in another."""
    which = (data_keys.c.purpose == purpose) & (data_keys.c.state == before)
    connection.execute(update(data_keys).where(which).values(state=after))


def remove_data_keys(connection: Connection, purpose: str, state: KeyState) -> None:
    connection.execute(delete(data_keys).where(data_keys.c.purpose == purpose, data_keys.c.state == state))


def signing_context(kid: str) -> str:
    """What binds a sealed signing key to its row."""
    return f"signing_key:{kid}"


def add_signing_key(connection: Connection, key: SigningKey) -> None:
    """Keep a signing key, unless its state is taken: then the first writer's stays."""
    upsert(connection, signing_keys, [msgspec.structs.asdict(key)], ["state"])


def shift_signing_keys(connection: Connection, new: SigningKey) -> None:
    """Let the next key be current and the current one previous; `new` is next, the previous one is gone."""
    connection.execute(delete(signing_keys).where(signing_keys.c.state == "previous"))
    for before, after in (("current", "previous"), ("next", "current")):
        connection.execute(update(signing_keys).where(signing_keys.c.state == before).values(state=after))
    add_signing_key(connection, new)


def list_signing_keys(connection: Connection) -> list[SigningKey]:
    rows = connection.execute(select(signing_keys).order_by(signing_keys.c.id))
    return [to_struct(row, SigningKey) for row in rows]
