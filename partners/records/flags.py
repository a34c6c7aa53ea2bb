"""Flags: a seller's risk as customs pull it, with level, reasons and expiry."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata

flags = Table(
    "flags",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False, unique=True),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("pseudonym", String(40), nullable=False),
    Column("country", String(2)),
    Column("level", String(10), nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSONDocument, nullable=False),
    Column("seizures", Integer, nullable=False),
    Column("alerts", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("raised_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False),
    Column("lifted_at", UTC),
    # The place in the gap-free feed; a changed flag goes back to empty and takes a new place.
    Column("position", BigInteger),
    CheckConstraint("level in ('low', 'medium', 'high')", name="level"),
    Index("ix_flags_position", "position"),
    Index(
        "ix_flags_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
    Index("ix_flags_pseudonym", "pseudonym"),
    Index("ix_flags_marketplace", "marketplace_id", "id"),
)
