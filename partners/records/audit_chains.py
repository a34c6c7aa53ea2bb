"""Audit chains: one for each organization, over its audit rows in the order in which they were sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from partners.db import UTC, metadata, to_struct, upsert
from partners.records.audit import Entry, audit

# How far each chain came, and where it begins if its oldest rows were let go by retention.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("sealed_at", UTC, nullable=False),
    Column("first_position", BigInteger, nullable=False),
    Column("first_chain", LargeBinary, nullable=False),  # the seal before the first row that is kept
    Column("first_seal", LargeBinary, nullable=False),
)


class Chain(Struct, frozen=True, kw_only=True):
    """A chain's head, `position` and `chain`, and its beginning, which is sealed for itself."""

    organization_id: str
    position: int
    chain: bytes
    sealed_at: datetime
    first_position: int
    first_chain: bytes
    first_seal: bytes


def list_unsealed(connection: Connection, limit: int) -> list[Entry]:
    """Rows that no chain has yet, ordered by id."""
    statement = select(audit).where(audit.c.position.is_(None)).order_by(audit.c.id).limit(limit)
    return [to_struct(row, Entry) for row in connection.execute(statement)]


def count_unsealed(connection: Connection) -> dict[str, int]:
    """How many rows of each organization are unsealed."""
    statement = select(audit.c.organization_id, func.count().label("unsealed"))
    rows = connection.execute(statement.where(audit.c.position.is_(None)).group_by(audit.c.organization_id))
    return {row.organization_id: row.unsealed for row in rows}


def list_chained(connection: Connection) -> list[str]:
    """The organizations that have sealed rows, or a chain."""
    rows = select(audit.c.organization_id).where(audit.c.position.is_not(None))
    return sorted(connection.scalars(rows.union(select(audit_chains.c.organization_id))))


def find_chains(connection: Connection, organization_ids: Sequence[str]) -> dict[str, Chain]:
    statement = select(audit_chains).where(audit_chains.c.organization_id.in_(organization_ids))
    return {row.organization_id: to_struct(row, Chain) for row in connection.execute(statement)}


def keep_chains(connection: Connection, chains: Sequence[Chain]) -> None:
    rows = [msgspec.structs.asdict(chain) for chain in chains]
    columns = [column.name for column in audit_chains.columns if column.name != "organization_id"]
    upsert(connection, audit_chains, rows, ["organization_id"], columns)


def set_seals(connection: Connection, sealed: Sequence[Entry]) -> None:
    """Write the positions and seals of rows."""
    rows = [{"row": entry.id, "place": entry.position, "seal": entry.chain} for entry in sealed]
    statement = update(audit).where(audit.c.id == bindparam("row"))
    connection.execute(statement.values(position=bindparam("place"), chain=bindparam("seal")), rows)


def walk_chain(connection: Connection, organization_id: str, batch: int = 1000) -> Iterator[Entry]:
    """An organization's sealed rows by position."""
    after = -1
    while True:
        statement = select(audit).where(audit.c.organization_id == organization_id, audit.c.position > after)
        rows = connection.execute(statement.order_by(audit.c.position).limit(batch)).all()
        for row in rows:
            yield to_struct(row, Entry)
        if len(rows) < batch:
            return
        after = rows[-1].position


def find_last_older(connection: Connection, chain: Chain, before: datetime) -> Entry | None:
    """The row up to which all rows of a chain are older; its newest row always stays."""
    mine = audit.c.organization_id == chain.organization_id
    young = select(func.min(audit.c.position)).where(
        mine, audit.c.position.is_not(None), audit.c.at >= before
    )
    end = connection.scalar(young) or chain.position
    statement = select(audit).where(mine, audit.c.position < min(end, chain.position))
    row = connection.execute(statement.order_by(audit.c.position.desc()).limit(1)).one_or_none()
    return to_struct(row, Entry) if row else None


def delete_before(connection: Connection, chain: Chain) -> int:
    """Delete a chain's rows before its first position; returns how many."""
    mine = audit.c.organization_id == chain.organization_id
    gone = connection.execute(delete(audit).where(mine, audit.c.position < chain.first_position))
    return gone.rowcount
