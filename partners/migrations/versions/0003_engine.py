"""Breaker, rate and order of endpoints, deadlines of events, legal holds, and the lines of jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC

revision = "0003"
down_revision = "0002"

_LANES = (
    ("ix_deliveries_first", ["endpoint_id", "due_at", "id"], "state = 'due' AND ordinal = 0 AND late = 0"),
    ("ix_deliveries_late", ["endpoint_id", "due_at", "id"], "state = 'due' AND ordinal = 0 AND late = 1"),
    ("ix_deliveries_ordered", ["endpoint_id", "ordinal"], "state = 'due' AND ordinal > 0"),
)


def upgrade() -> None:
    # with defaults of the server, so that workers of the release before go on beside the new ones
    for name in ("ordinal", "late"):
        kind = sa.BigInteger() if name == "ordinal" else sa.Integer()
        op.add_column("deliveries", sa.Column(name, kind, nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("expires_at", UTC()))
    op.drop_index("ix_deliveries_due", "deliveries")
    for name, columns, where in _LANES:
        op.create_index(
            name, "deliveries", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    op.add_column("events", sa.Column("expires_at", UTC()))
    op.add_column("events", sa.Column("body_sha256", sa.LargeBinary()))
    op.add_column("events", sa.Column("purged_at", UTC()))
    op.create_index("ix_events_age", "events", ["type", "occurred_at"])
    _create_pacing()
    _create_job_lines()
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40)),
        sa.Column("event_type", sa.String(length=60)),
        sa.Column("subject", sa.String(length=60)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("lifted_at", UTC()),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_legal_holds_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )


def _create_pacing() -> None:
    op.create_table(
        "endpoint_pacing",
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("slow_share", sa.Float(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("open_until", UTC()),
        sa.Column("spent_until", UTC()),
        sa.Column("free_at", UTC()),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_endpoint_pacing_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoint_pacing")),
    )
    op.execute(
        sa.text(
            "INSERT INTO endpoint_pacing (endpoint_id, failures, slow_share, opens)"
            " SELECT id, 0, 0, 0 FROM endpoints"
        )
    )
    op.create_table(
        "endpoint_orders",
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_endpoint_orders_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoint_orders")),
    )


def _create_job_lines() -> None:
    op.create_table(
        "job_lines",
        sa.Column("job_id", sa.String(length=40), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("given", sa.LargeBinary()),
        sa.Column("answer", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_lines_job_id")),
        sa.PrimaryKeyConstraint("job_id", "first", name=op.f("pk_job_lines")),
    )
    op.create_index(op.f("ix_jobs_organization_id"), "jobs", ["organization_id", "id"])
