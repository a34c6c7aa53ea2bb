"""Upkeep: what the service does by itself, as jobs: each table's old rows go, flags expire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from partners.db import Database
from partners.flagging import expire_flags
from partners.licensing import lapse_licenses
from partners.records.event_types import EVENT_TYPES
from partners.records.expiring import EXPIRING, Noun
from partners.records.flags import find_expired
from partners.records.jobs import Job, last_planned
from partners.records.licensees import list_lapsed
from partners.records.purging import count_purgeable, find_purgeable, purge_attempts, purge_events
from partners.tracing import Desk
from partners.working import Step

_BATCH: Final = 500
_EVERY: Final = timedelta(hours=1)


class Retention(Struct, frozen=True):
    """Purges events when their type's time is over, and attempts after `attempt_days`."""

    database: Database
    attempt_days: int = 30
    name: str = "retention"

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        with self.database.surveying("jobs") as connection:
            last = last_planned(connection, self.name)
            if last is not None and now - last < _EVERY:
                return None
            counts = [count_purgeable(connection, name, _end(name, now)) for name in EVENT_TYPES]
        return {"types": sorted(EVENT_TYPES)}, sum(counts)

    def do(self, job: Job, now: datetime) -> Step:
        left = list(job.document["types"])
        purged = self._purge(left[0], now) if left else 0
        if left and purged < _BATCH:
            left = left[1:]
        old = 0 if left else self._purge_attempts(now)
        return Step(document={"types": left}, done=job.done + purged, is_finished=not left and old < _BATCH)

    def _purge(self, type_: str, now: datetime) -> int:
        with self.database.surveying("jobs") as connection:
            ids = find_purgeable(connection, type_, _end(type_, now), _BATCH)
        if not ids:
            return 0
        return self.database.acting("jobs", lambda connection, _: purge_events(connection, ids, now))

    def _purge_attempts(self, now: datetime) -> int:
        before = now - timedelta(days=self.attempt_days)
        return self.database.acting("jobs", lambda connection, _: purge_attempts(connection, before, _BATCH))


class Limits(Struct, frozen=True, kw_only=True):
    """How many days rows are kept when their reason has ended: events have a limit for each type."""

    attempt_days: int = 30
    job_days: int = 30
    listing_days: int = 730
    case_days: int = 2555
    audit_days: int = 2555

    @property
    def days(self) -> dict[Noun, int]:
        """By table; a deleted seller is kept as long as its listings."""
        return {
            "cases": self.case_days,
            "listings": self.listing_days,
            "sellers": self.listing_days,
            "jobs": self.job_days,
        }


class Expiry(Struct, frozen=True):
    """Deletes what is older than its table's limit."""

    database: Database
    limits: Limits = Limits()
    name: str = "expiry"

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        with self.database.surveying("jobs") as connection:
            last = last_planned(connection, self.name)
        return None if last is not None and now - last < _EVERY else ({"nouns": list(EXPIRING)}, None)

    def do(self, job: Job, now: datetime) -> Step:
        noun, *rest = job.document["nouns"]
        before = now - timedelta(days=self.limits.days[noun])
        gone = self.database.acting("jobs", lambda c, _: EXPIRING[noun](c, before, _BATCH))
        left = rest if gone < _BATCH else [noun, *rest]
        return Step(document={"nouns": left}, done=job.done + gone, is_finished=not left)


def _end(type_: str, now: datetime) -> datetime:
    return now - timedelta(days=EVENT_TYPES[type_].days)


class FlagExpiry(Struct, frozen=True):
    """Reassesses flags that have outlived their evidence."""

    desk: Desk
    name: str = "flag_expiry"

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        with self.desk.database.surveying("flagging") as connection:
            waiting = len(find_expired(connection, now, 10_000))
        return ({}, waiting) if waiting else None

    def do(self, job: Job, now: datetime) -> Step:
        reassessed = self.desk.database.acting(
            "flagging", lambda connection, _: expire_flags(connection, now, self.desk.flag_days)
        )
        return Step(document={}, done=job.done + reassessed, is_finished=not reassessed)


class LicenseExpiry(Struct, frozen=True):
    """Has stored listings advised anew when their seller's license is over."""

    database: Database
    name: str = "license_expiry"

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        with self.database.surveying("licensing") as connection:
            waiting = list_lapsed(connection, now.date(), 1)
        return ({}, None) if waiting else None

    def do(self, job: Job, now: datetime) -> Step:
        lapsed = self.database.acting(
            "licensing", lambda connection, _: lapse_licenses(connection, now, _BATCH)
        )
        return Step(document={}, done=job.done + lapsed, is_finished=lapsed < _BATCH)
