"""Events: a fact told to one organization, in the very bytes that are signed and sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table
from sqlalchemy import text as sql

from partners.db import UTC, metadata

events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("type", String(60), nullable=False),
    Column("subject", String(60), nullable=False),
    # Counts the events of one subject for one organization, from 1, so that stale news can be dropped.
    Column("sequence", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("occurred_at", UTC, nullable=False),
    # The place in the organization's gap-free feed; empty until the sequencer has given it.
    Column("position", BigInteger),
    Index("ix_events_feed", "organization_id", "position"),
    Index(
        "ix_events_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
)

event_subjects = Table(
    "event_subjects",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    Column("subject", String(60), primary_key=True),
    Column("sequence", Integer, nullable=False),
)
