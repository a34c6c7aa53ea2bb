"""Listings, as submitted, and the screening each of them had last."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table

from partners.db import UTC, JSONDocument, metadata

listings = Table(
    "listings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seller_id", String(40), ForeignKey("sellers.id"), index=True),
    # The fields as submitted, without the seller.
    Column("document", JSONDocument, nullable=False),
    # The present screening and its verdict; no foreign key, since each of the two rows names the other.
    Column("screening_id", String(40), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    CheckConstraint("verdict in ('clear', 'review', 'alert')", name="verdict"),
    Index("ix_listings_organization", "organization_id", "id"),
    Index("ix_listings_verdict", "organization_id", "verdict", "id"),
    Index("ux_listings_reference", "organization_id", "reference", unique=True),
)

# One row per screening that was kept.
screenings = Table(
    "screenings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("listing_id", String(40), ForeignKey("listings.id"), nullable=False),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("listing_revision", Integer, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("score", Float, nullable=False),
    # The Verdict with every candidate's evidence values, so that it can be recomputed.
    Column("document", JSONDocument, nullable=False),
    Column("policy_version", String(60), nullable=False),
    Column("registry_version", BigInteger, nullable=False),
    Column("screened_at", UTC, nullable=False),
    Index("ix_screenings_listing_id", "listing_id", "id"),
)
