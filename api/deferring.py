"""Deferring: a stream that is too long to be answered at once is kept, and worked through as a job.

The lines are kept before the answer goes out, so that what was accepted is done, whatever happens to this
process. Done again after a crash, a line finds what it made: its reference makes it safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec
from litestar import Response
from msgspec import Struct, convert
from sqlalchemy import Connection

from api.house import House
from partners.preconditions import Conditions
from partners.principal import Claims, Principal
from partners.records.job_lines import Chunk, add_bulk_job
from partners.records.jobs import Job
from partners.shadowing import ShadowReport

JOB_LINES = 1_000_000
BATCH = 250  # lines that are handled together; a job keeps their answers before it goes on
State = Literal["waiting", "running", "done", "failed"]


class JobOut(Struct, frozen=True, kw_only=True):
    """Work that goes on by itself: `done` of `total` lines or things; `results` is where answers are read.

    It goes on when whoever asked for it signs out. Once it may do so no longer (suspended, or in another
    role), the job has `failed` with the `error` Unauthorized, and the lines behind `done` are not done.

    `report` is what a shadow run of a policy has counted so far.
    """

    id: str
    kind: str
    state: State
    done: int
    total: int | None
    error: str | None
    results: str | None
    report: ShadowReport | None
    created_at: datetime
    finished_at: datetime | None


class BulkOrder(Struct, frozen=True, kw_only=True):
    """Who posted a stream, where, and on what conditions: kept with the job."""

    operation: str
    claims: Claims
    conditions: Conditions = Conditions()


def defer_lines(house: House, order: BulkOrder, body: bytes) -> Response[Any]:
    """Keep the lines of a stream for a job, and answer 202 with it."""
    document = msgspec.to_builtins(msgspec.structs.replace(order, claims=_outlasting(order.claims)))

    def work(connection: Connection, principal: Principal) -> Job:
        now = house.clock()
        return add_bulk_job(
            connection, house.keyring, principal.organization_id, document, cut_lines(body), now
        )

    job = house.database.writing(order.claims, work)
    house.wake()
    headers = {"Location": f"/v1/jobs/{job.id}", "Preference-Applied": "respond-async"}
    return Response(show_job(job), status_code=202, headers=headers)


def _outlasting(claims: Claims) -> Claims:
    """A person's accepted work goes on when it signs out; not when it is suspended or in another role."""
    seat = claims.seat and msgspec.structs.replace(claims.seat, grant_id=None)
    return msgspec.structs.replace(claims, seat=seat)


def cut_lines(body: bytes) -> Iterator[Chunk]:
    """Cut a stream into chunks of whole lines, without copying it line by line."""
    first, begin = 1, 0
    while begin < len(body):
        end, count = begin, 0
        while count < BATCH and end < len(body):
            found = body.find(b"\n", end)
            end = len(body) if found < 0 else found + 1
            count += 1
        yield Chunk(first=first, last=first + count - 1, given=body[begin:end].rstrip(b"\n"))
        first, begin = first + count, end


def show_job(job: Job) -> JobOut:
    """A job as its organization sees it."""
    states: dict[str, State] = {"done": "done", "failed": "failed"}
    waiting: State = "running" if job.lease_token else "waiting"
    return JobOut(
        id=job.id,
        kind=job.document.get("operation", job.kind),
        state=states.get(job.state, waiting),
        done=job.done,
        total=job.total,
        error=job.error,
        report=convert(job.document["report"], ShadowReport) if "report" in job.document else None,
        results=f"/v1/jobs/{job.id}/results" if "operation" in job.document else None,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )
