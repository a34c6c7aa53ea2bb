"""What marketplaces' own listings teach, and what a marketplace is screened by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "market_lessons",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_market_lessons_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_lessons")),
    )
    op.create_index("ix_market_lessons_created_at", "market_lessons", ["created_at"], unique=False)
    op.create_index(
        "ix_market_lessons_organization", "market_lessons", ["organization_id", "windows"], unique=False
    )
    op.create_table(
        "market_settings",
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("false_titles_per_1000", sa.Float(), nullable=False),
        sa.Column("disguised_share", sa.Float(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_market_settings_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_market_settings")),
    )
