"""Tables from estimates to scores, and the judgements they are made of in their order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC, JSONDocument

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "calibrations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(length=60), nullable=False),
        sa.Column("judgements", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("knots", JSONDocument, nullable=False),
        sa.Column("reliability", JSONDocument, nullable=False),
        sa.Column("fitted_at", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
    )
    op.create_index("ux_calibrations_version", "calibrations", ["version"], unique=True)
    op.create_index("ix_calibrations_policy", "calibrations", ["policy_version", "version"], unique=False)
    op.create_index(
        "ix_matches_judged",
        "matches",
        ["judged_at", "id"],
        unique=False,
        sqlite_where=sa.text("judged_at is not null"),
        postgresql_where=sa.text("judged_at is not null"),
    )
