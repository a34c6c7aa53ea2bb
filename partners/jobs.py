"""The background work of a process: each kind of pending work has a loop of its own over rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from partners.access import forget_proofs
from partners.calibrating import Calibrating
from partners.chaining import let_go
from partners.db import utc_now
from partners.enrolling import trace_waiting
from partners.lapsing import JudgementExpiry
from partners.limiting import forget_idle
from partners.loops import Loop
from partners.reconsidering import DatesRevisiting, GoodsRevisiting
from partners.records.sellers import list_untraced
from partners.registry import Registry
from partners.rekeying import Rekeying
from partners.repeating import forget_repeats
from partners.rescoring import Rescoring
from partners.rescreening import Rescreening
from partners.revisiting import Revisiting
from partners.shadowing import Shadowing
from partners.stocking import Stock
from partners.tracing import Desk
from partners.upkeep import Expiry, FlagExpiry, LicenseExpiry, Limits, Retention
from partners.working import JobBench, JobKind

_RESCREENING_SECONDS: Final = 0.25
_REVISITING_SECONDS: Final = 1.0
_DATES_SECONDS: Final = 60.0
_TRACING_SECONDS: Final = 1.0
_UPKEEP_SECONDS: Final = 60.0
_JOBS_SECONDS: Final = 1.0
_ACCESS_SECONDS: Final = 300.0
_ANSWERS_SECONDS: Final = 300.0
_AUDIT_SECONDS: Final = 3600.0
_REKEYING_SECONDS: Final = 2.0


class Jobs:
    """Any number of processes may run it on one database: work is leased, or held while it is done."""

    def __init__(
        self,
        desk: Desk,
        registry: Registry,
        clock: Callable[[], datetime] = utc_now,
        kinds: Sequence[JobKind] = (),
        stock: Stock | None = None,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> None:
        self._desk = desk
        self._audit_kept = timedelta(days=limits.audit_days)
        self._clock = clock
        self._rescreener = Rescreening(desk, registry, clock, stock=stock)
        self._revisiting = Revisiting(desk, registry, clock)
        self._dates = DatesRevisiting(desk, registry, clock)
        self._goods = GoodsRevisiting(desk, registry, clock)
        upkeep = (
            FlagExpiry(desk),
            LicenseExpiry(desk.database),
            JudgementExpiry(desk),
            Retention(desk.database, limits.attempt_days),
            Expiry(desk.database, limits),
            Calibrating(desk.database, clock),
        )
        kinds = (*kinds, Rescoring(desk), Shadowing(desk.database))
        self._bulk = Loop("jobs", JobBench(desk.database, kinds, clock).work, _JOBS_SECONDS)
        self._rescreening = Loop("retro-screening", self._rescreener.work, _RESCREENING_SECONDS)
        self._loops = (
            self._rescreening,
            Loop("revisiting", self._revisiting.work, _REVISITING_SECONDS),
            Loop("dates-revisiting", self._dates.work, _DATES_SECONDS),
            Loop("goods-revisiting", self._goods.work, _REVISITING_SECONDS),
            Loop("tracing", self.trace_sellers, _TRACING_SECONDS),
            Loop("upkeep", JobBench(desk.database, upkeep, clock).work, _UPKEEP_SECONDS),
            self._bulk,
            Loop("access", self.forget_proofs, _ACCESS_SECONDS),
            Loop("answers", self.forget_answers, _ANSWERS_SECONDS),
            Loop("audit", self.let_audit_go, _AUDIT_SECONDS),
            Loop("rekeying", Rekeying(desk.database, desk.keyring, clock).work, _REKEYING_SECONDS),
        )

    def start(self) -> None:
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Let the present batches end, then stop; what is left of a job goes to another process at once."""
        for loop in self._loops:
            loop.stop()
        self._rescreener.stop()
        self._revisiting.stop()
        self._dates.stop()
        self._goods.stop()

    def wake(self) -> None:
        self._rescreening.wake()
        self._bulk.wake()

    def trace_sellers(self) -> bool:
        """Let sellers that only a listing has named meet earlier seizures; tells whether there were any."""
        with self._desk.database.surveying("tracing") as connection:
            if not list_untraced(connection, 1):
                return False
        return trace_waiting(self._desk, self._clock()) > 0

    def let_audit_go(self) -> bool:
        """Delete audit rows that are older than their limit; what is left of a chain still holds."""
        let_go(self._desk.database, self._desk.keyring, self._clock() - self._audit_kept)
        return False

    def forget_proofs(self) -> bool:
        """Forget spent assertions and revoked tokens that have expired; once each time is enough."""
        forget_proofs(self._desk.database, self._clock())
        return False

    def forget_answers(self) -> bool:
        """Forget the answers kept under keys whose time is over, and buckets that are full again."""
        forget_repeats(self._desk.database, self._clock())
        forget_idle(self._desk.database, self._clock())
        return False
