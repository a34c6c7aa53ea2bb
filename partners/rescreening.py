"""Retro-screening: what changed in the registry meets the listings that were stored before.

A job takes the changes up to a place in the registry's order and goes through all listings in batches, in
order of their ids. A small index of the changed marks tells which listings can be concerned at all; those
are screened anew against the whole registry, so that the verdict is what a fresh submission would get.

No listing is missed: before a job begins it waits for the transactions that write listings, and says up to
which change it goes. Whoever writes a listing later with advice that is older looks again
(`screening.check_registry`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from matching.index import Index, build_index
from matching.model import Field
from partners.advising import Question, advise, make_offers
from partners.db import hold
from partners.errors import NotReady
from partners.filing import Filing, file_listings
from partners.records.feeds import last_place, set_place
from partners.records.jobs import (
    Job,
    LeaseLost,
    add_job,
    fail_try,
    finish_job,
    has_open_job,
    keep_progress,
    lease_job,
    release_job,
)
from partners.records.listings import Listing, count_listings, hold_by_id, list_batch, to_fields
from partners.records.marks import list_changes
from partners.records.matches import list_met_listings
from partners.records.screenings import Screening
from partners.registry import Registry, Snapshot
from partners.screening import RETRO_SCREENING, RegistryOutdated, check_registry
from partners.tracing import Desk

RETRO_SCREENED: Final = "retro_screened"
"""The feed that says up to which change all stored listings have met the registry."""
BATCH: Final = 250
MANY: Final = 10_000
TRIES: Final = 3
"""A batch that failed so often is taken apart; a listing that then fails by itself is skipped."""
_log = structlog.get_logger(__name__)


class _Run(Struct, frozen=True, kw_only=True):
    """A job that this process holds: the changed marks as an index of their own, and the ids of all.

    `index` is None when so many have changed that every listing is taken to be concerned.
    """

    job: Job
    index: Index | None
    changed: frozenset[str] = frozenset()
    # So many listings are still taken one by one, after a batch has failed again and again.
    careful: int = 0


class _Advice(Struct, frozen=True, kw_only=True):
    """A batch of listings, and the new advice on those that are concerned."""

    batch: tuple[Listing, ...]
    screenings: dict[str, Screening]
    registry: Snapshot


class Rescreening:
    """The retro-screening of one process; several processes take turns at a job, batch by batch."""

    def __init__(
        self, desk: Desk, registry: Registry, clock: Callable[[], datetime], batch: int = BATCH
    ) -> None:
        self._batch = batch
        self._desk = desk
        self._registry = registry
        self._clock = clock
        self._run: _Run | None = None

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

    def _plan(self) -> bool:
        version = self._registry.version
        with self._desk.database.surveying("retro_screening") as connection:
            if last_place(connection, RETRO_SCREENED) >= version or has_open_job(connection, RETRO_SCREENING):
                return False
        return self._desk.database.acting("retro_screening", lambda c, _: self._add_job(c, version))

    def _add_job(self, connection: Connection, version: int) -> bool:
        """Wait for those who write listings now; those who come later know how far this job goes."""
        hold(connection, RETRO_SCREENING)
        done = last_place(connection, RETRO_SCREENED)
        if done >= version or has_open_job(connection, RETRO_SCREENING):
            return False
        set_place(connection, RETRO_SCREENING, version)
        plan = {"behind": done, "upto": version, "after": ""}
        add_job(connection, RETRO_SCREENING, plan, count_listings(connection), self._clock())
        return True

    def _lease(self) -> _Run | None:
        with self._desk.database.surveying("retro_screening") as connection:
            if not has_open_job(connection, RETRO_SCREENING):
                return None
        now = self._clock()
        job = self._desk.database.acting("jobs", lambda c, _: lease_job(c, RETRO_SCREENING, now))
        if job is None:
            return None
        with self._desk.database.surveying("retro_screening") as connection:
            plan = job.document
            changes = list_changes(connection, plan["behind"], MANY + 1, plan["upto"])
        careful = self._batch if job.tries > TRIES else 0
        if len(changes) > MANY:
            return _Run(job=job, index=None, careful=careful)
        marks = [change.mark for change in changes if change.mark]
        index = build_index(marks, self._registry.index.lexicon)
        changed = frozenset(change.id for change in changes)
        return _Run(job=job, index=index, changed=changed, careful=careful)

    def _advance(self, run: _Run) -> _Run | None:
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

    def _skip(self, run: _Run, error: Exception) -> _Run:
        """Go past a listing that fails again and again; with no listing there, the error stands."""
        now = self._clock()

        def work(connection: Connection, _principal: object) -> _Run:
            batch = list_batch(connection, run.job.document["after"], 1)
            if not batch:
                raise error
            _log.error("listing_skipped", listing=batch[0].id, job=run.job.id, error=type(error).__name__)
            return _keep_place(connection, run, batch, now)

        return self._desk.database.acting("retro_screening", work)

    def _do(self, run: _Run, limit: int) -> _Run | None:
        now = self._clock()
        advice = self._advise(run, limit, now)

        def work(connection: Connection, _principal: object) -> _Run | None:
            check_registry(connection, advice.registry)
            refile(connection, advice.batch, advice.screenings, now, self._desk.flag_days)
            further = _keep_place(connection, run, advice.batch, now)
            if len(advice.batch) == limit:
                return further
            _finish(connection, further, now)
            return None

        return self._desk.database.acting("retro_screening", work)

    def _advise(self, run: _Run, limit: int, now: datetime) -> _Advice:
        registry = self._registry.snapshot
        with self._desk.database.surveying("retro_screening") as connection:
            batch = list_batch(connection, run.job.document["after"], limit)
            met = list_met_listings(connection, [listing.id for listing in batch], run.changed)
            concerned = [
                each for each in batch if run.index is None or each.id in met or _may_name(run.index, each)
            ]
            questions = [ask_again(listing) for listing in concerned]
            offers = make_offers(connection, questions, now) if questions else []
        screenings = {
            listing.id: advise(listing.reference, offer, registry, now)
            for listing, offer in zip(concerned, offers, strict=True)
        }
        return _Advice(batch=tuple(batch), screenings=screenings, registry=registry)

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


def _keep_place(connection: Connection, run: _Run, batch: Sequence[Listing], now: datetime) -> _Run:
    if not batch:
        return run
    plan = run.job.document | {"after": batch[-1].id}
    return replace(run, job=keep_progress(connection, run.job, plan, run.job.done + len(batch), now))


def _finish(connection: Connection, run: _Run, now: datetime) -> None:
    set_place(connection, RETRO_SCREENED, run.job.document["upto"])
    finish_job(connection, run.job, now)


def _may_name(index: Index, listing: Listing) -> bool:
    fields = to_fields(listing.document)
    texts: dict[Field, str] = {
        "title": fields.title,
        "brand": fields.brand,
        "description": fields.description,
    }
    return bool(index.search(texts).candidates)


def ask_again(listing: Listing) -> Question:
    """A stored listing as a question."""
    return Question(
        reference=listing.reference,
        fields=to_fields(listing.document),
        organization_id=listing.organization_id,
        seller_id=listing.seller_id,
    )
