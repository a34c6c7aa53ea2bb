"""Factors: what people prove themselves by beside their password, and codes for when that is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from partners.db import UTC, metadata, to_struct

FactorKind = Literal["totp", "passkey"]

factors = Table(
    "factors",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    # The generator's key, or the passkey's id and public key, sealed with the context "factor:<id>".
    Column("document", LargeBinary, nullable=False),
    # A passkey's id: it is one person's.
    Column("credential_sha256", String(64)),
    # The time step of the last code, or how often the passkey says it has signed: it only grows.
    Column("counter", BigInteger, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("used_at", UTC),
    CheckConstraint("kind in ('totp', 'passkey')", name="kind"),
    Index("ux_factors_credential", "credential_sha256", unique=True),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", String(40), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("code_sha256", String(64), primary_key=True),
)


class Factor(Struct, frozen=True, kw_only=True):
    """A row: `document` is sealed."""

    id: str
    person_id: str
    kind: FactorKind
    document: bytes
    created_at: datetime
    credential_sha256: str | None = None
    counter: int = 0
    used_at: datetime | None = None


def seal_context(factor_id: str) -> str:
    return f"factor:{factor_id}"


def add_factor(connection: Connection, factor: Factor) -> None:
    connection.execute(insert(factors).values(msgspec.structs.asdict(factor)))


def list_factors(connection: Connection, person_id: str) -> list[Factor]:
    """What a person proves itself by, the oldest first."""
    statement = select(factors).where(factors.c.person_id == person_id).order_by(factors.c.id)
    return [to_struct(row, Factor) for row in connection.execute(statement)]


def is_known(connection: Connection, credential_sha256: str) -> bool:
    """Tell whether a passkey is somebody's already."""
    statement = select(factors.c.id).where(factors.c.credential_sha256 == credential_sha256)
    return connection.execute(statement).one_or_none() is not None


def advance(connection: Connection, factor: Factor, counter: int, now: datetime) -> bool:
    """Note a use; of any number of uses at one counter, or at an older one, exactly one is told True."""
    statement = update(factors).where(factors.c.id == factor.id, factors.c.counter < counter)
    return connection.execute(statement.values(counter=counter, used_at=now)).rowcount == 1


def note_use(connection: Connection, factor: Factor, now: datetime) -> None:
    """Note a use of a passkey that does not count."""
    connection.execute(update(factors).where(factors.c.id == factor.id).values(used_at=now))


def remove_factors(connection: Connection, person_id: str, ids: Collection[str] | None = None) -> int:
    """Remove factors of a person, by default all with the recovery codes; returns how many."""
    statement = delete(factors).where(factors.c.person_id == person_id)
    if ids is not None:
        return connection.execute(statement.where(factors.c.id.in_(ids))).rowcount
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    return connection.execute(statement).rowcount


def digest(secret: str) -> str:
    """What is kept of a random secret of 80 bits or more: nothing slower than SHA-256 is needed for it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def replace_recovery_codes(connection: Connection, person_id: str, codes: Collection[str]) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    rows = [{"person_id": person_id, "code_sha256": digest(code)} for code in codes]
    connection.execute(insert(recovery_codes), rows)


def spend_recovery_code(connection: Connection, person_id: str, code: str) -> bool:
    """Use a code up; of any number of tries exactly one is told True."""
    statement = delete(recovery_codes).where(
        recovery_codes.c.person_id == person_id, recovery_codes.c.code_sha256 == digest(code)
    )
    return connection.execute(statement).rowcount == 1


def count_recovery_codes(connection: Connection, person_id: str) -> int:
    statement = select(func.count()).where(recovery_codes.c.person_id == person_id)
    return int(connection.execute(statement).scalar_one())
