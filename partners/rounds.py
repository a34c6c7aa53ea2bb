"""Rounds: stored listings are screened anew, batch by batch, as a job that any process can take up.

A batch that fails again and again is taken apart, and a listing that then fails by itself is skipped and
named in the log, so that no listing keeps the others from being screened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from partners.advising import Question, advise, make_offers
from partners.errors import NotReady
from partners.filing import file_listings
from partners.records.jobs import (
    Job,
    LeaseLost,
    fail_try,
    finish_job,
    has_due_job,
    keep_progress,
    lease_job,
    release_job,
)
from partners.records.listings import Listing, hold_by_id, to_fields
from partners.records.screenings import Screening
from partners.registry import Registry, Snapshot
from partners.screening import RegistryOutdated, check_registry
from partners.telling import Filing
from partners.tracing import Desk

BATCH: Final = 250
TRIES: Final = 3
"""A batch that failed so often is taken apart; a listing that then fails by itself is skipped."""
_log = structlog.get_logger(__name__)


class Run(Struct, frozen=True, kw_only=True):
    """A job that this process holds; so many listings are still taken one by one, where a batch failed."""

    job: Job
    careful: int = 0

    @property
    def after(self) -> str:
        """The id of the last listing that is done."""
        return str(self.job.document["after"])


class Stretch(Struct, frozen=True, kw_only=True):
    """The next listings of a job, up to the id `last`; `count` is how far that brings it."""

    listings: tuple[Listing, ...]
    last: str
    count: int
    is_end: bool


class Round(ABC):
    """The rounds of one process; several processes take turns at a job, batch by batch."""

    def __init__(
        self, desk: Desk, registry: Registry, clock: Callable[[], datetime], batch: int = BATCH
    ) -> None:
        self._batch = batch
        self._desk = desk
        self._registry = registry
        self._clock = clock
        self._run: Run | None = None

    @abstractmethod
    def _plan(self) -> bool:
        """Make the job that is due, where nobody else does; tells whether one was made."""

    @abstractmethod
    def _lease(self) -> Run | None:
        """Take up a job that is due."""

    @abstractmethod
    def _next(self, connection: Connection, run: Run, limit: int) -> Stretch:
        """The next listings of a job, no more than so many."""

    def _concerned(self, connection: Connection, run: Run, listings: Sequence[Listing]) -> Sequence[Listing]:  # noqa: ARG002 - others ask
        """Which of them have to be screened anew."""
        return listings

    def _finish(self, connection: Connection, run: Run, now: datetime) -> None:
        """End a job all of whose listings are done."""
        finish_job(connection, run.job, now)

    def work(self) -> bool:
        """Plan what is due, or do the next batch of it; tells whether there is more."""
        if not self._registry.ready:
            return False
        run = self._run or self._lease()
        if run is None:
            return self._plan()
        self._run = run
        try:
            self._run = self._advance(run)
        except LeaseLost:
            self._run = None
        except RegistryOutdated:
            self._registry.refresh()
        except Exception as error:
            self._run = None
            self._give_back(run.job, error)
            raise
        return True

    def stop(self) -> None:
        """Give the job back, so that another process need not wait for the lease to end."""
        run, self._run = self._run, None
        if run is None:
            return
        now = self._clock()
        try:
            self._desk.database.acting("jobs", lambda c, _: release_job(c, run.job, now))
        except LeaseLost:
            _log.info("lease_lost", job=run.job.id)

    def _careful(self, job: Job) -> int:
        return self._batch if job.tries > TRIES else 0

    def _advance(self, run: Run) -> Run | None:
        """Do the next batch, or the next listing; answers the run as it goes on, or None when it is done."""
        if not run.careful:
            return self._do(run, self._batch)
        try:
            further = self._do(run, 1)
        except (LeaseLost, RegistryOutdated, NotReady, DBAPIError):
            raise  # this is no listing's fault
        except Exception as error:  # noqa: BLE001 - whatever a listing does, the others have to be screened
            further = self._skip(run, error)
        return replace(further, careful=run.careful - 1) if further else None

    def _skip(self, run: Run, error: Exception) -> Run:
        """Go past a listing that fails again and again; with no listing there, the error stands."""
        now = self._clock()

        def work(connection: Connection, _principal: object) -> Run:
            stretch = self._next(connection, run, 1)
            if not stretch.listings:
                raise error
            listing = stretch.listings[0].id
            _log.error("listing_skipped", listing=listing, job=run.job.id, error=type(error).__name__)
            return _keep_place(connection, run, stretch, now)

        return self._desk.database.acting("retro_screening", work)

    def _do(self, run: Run, limit: int) -> Run | None:
        now = self._clock()
        registry = self._registry.snapshot
        stretch, concerned, screenings = self._advise(run, limit, registry, now)

        def work(connection: Connection, _principal: object) -> Run | None:
            check_registry(connection, registry)
            refile(connection, concerned, screenings, now, self._desk.flag_days)
            further = _keep_place(connection, run, stretch, now)
            if not stretch.is_end:
                return further
            self._finish(connection, further, now)
            return None

        return self._desk.database.acting("retro_screening", work)

    def _advise(
        self, run: Run, limit: int, registry: Snapshot, now: datetime
    ) -> tuple[Stretch, Sequence[Listing], dict[str, Screening]]:
        with self._desk.database.surveying("retro_screening") as connection:
            stretch = self._next(connection, run, limit)
            concerned = self._concerned(connection, run, stretch.listings)
            questions = [ask_again(listing) for listing in concerned]
            offers = make_offers(connection, questions, now) if questions else []
            lines = self._registry.lines.present(connection)
        advice = advise([listing.reference for listing in concerned], offers, registry, now, lines)
        screenings = {listing.id: each for listing, each in zip(concerned, advice, strict=True)}
        return stretch, concerned, screenings

    def _give_back(self, job: Job, error: Exception) -> None:
        now = self._clock()
        try:
            self._desk.database.acting("jobs", lambda c, _: fail_try(c, job, type(error).__name__, now))
        except LeaseLost:
            _log.info("lease_lost", job=job.id)


def refile(
    connection: Connection,
    batch: Sequence[Listing],
    screenings: Mapping[str, Screening],
    now: datetime,
    flag_days: int,
) -> None:
    """File new advice on listings that are still what was screened; the others were screened since."""
    held = hold_by_id(connection, list(screenings))
    read = {listing.id: listing.revision for listing in batch}
    filings = [
        Filing(before=listing, listing=listing, screening=screenings[listing.id])
        for listing in held.values()
        if listing.deleted_at is None and listing.revision == read[listing.id]
    ]
    file_listings(connection, filings, now, flag_days)


def _keep_place(connection: Connection, run: Run, stretch: Stretch, now: datetime) -> Run:
    if not stretch.count:
        return run
    plan = run.job.document | {"after": stretch.last}
    return replace(run, job=keep_progress(connection, run.job, plan, run.job.done + stretch.count, now))


class LeasedRound(Round):
    """Rounds of the jobs of one kind, each made in the transaction of what it answers: see planning.py."""

    kind: str

    def _plan(self) -> bool:
        return False

    def _lease(self) -> Run | None:
        now = self._clock()
        with self._desk.database.surveying("retro_screening") as connection:
            if not has_due_job(connection, self.kind, now):
                return None
        job = self._desk.database.acting("jobs", lambda c, _: lease_job(c, self.kind, now))
        return Run(job=job, careful=self._careful(job)) if job else None


def ask_again(listing: Listing) -> Question:
    """A stored listing as a question."""
    return Question(
        reference=listing.reference,
        fields=to_fields(listing.document),
        organization_id=listing.organization_id,
        seller_id=listing.seller_id,
    )


def stretch_of(batch: Sequence[Listing], limit: int) -> Stretch:
    """Listings read in order of their ids, as many as there are up to a limit."""
    return Stretch(
        listings=tuple(batch),
        last=batch[-1].id if batch else "",
        count=len(batch),
        is_end=len(batch) < limit,
    )
