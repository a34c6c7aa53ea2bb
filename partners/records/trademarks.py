"""Trademarks: registrations of marks, and the sellers licensed under them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata

trademarks = Table(
    "trademarks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("mark", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("office", String(2), nullable=False),
    Column("registration_number", String(100)),
    Column("status", String(20), nullable=False),
    Column("filed_on", Date),
    Column("registered_on", Date),
    Column("expires_on", Date),
    Column("territories", JSONDocument, nullable=False),
    Column("nice_classes", JSONDocument, nullable=False),
    Column("spellings", JSONDocument, nullable=False),
    Column("products", JSONDocument, nullable=False),
    Column("goods", Text, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    # The place in the registry's gap-free order; empty until the sequencer has given it.
    Column("position", BigInteger),
    # Empty until the stored listings were screened against this revision.
    Column("screened_at", UTC),
    Index("ux_trademarks_reference", "organization_id", "reference", unique=True),
    Index("ix_trademarks_position", "position"),
    Index(
        "ix_trademarks_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
    Index(
        "ix_trademarks_unscreened",
        "id",
        sqlite_where=sql("screened_at is null"),
        postgresql_where=sql("screened_at is null"),
    ),
)
