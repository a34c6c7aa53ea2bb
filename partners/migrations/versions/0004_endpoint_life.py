"""Public keys and sealed access of endpoints, since when they fail, labels and replays of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC, JSONDocument

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("signatures", JSONDocument, nullable=False, server_default='["v1"]'))
    op.add_column("endpoints", sa.Column("access", JSONDocument, nullable=False, server_default="{}"))
    op.add_column("endpoints", sa.Column("failing_since", UTC()))
    op.add_column("endpoint_secrets", sa.Column("public_key", sa.LargeBinary()))
    op.add_column("deliveries", sa.Column("recovered_at", UTC()))
    op.add_column("events", sa.Column("labels", JSONDocument, nullable=False, server_default="{}"))
    op.add_column("events", sa.Column("replay_of", sa.String(length=40)))
    # labels chose nothing before: what partners wrote there was a note, and would now let nothing pass
    op.execute(sa.text("UPDATE endpoints SET labels = '{}'"))
