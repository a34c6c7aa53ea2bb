"""Sellers that rights holders licensed, and the texts of listings that a person approved of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC, JSONDocument
from partners.records.approvals import digest_of
from partners.records.listings import to_fields

revision = "0013"
down_revision = "0012"

# Whoever was rejected and stands is about the listing's present text: another text takes a judgement off.
_JUDGED = """
    select matches.listing_id, matches.id as subject, matches.judged_at as approved_at, listings.document
    from matches join listings on listings.id = matches.listing_id
    where matches.judgement = 'rejected' and matches.withdrawn_at is null and matches.judged_at is not null
"""
# What was kept is about the present text, if nobody wrote the listing since.
_KEPT = """
    select cases.listing_id, cases.id as subject, cases.decided_at as approved_at, listings.document
    from cases join listings on listings.id = cases.listing_id
    where cases.decision = 'kept' and cases.decided_at is not null and listings.updated_at <= cases.decided_at
"""


def upgrade() -> None:
    op.create_table(
        "licensees",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("trademark_id", sa.String(length=40), nullable=False),
        sa.Column("marketplace_id", sa.String(length=40), nullable=False),
        sa.Column("marketplace", sa.String(length=400), nullable=False),
        sa.Column("seller", sa.String(length=400), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("lapsed_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_licensees_organization_id")
        ),
        sa.ForeignKeyConstraint(["trademark_id"], ["trademarks.id"], name=op.f("fk_licensees_trademark_id")),
        sa.ForeignKeyConstraint(
            ["marketplace_id"], ["organizations.id"], name=op.f("fk_licensees_marketplace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licensees")),
    )
    account = ["trademark_id", "marketplace_id", "seller"]
    op.create_index("ux_licensees_account", "licensees", account, unique=True)
    op.create_index("ix_licensees_trademark", "licensees", ["trademark_id", "id"], unique=False)
    op.create_index("ix_licensees_seller", "licensees", ["marketplace_id", "seller"], unique=False)
    op.create_index(
        "ix_licensees_running_out",
        "licensees",
        ["until"],
        unique=False,
        sqlite_where=sa.text("lapsed_at is null"),
        postgresql_where=sa.text("lapsed_at is null"),
    )
    op.create_table(
        "approvals",
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("approved_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_approvals_listing_id")),
        sa.PrimaryKeyConstraint("listing_id", "subject", "text", name=op.f("pk_approvals")),
    )
    _keep_what_was_approved()


def _keep_what_was_approved() -> None:
    """What people approved of before counts, too."""
    connection = op.get_bind()
    approvals = sa.table(
        "approvals",
        *(sa.column(name) for name in ("listing_id", "subject", "text")),
        sa.column("approved_at", UTC()),
    )
    for statement in (_JUDGED, _KEPT):
        rows = connection.execute(sa.text(statement).columns(document=JSONDocument, approved_at=UTC())).all()
        found = [
            {
                "listing_id": row.listing_id,
                "subject": row.subject,
                "text": digest_of(to_fields(row.document)),
                "approved_at": row.approved_at,
            }
            for row in rows
        ]
        if found:
            connection.execute(approvals.insert(), found)
