"""What a receiver answered to a notice is kept with its delivery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import JSONDocument

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("receipt", JSONDocument))
