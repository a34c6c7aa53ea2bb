"""Rows found by index as they grow many; endpoints by a reference of their partner's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import JSONDocument

revision = "0010"
down_revision = "0009"

INDEXES = (
    ("ix_deliveries_state", "deliveries", ("endpoint_id", "state")),
    ("ix_deliveries_event", "deliveries", ("event_id",)),
    ("ix_attempts_age", "attempts", ("sent_at",)),
    ("ix_sellers_organization", "sellers", ("organization_id", "id")),
    ("ix_seizures_organization", "seizures", ("organization_id", "id")),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, list(columns), unique=False)
    op.add_column("attempts", sa.Column("response_sha256", sa.String(length=64)))
    op.add_column("endpoints", sa.Column("reference", sa.String(length=400)))
    op.add_column("endpoints", sa.Column("metadata", JSONDocument, nullable=False, server_default="{}"))
    op.create_index(
        "ux_endpoints_reference",
        "endpoints",
        ["organization_id", "reference"],
        unique=True,
        sqlite_where=sa.text("deleted_at is null"),
        postgresql_where=sa.text("deleted_at is null"),
    )
