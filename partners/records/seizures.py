"""Seizures: what a customs administration took out of trade, item by item, and whom it leads to."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    Text,
)

from partners.db import UTC, JSONDocument, metadata

seizures = Table(
    "seizures",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("seizure_case_reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seized_on", Date, nullable=False),
    Column("administration", String(2), nullable=False),
    Column("channel", String(20)),
    Column("origin", String(2)),  # country of origin or else departure, of the route
    # The fields as reported, without the persons.
    Column("document", JSONDocument, nullable=False),
    # Consignor, consignee, declarant and e-commerce reference as JSON, sealed: "seizure:<id>".
    Column("persons", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    Column("traced_at", UTC),
    Index("ux_seizures_reference", "organization_id", "reference", unique=True),
    Index("ix_seizures_case", "organization_id", "seizure_case_reference"),
)

seizure_items = Table(
    "seizure_items",
    metadata,
    Column("seizure_id", String(40), ForeignKey("seizures.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("commodity", String(40), nullable=False),
    Column("hs_code", String(10)),
    Column("description", Text),
    Column("brand", String(400)),
    Column("right", String(20)),
    Column("quantity", Numeric(18, 3)),
    Column("unit", String(10)),
    Column("value_amount", Numeric(18, 3)),
    Column("value_currency", String(3)),
    Column("gtin", String(14)),
    Column("serials", JSONDocument, nullable=False),
    # For the question "were goods like these, from there, seized before?"
    Column("origin", String(2)),
    Column("seized_on", Date, nullable=False),
    CheckConstraint("unit in ('pieces', 'kg', 'l', 'doses')", name="unit"),
    Index("ix_seizure_items_kind", "commodity", "origin", "seized_on"),
)

# Blocking keys of a seizure's parties, as blind indexes, so that a later seller meets earlier seizures.
seizure_keys = Table(
    "seizure_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("seizure_id", String(40), ForeignKey("seizures.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(12), primary_key=True),
    Index("ix_seizure_keys_seizure_id", "seizure_id"),
)

# A seizure's party and a seller that are held to be one, and why.
links = Table(
    "links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("seizure_id", String(40), ForeignKey("seizures.id"), nullable=False),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False),
    Column("role", String(12), nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSONDocument, nullable=False),
    Column("comparisons", JSONDocument, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Index("ux_links_pair", "seizure_id", "seller_id", "role", unique=True),
    Index("ix_links_seller_id", "seller_id"),
)
