"""Working: jobs of any kind, leased, done step by step with their progress written down, and given back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from msgspec import Struct
from sqlalchemy import Connection

from partners.db import Database, hold
from partners.errors import NotReady
from partners.records.jobs import (
    Job,
    LeaseLost,
    add_job,
    fail_try,
    finish_job,
    has_open_job,
    keep_progress,
    lease_job,
    rest_job,
)

_log = structlog.get_logger(__name__)


class Step(Struct, frozen=True, kw_only=True):
    """What a step came to: how far the job is, and whether it is finished.

    `write` is what is kept of it in the transaction of the progress itself.
    """

    document: dict[str, Any]
    done: int
    is_finished: bool
    write: Callable[[Connection], None] = lambda _connection: None
    error: str | None = None  # why it is finished before its end: no further try would help


class JobKind(Protocol):
    """A kind of work: when it is due, and how a step of it is done."""

    @property
    def name(self) -> str:
        """What its jobs are called."""

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        """What a new job of this kind is to do and how much that is; None when nothing is due."""

    def do(self, job: Job, now: datetime) -> Step:
        """Do the next step, in transactions of its own; done again after a crash, it does no harm.

        Raises:
            NotReady: it cannot be done yet; that is no failure, however long it lasts.
        """


class JobBench:
    """Works through the jobs of some kinds; several processes take turns, job by job."""

    def __init__(self, database: Database, kinds: Sequence[JobKind], clock: Callable[[], datetime]) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock
        self._held: dict[str, Job] = {}

    def work(self) -> bool:
        """Do one step of one job of each kind; tells whether there is more."""
        return sum(self._work_on(kind) for kind in self._kinds) > 0  # each kind has its turn

    def _work_on(self, kind: JobKind) -> bool:
        job = self._held.pop(kind.name, None) or self._lease(kind)
        if job is None:
            return False
        try:
            step = kind.do(job, self._clock())
            further = self._keep(job, step)
        except LeaseLost:
            _log.info("lease_lost", job=job.id)
        except NotReady as error:
            self._put_off(job, error)
            return False
        except Exception as error:
            self._give_back(job, error)
            raise
        else:
            if not step.is_finished:
                self._held[kind.name] = further
        return True

    def _lease(self, kind: JobKind) -> Job | None:
        """The next job of a kind; a new one is planned where none is open."""
        now = self._clock()
        with self._database.surveying("jobs") as connection:
            is_open = has_open_job(connection, kind.name)
        plan = None if is_open else kind.plan(now)
        if not is_open and plan is None:
            return None

        def take(connection: Connection, _principal: object) -> Job | None:
            hold(connection, f"jobs of kind {kind.name}")
            if plan and not has_open_job(connection, kind.name):
                add_job(connection, kind.name, *plan, now)
            return lease_job(connection, kind.name, now)

        return self._database.acting("jobs", take)

    def _keep(self, job: Job, step: Step) -> Job:
        now = self._clock()

        def keep(connection: Connection, _principal: object) -> Job:
            step.write(connection)
            further = keep_progress(connection, job, step.document, step.done, now)
            if step.is_finished:
                finish_job(connection, further, now, step.error)
            return further

        return self._database.acting("jobs", keep)

    def _put_off(self, job: Job, error: NotReady) -> None:
        until = self._clock() + timedelta(seconds=error.retry_after)
        _log.info("job_waits", job=job.id, detail=str(error))
        try:
            self._database.acting("jobs", lambda c, _: rest_job(c, job, job.document, job.done, until))
        except LeaseLost:
            _log.info("lease_lost", job=job.id)

    def _give_back(self, job: Job, error: Exception) -> None:
        now = self._clock()
        try:
            self._database.acting("jobs", lambda c, _: fail_try(c, job, type(error).__name__, now))
        except LeaseLost:
            _log.info("lease_lost", job=job.id)
