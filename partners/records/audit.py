"""Audit: who did what, kept beside the act itself; the sealer chains the rows later."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from partners.db import UTC, JSONDocument, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("client_id", String(40), nullable=False),
    Column("act", String(60), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("detail", JSONDocument, nullable=False),
    Column("at", UTC, nullable=False),
    Column("position", BigInteger),
    Column("chain", LargeBinary),
    Index("ix_audit_organization", "organization_id", "id"),
)
