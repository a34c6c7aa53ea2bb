"""Genuine products of a registration with their barcodes, and what marketplaces' sellers ask for goods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC, JSONDocument

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("trademarks", sa.Column("genuine", JSONDocument, nullable=False, server_default="[]"))
    op.create_table(
        "barcodes",
        sa.Column("trademark_id", sa.String(length=40), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["trademark_id"], ["trademarks.id"], name=op.f("fk_barcodes_trademark_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_barcodes_organization_id")
        ),
        sa.PrimaryKeyConstraint("trademark_id", "gtin", name=op.f("pk_barcodes")),
    )
    op.create_index("ix_barcodes_gtin", "barcodes", ["gtin"], unique=False)
    op.create_table(
        "market_prices",
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("product", sa.BigInteger(), nullable=False),
        sa.Column("seller", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("seen_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_market_prices_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "product", "seller", name=op.f("pk_market_prices")),
    )
    op.create_index("ix_market_prices_seen_at", "market_prices", ["seen_at"], unique=False)
