"""Jobs: pending work as rows, leased and acknowledged with a token."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id")),
    Column("kind", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    # What the work is, and how far it came.
    Column("document", JSONDocument, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Column("due_at", UTC, nullable=False),
    Column("lease_token", String(40)),
    Column("created_at", UTC, nullable=False),
    Column("finished_at", UTC),
    CheckConstraint("state in ('due', 'done', 'failed')", name="state"),
    Index("ix_jobs_due", "due_at", sqlite_where=sql("state = 'due'"), postgresql_where=sql("state = 'due'")),
)
