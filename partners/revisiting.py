"""Revisiting: when a seller's flag is raised, lifted or changed, its stored listings are screened anew.

The job is written in the transaction that changes the flag, and begins when whoever wrote a listing with
advice from before has ended. Only changed advice is kept, and only changed verdicts make events.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection

from partners.advising import advise, make_offers
from partners.flagging import REVISITING
from partners.records.jobs import (
    Job,
    LeaseLost,
    fail_try,
    finish_job,
    has_due_job,
    keep_progress,
    lease_job,
)
from partners.records.listings import Listing, list_of_sellers
from partners.records.screenings import Screening
from partners.registry import Registry, Snapshot
from partners.rescreening import ask_again, refile
from partners.screening import RegistryOutdated, check_registry
from partners.tracing import Desk

BATCH: Final = 250
_log = structlog.get_logger(__name__)


class Revisiting:
    """Any number of processes may run it: each job is leased, batch by batch."""

    def __init__(
        self, desk: Desk, registry: Registry, clock: Callable[[], datetime], batch: int = BATCH
    ) -> None:
        self._desk = desk
        self._registry = registry
        self._clock = clock
        self._batch = batch

    def work(self) -> bool:
        """Do one job to its end; tells whether there was one."""
        if not self._registry.ready:
            return False
        now = self._clock()
        with self._desk.database.surveying("retro_screening") as connection:
            if not has_due_job(connection, REVISITING, now):
                return False
        job = self._desk.database.acting("jobs", lambda c, _: lease_job(c, REVISITING, now))
        if job is None:
            return False
        try:
            self._finish(job)
        except LeaseLost:
            _log.info("lease_lost", job=job.id)
        except Exception as error:
            self._give_back(job, error)
            raise
        return True

    def _finish(self, job: Job) -> None:
        following: Job | None = job
        while following:
            try:
                following = self._advance(following)
            except RegistryOutdated:
                self._registry.refresh()

    def _advance(self, job: Job) -> Job | None:
        """Screen the next batch anew; answers the job as it goes on, or None when it is done."""
        now = self._clock()
        registry = self._registry.snapshot
        batch, screenings = self._advise(job, registry, now)

        def work(connection: Connection, _principal: object) -> Job | None:
            check_registry(connection, registry)
            refile(connection, batch, screenings, now, self._desk.flag_days)
            if len(batch) < self._batch:
                finish_job(connection, job, now)
                return None
            plan = job.document | {"after": batch[-1].id}
            return keep_progress(connection, job, plan, job.done + len(batch), now)

        return self._desk.database.acting("retro_screening", work)

    def _advise(
        self, job: Job, registry: Snapshot, now: datetime
    ) -> tuple[list[Listing], dict[str, Screening]]:
        plan = job.document
        with self._desk.database.surveying("retro_screening") as connection:
            batch = list_of_sellers(connection, plan["sellers"], plan["after"], self._batch)
            offers = make_offers(connection, [ask_again(listing) for listing in batch], now) if batch else []
        screenings = {
            listing.id: advise(listing.reference, offer, registry, now)
            for listing, offer in zip(batch, offers, strict=True)
        }
        return batch, screenings

    def _give_back(self, job: Job, error: Exception) -> None:
        now = self._clock()
        try:
            self._desk.database.acting("jobs", lambda c, _: fail_try(c, job, type(error).__name__, now))
        except LeaseLost:
            _log.info("lease_lost", job=job.id)
