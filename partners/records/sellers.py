"""Sellers: traders of a marketplace; what identifies a person is sealed, and joined by blind index."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from partners.db import UTC, metadata

sellers = Table(
    "sellers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("country", String(2)),
    # The Party as JSON, sealed with the context "seller:<id>".
    Column("party", LargeBinary, nullable=False),
    # What customs see instead of the seller: one keyed pseudonym per seller, on every marketplace.
    Column("pseudonym", String(40), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    Index("ux_sellers_reference", "organization_id", "reference", unique=True),
    Index("ix_sellers_pseudonym", "pseudonym"),
)

# Blocking keys as blind indexes: equal keys of sellers and seized parties meet here.
seller_keys = Table(
    "seller_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("seller_id", String(40), ForeignKey("sellers.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_seller_keys_seller_id", "seller_id"),
)
