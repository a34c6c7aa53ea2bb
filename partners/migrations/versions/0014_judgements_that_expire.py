"""A judgement may hold until a day, and no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("matches", sa.Column("judgement_expires_on", sa.Date()))
    op.create_index(
        "ix_matches_judgement_running_out",
        "matches",
        ["judgement_expires_on"],
        unique=False,
        sqlite_where=sa.text("judgement_expires_on is not null"),
        postgresql_where=sa.text("judgement_expires_on is not null"),
    )
