"""Matches: a listing and a registration that met, with reasons, and a person's judgement beside the score."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from partners.db import UTC, JSONDocument, metadata

matches = Table(
    "matches",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("listing_id", String(40), ForeignKey("listings.id"), nullable=False),
    Column("trademark_id", String(40), ForeignKey("trademarks.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("rights_holder_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("score", Float, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("use", String(20), nullable=False),
    Column("evasions", JSONDocument, nullable=False),
    Column("found", JSONDocument, nullable=False),
    Column("also_found", JSONDocument, nullable=False),
    Column("reasons", JSONDocument, nullable=False),
    Column("comparisons", JSONDocument, nullable=False),
    # 0 until a person judged; counts judgements, apart from the revisions of the score.
    Column("judgement_revision", Integer, nullable=False, default=0),
    Column("judgement", String(10)),
    Column("judgement_reason", Text),
    Column("judged_by", String(40)),
    Column("judged_at", UTC),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    # Set when a later screening no longer finds the mark; the row stays for its history.
    Column("withdrawn_at", UTC),
    CheckConstraint("judgement in ('confirmed', 'rejected', 'unsure')", name="judgement"),
    CheckConstraint("verdict in ('clear', 'review', 'alert')", name="verdict"),
    Index("ux_matches_pair", "listing_id", "trademark_id", unique=True),
    Index("ix_matches_marketplace", "marketplace_id", "id"),
    Index("ix_matches_rights_holder", "rights_holder_id", "id"),
    Index("ix_matches_trademark_id", "trademark_id"),
)
