"""The order in which listings were last changed, and the policies of rights holders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC, JSONDocument

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "stock",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["listings.id"], name=op.f("fk_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
    )
    op.create_index("ix_stock_position", "stock", ["position"], unique=False)
    op.create_index(
        "ix_stock_unplaced",
        "stock",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position is null"),
        postgresql_where=sa.text("position is null"),
    )
    # what is stored already gets its places from the sequencer, like what is stored from now on
    op.execute("insert into stock (id) select id from listings")
    op.create_table(
        "policies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("based_on", sa.String(length=60), nullable=False),
        sa.Column("overrides", JSONDocument, nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_policies_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    op.create_index("ux_policies_revision", "policies", ["organization_id", "revision"], unique=True)
    op.create_index("ux_policies_version", "policies", ["version"], unique=True)
