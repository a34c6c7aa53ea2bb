"""Cases: a rights holder's notice, the takedown case it opens, and the marketplace's decision."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from partners.db import UTC, JSONDocument, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("match_id", String(40), ForeignKey("matches.id"), nullable=False),
    Column("rights_holder_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    # What the notice said when it was filed: registration, listing, spans, reasons (DSA Art. 16).
    Column("document", JSONDocument, nullable=False),
    Column("filed_by", String(40), nullable=False),
    Column("filed_at", UTC, nullable=False),
    Index("ux_notices_match", "match_id", unique=True),
    Index("ix_notices_rights_holder", "rights_holder_id", "id"),
    Index("ix_notices_marketplace", "marketplace_id", "id"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("notice_id", String(40), ForeignKey("notices.id"), nullable=False, unique=True),
    Column("match_id", String(40), ForeignKey("matches.id"), nullable=False, index=True),
    Column("listing_id", String(40), ForeignKey("listings.id"), nullable=False, index=True),
    Column("trademark_id", String(40), ForeignKey("trademarks.id"), nullable=False),
    Column("rights_holder_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("decision", String(12)),
    Column("grounds", String(40)),
    Column("statement", Text),
    Column("decided_by", String(40)),
    Column("decided_at", UTC),
    Column("opened_at", UTC, nullable=False),
    Column("closed_at", UTC),
    CheckConstraint("state in ('open', 'decided', 'complained', 'closed')", name="state"),
    CheckConstraint("decision in ('removed', 'restricted', 'kept')", name="decision"),
    Index("ix_cases_rights_holder", "rights_holder_id", "id"),
    Index("ix_cases_marketplace", "marketplace_id", "id"),
)
