"""Jobs: pending work as rows, leased and acknowledged with a token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import Conflict
from partners.ids import new_id

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
    Index("ix_jobs_organization_id", "organization_id", "id"),
    Index("ix_jobs_due", "due_at", sqlite_where=sql("state = 'due'"), postgresql_where=sql("state = 'due'")),
)

LEASE: Final = timedelta(seconds=60)
"""A job whose worker was not heard of for so long is taken up by another."""
MAX_TRIES: Final = 20


class Job(Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    state: Literal["due", "done", "failed"]
    document: dict[str, Any]
    done: int
    tries: int
    due_at: datetime
    created_at: datetime
    organization_id: str | None = None
    total: int | None = None
    error: str | None = None
    lease_token: str | None = None
    finished_at: datetime | None = None


class LeaseLost(Conflict):
    """Another worker has taken the job up; what this one did is rolled back."""


def add_job(  # noqa: PLR0913, PLR0917 - a job is all of this, most of it by itself
    connection: Connection,
    kind: str,
    document: dict[str, Any],
    total: int | None,
    now: datetime,
    organization_id: str | None = None,
    due_at: datetime | None = None,
) -> Job:
    """Make a job that is due now, or later: an organization's, or the service's own."""
    job = Job(
        id=new_id("job"),
        kind=kind,
        state="due",
        document=document,
        done=0,
        total=total,
        tries=0,
        due_at=due_at or now,
        created_at=now,
        organization_id=organization_id,
    )
    connection.execute(insert(jobs).values(msgspec.structs.asdict(job)))
    return job


def find_open_job(connection: Connection, kind: str) -> Job | None:
    statement = select(jobs).where(jobs.c.kind == kind, jobs.c.state == "due").limit(1)
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Job) if row else None


def has_open_job(connection: Connection, kind: str) -> bool:
    statement = select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state == "due").limit(1)
    return connection.execute(statement).first() is not None


def has_due_job(connection: Connection, kind: str, now: datetime) -> bool:
    statement = select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state == "due", jobs.c.due_at <= now)
    return connection.execute(statement.limit(1)).first() is not None


def lease_job(connection: Connection, kind: str, now: datetime) -> Job | None:
    """Take the job of a kind that is due longest; workers of other processes go past it."""
    due = (
        select(jobs)
        .where(jobs.c.kind == kind, jobs.c.state == "due", jobs.c.due_at <= now)
        .order_by(jobs.c.due_at, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(due).one_or_none()
    if row is None:
        return None
    taken = {"lease_token": new_id("lse"), "due_at": now + LEASE, "tries": row.tries + 1}
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(taken))
    return msgspec.structs.replace(to_struct(row, Job), **taken)


def keep_progress(
    connection: Connection, job: Job, document: dict[str, Any], done: int, now: datetime
) -> Job:
    """Note how far a leased job came, and hold it longer, in the transaction of the work itself.

    Raises:
        LeaseLost: another worker holds it now.
    """
    values = {"document": document, "done": done, "due_at": now + LEASE, "tries": 0}
    _change(connection, job, values)
    return msgspec.structs.replace(job, **values)


def hold_job(connection: Connection, job: Job, done: int, now: datetime) -> None:
    """Hold a leased job longer that would begin anew: its tries stay counted.

    Raises:
        LeaseLost: another worker holds it now.
    """
    _change(connection, job, {"done": done, "due_at": now + LEASE})


def expect(connection: Connection, job: Job, total: int) -> Job:
    """Say how much a leased job is in all, now that it is known.

    Raises:
        LeaseLost: another worker holds it now.
    """
    _change(connection, job, {"total": total})
    return msgspec.structs.replace(job, total=total)


def rest_job(connection: Connection, job: Job, document: dict[str, Any], done: int, until: datetime) -> None:
    """Give a leased job back with its progress, to go on at `until`.

    Raises:
        LeaseLost: another worker holds it now.
    """
    values = {"document": document, "done": done, "due_at": until, "tries": 0, "lease_token": None}
    _change(connection, job, values)


def finish_job(connection: Connection, job: Job, now: datetime, error: str | None = None) -> None:
    """End a leased job; with an error it has failed for good.

    Raises:
        LeaseLost: another worker holds it now.
    """
    state = "failed" if error else "done"
    _change(connection, job, {"state": state, "error": error, "finished_at": now, "lease_token": None})


def release_job(connection: Connection, job: Job, now: datetime) -> None:
    """Give a leased job back unfinished, so that another worker goes on at once.

    Raises:
        LeaseLost: another worker holds it now.
    """
    _change(connection, job, {"lease_token": None, "due_at": now, "tries": max(0, job.tries - 1)})


def fail_try(connection: Connection, job: Job, error: str, now: datetime) -> None:
    """Give a leased job back after a failure: tried again later and later, at last left as failed.

    Raises:
        LeaseLost: another worker holds it now.
    """
    values: dict[str, Any] = {"lease_token": None, "error": error}
    if job.tries >= MAX_TRIES:
        values |= {"state": "failed", "finished_at": now}
    else:
        values["due_at"] = now + timedelta(seconds=min(2.0**job.tries, 300.0))
    _change(connection, job, values)


def _change(connection: Connection, job: Job, values: dict[str, Any]) -> None:
    mine = (jobs.c.id == job.id) & (jobs.c.lease_token == job.lease_token) & (jobs.c.state == "due")
    if connection.execute(update(jobs).where(mine).values(values)).rowcount != 1:
        raise LeaseLost("another worker has taken the job up")


def last_planned(connection: Connection, kind: str) -> datetime | None:
    """When the last job of a kind was made."""
    made = select(jobs.c.created_at).where(jobs.c.kind == kind)
    found: datetime | None = connection.scalar(made.order_by(jobs.c.created_at.desc()).limit(1))
    return found
