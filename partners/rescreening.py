"""Retro-screening: what changed in the registry meets the listings that were stored before.

A job takes the changes up to a place in the registry's order and goes through the listings that they can
concern, in batches, in order of their ids: those that the vocabulary of the stored listings names, those
stored since the vocabulary was brought up to date, and those that met a changed mark before. Where very much
has changed, or there is no vocabulary yet, it goes through all. A small index of the changed marks tells for
each listing whether it is concerned at all; those are screened anew against the whole registry, so that the
verdict is what a fresh submission would get.

No listing is missed: before a job begins it waits for the transactions that write listings, and says up to
which change it goes. Whoever writes a listing later with advice that is older looks again
(`screening.check_registry`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from matching.index import Index, build_index
from matching.model import Field, Mark
from partners.db import hold
from partners.records.feeds import last_place, set_place
from partners.records.jobs import Job, add_job, expect, finish_job, has_open_job, lease_job
from partners.records.listings import Listing, count_listings, find_listings, list_batch, to_fields
from partners.records.marks import list_changes
from partners.records.matches import list_met_listings, list_standing_listings
from partners.records.stock import list_unread
from partners.registry import Registry
from partners.rounds import BATCH, Round, Run, Stretch, stretch_of
from partners.screening import RETRO_SCREENING
from partners.stocking import Stock
from partners.tracing import Desk

RETRO_SCREENED: Final = "retro_screened"
"""The feed that says up to which change all stored listings have met the registry."""
MANY: Final = 10_000
"""When more marks have changed, every listing is taken to be concerned."""
FEW: Final = 1_000
"""So many changed marks at most are looked for in the vocabulary; more meet the listings themselves."""
UNREAD: Final = 20_000
"""So many listings that the vocabulary does not know yet are read; where there are more, all are."""


class _Run(Run, frozen=True, kw_only=True):
    """A job that this process holds: the changed marks as an index of their own, and the ids of all.

    `index` is None when so many have changed that every listing is taken to be concerned; `found` are the ids
    of the listings to look at, in order, None when that is all.
    """

    index: Index | None
    changed: frozenset[str] = frozenset()
    found: tuple[str, ...] | None = None


class Rescreening(Round):
    """The retro-screening of one process; several processes take turns at a job, batch by batch."""

    def __init__(
        self,
        desk: Desk,
        registry: Registry,
        clock: Callable[[], datetime],
        batch: int = BATCH,
        stock: Stock | None = None,
    ) -> None:
        super().__init__(desk, registry, clock, batch)
        self._stock = stock

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
        add_job(connection, RETRO_SCREENING, plan, None, self._clock())
        return True

    def _lease(self) -> Run | None:
        with self._desk.database.surveying("retro_screening") as connection:
            if not has_open_job(connection, RETRO_SCREENING):
                return None
        now = self._clock()
        job = self._desk.database.acting("jobs", lambda c, _: lease_job(c, RETRO_SCREENING, now))
        return self._prepare(job) if job else None

    def _prepare(self, job: Job) -> _Run:
        with self._desk.database.surveying("retro_screening") as connection:
            plan = job.document
            changes = list_changes(connection, plan["behind"], MANY + 1, plan["upto"])
        marks = [change.mark for change in changes if change.mark]
        changed = frozenset(change.id for change in changes)
        found = self._find(marks, changed) if len(changes) <= FEW else None
        run = _Run(job=self._expect(job, found), index=None, careful=self._careful(job), found=found)
        if len(changes) > MANY:
            return run
        return replace(run, index=build_index(marks, self._registry.index.lexicon), changed=changed)

    def _expect(self, job: Job, found: Sequence[str] | None) -> Job:
        """Tell how many listings there are to look at, now that it is known, and once where that is all."""
        if found is not None:
            total = job.done + sum(each > job.document["after"] for each in found)
        elif job.total is None:
            with self._desk.database.surveying("retro_screening") as connection:
                total = count_listings(connection)
        else:
            return job
        return self._desk.database.acting("jobs", lambda c, _: expect(c, job, total))

    def _find(self, marks: Sequence[Mark], changed: Collection[str]) -> tuple[str, ...] | None:
        """The listings that these changes can concern; None where only reading all of them tells.

        The vocabulary is taken first: what is stored or changed behind its place is found unread.
        """
        stocked = self._stock.stocked if self._stock else None
        named = stocked.vocabulary.find(marks) if stocked else None
        if stocked is None or named is None:
            return None
        with self._desk.database.surveying("retro_screening") as connection:
            unread = list_unread(connection, stocked.position, UNREAD + 1)
            met = list_standing_listings(connection, changed)
        if len(unread) > UNREAD:
            return None
        return tuple(sorted({*named, *unread, *met}))

    def _next(self, connection: Connection, run: Run, limit: int) -> Stretch:
        found = run.found if isinstance(run, _Run) else None
        if found is None:
            return stretch_of(list_batch(connection, run.after, limit), limit)
        ids = list(islice((each for each in found if each > run.after), limit))
        return Stretch(
            listings=tuple(find_listings(connection, ids)) if ids else (),
            last=ids[-1] if ids else "",
            count=len(ids),
            is_end=not ids or ids[-1] == found[-1],
        )

    def _concerned(self, connection: Connection, run: Run, listings: Sequence[Listing]) -> Sequence[Listing]:
        if not isinstance(run, _Run) or run.index is None:
            return listings
        met = list_met_listings(connection, [listing.id for listing in listings], run.changed)
        named = run.index.search_many([_texts(listing) for listing in listings])
        return [
            each for each, found in zip(listings, named, strict=True) if each.id in met or found.candidates
        ]

    def _finish(self, connection: Connection, run: Run, now: datetime) -> None:
        set_place(connection, RETRO_SCREENED, run.job.document["upto"])
        finish_job(connection, run.job, now)


def _texts(listing: Listing) -> dict[Field, str]:
    fields = to_fields(listing.document)
    return {"title": fields.title, "brand": fields.brand, "description": fields.description}
