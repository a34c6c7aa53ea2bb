"""The lines of a bulk job: kept in chunks as they were given, and answered chunk by chunk.

Lines and answers name persons, so both are sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    insert,
    select,
    update,
)

from partners.db import announce_work, metadata, to_struct
from partners.errors import NotFound
from partners.keyring import Keyring
from partners.principal import Principal
from partners.records.jobs import Job, add_job, jobs

BULK = "bulk"

job_lines = Table(
    "job_lines",
    metadata,
    Column("job_id", String(40), ForeignKey("jobs.id"), primary_key=True),
    Column("first", Integer, primary_key=True),  # numbers of lines, from 1
    Column("last", Integer, nullable=False),
    Column("given", LargeBinary),  # sealed, as the answer is; erased once it is answered
    Column("answer", LargeBinary),
)


class Chunk(Struct, frozen=True, kw_only=True):
    """So many lines as they were given, from `first` to `last`."""

    first: int
    last: int
    given: bytes


def add_bulk_job(
    connection: Connection,
    keyring: Keyring,
    organization_id: str,
    document: dict[str, Any],
    chunks: Iterable[Chunk],
    now: datetime,
) -> Job:
    """Keep lines to be worked through, in the order of their numbers."""
    kept = list(chunks)
    total = max((one.last for one in kept), default=0)
    job = add_job(connection, BULK, document, total, now, organization_id)
    rows = [
        {"job_id": job.id, "first": one.first, "last": one.last, "given": keyring.seal(one.given, context)}
        for one in kept
        for context in [_context(job.id, one.first)]
    ]
    if rows:
        connection.execute(insert(job_lines), rows)
    announce_work(connection)
    return job


def next_chunk(connection: Connection, keyring: Keyring, job_id: str) -> Chunk | None:
    """The first chunk that is not answered yet."""
    waiting = (
        select(job_lines.c.first, job_lines.c.last, job_lines.c.given)
        .where(job_lines.c.job_id == job_id, job_lines.c.answer.is_(None))
        .order_by(job_lines.c.first)
        .limit(1)
    )
    row = connection.execute(waiting).one_or_none()
    if row is None:
        return None
    given = keyring.open(bytes(row.given), _context(job_id, row.first))
    return Chunk(first=row.first, last=row.last, given=given)


def answer_chunk(connection: Connection, keyring: Keyring, job_id: str, chunk: Chunk, answer: bytes) -> None:
    """Keep the answers to a chunk, and forget what was asked."""
    mine = (job_lines.c.job_id == job_id) & (job_lines.c.first == chunk.first)
    sealed = keyring.seal(answer, _context(job_id, chunk.first))
    connection.execute(update(job_lines).where(mine).values(answer=sealed, given=None))


def visible_to(principal: Principal) -> Select[tuple[Any, ...]]:
    """The jobs of the principal's own organization; for an operator also the service's own."""
    mine = jobs.c.organization_id == principal.organization_id
    if principal.kind == "operator":
        mine |= jobs.c.organization_id.is_(None)
    return select(jobs).where(mine)


def get_job(connection: Connection, principal: Principal, key: str) -> Job:
    """Find one job.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    if row := connection.execute(visible_to(principal).where(jobs.c.id == key)).one_or_none():
        return to_struct(row, Job)
    raise NotFound("no such job")


def list_jobs(connection: Connection, principal: Principal, *, after: str | None, limit: int) -> list[Job]:
    """The newest jobs first, older than the one named by `after`."""
    statement = visible_to(principal).order_by(jobs.c.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(jobs.c.id < after)
    return [to_struct(row, Job) for row in connection.execute(statement)]


def read_answers(
    connection: Connection, principal: Principal, keyring: Keyring, job: Job, after: int
) -> Sequence[tuple[int, bytes]]:
    """The next answered chunks behind a line of a job of the principal's own.

    Returns the number of their last line, and their answers.
    """
    own = visible_to(principal).where(jobs.c.id == job.id).with_only_columns(jobs.c.id)
    found = (
        select(job_lines.c.first, job_lines.c.last, job_lines.c.answer)
        .where(job_lines.c.job_id.in_(own), job_lines.c.first > after, job_lines.c.answer.is_not(None))
        .order_by(job_lines.c.first)
        .limit(20)
    )
    return [
        (row.last, keyring.open(bytes(row.answer), _context(job.id, row.first)))
        for row in connection.execute(found)
    ]


def _context(job_id: str, first: int) -> str:
    return f"job_line:{job_id}:{first}"
