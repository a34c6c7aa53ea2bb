"""Endpoints of partners, and what was or is to be delivered to them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("event_types", JSONDocument, nullable=False),
    Column("labels", JSONDocument, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("rate_per_s", Float),
    Column("status", String(10), nullable=False),
    Column("disabled_reason", String(200)),
    Column("challenge", LargeBinary),
    Column("revision", Integer, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("verified_at", UTC),
    Column("deleted_at", UTC),
    CheckConstraint("status in ('pending', 'enabled', 'paused', 'disabled')", name="status"),
)

endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column(
        "endpoint_id", String(40), ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("kind", String(10), nullable=False),  # hmac, later also ed25519
    # Sealed with the context "endpoint_secret:<id>".
    Column("ciphertext", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("event_id", String(40), ForeignKey("events.id"), nullable=False),
    Column("endpoint_id", String(40), ForeignKey("endpoints.id"), nullable=False),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", UTC, nullable=False),
    # Attempts made, and how many of them failed by the schedule.
    Column("attempt", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("trigger", String(10), nullable=False, default="auto"),  # a resend by hand has a row of its own
    Column("lease_token", String(40)),
    Column("last_status", Integer),
    Column("created_at", UTC, nullable=False),
    Column("finished_at", UTC),
    CheckConstraint("state in ('due', 'ok', 'exhausted', 'cancelled', 'held')", name="state"),
    CheckConstraint("trigger in ('auto', 'manual')", name="trigger"),
    Index(
        "ux_deliveries_pair",
        "event_id",
        "endpoint_id",
        unique=True,
        sqlite_where=sql("trigger = 'auto'"),
        postgresql_where=sql("trigger = 'auto'"),
    ),
    Index(
        "ix_deliveries_due",
        "endpoint_id",
        "due_at",
        "id",
        sqlite_where=sql("state = 'due'"),
        postgresql_where=sql("state = 'due'"),
    ),
    Index(
        "ix_deliveries_leased",
        "endpoint_id",
        "due_at",
        sqlite_where=sql("lease_token is not null"),
        postgresql_where=sql("lease_token is not null"),
    ),
    Index("ix_deliveries_organization", "organization_id", "id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("delivery_id", String(40), ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sent_at", UTC, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("phase", String(10), nullable=False),
    Column("status", Integer),
    Column("error", String(200)),
    Column("peer", String(60)),
    Column("response", Text),
    Column("trigger", String(10), nullable=False),
)
