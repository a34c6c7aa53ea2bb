"""The background work of a process: each kind of pending work has a loop of its own over rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from partners.access import forget_proofs
from partners.db import utc_now
from partners.enrolling import trace_waiting
from partners.flagging import expire_flags
from partners.limiting import forget_idle
from partners.loops import Loop
from partners.records.flags import find_expired
from partners.records.sellers import list_untraced
from partners.registry import Registry
from partners.rekeying import Rekeying
from partners.repeating import forget_repeats
from partners.rescreening import Rescreening
from partners.tracing import Desk

_RESCREENING_SECONDS: Final = 0.25
_TRACING_SECONDS: Final = 1.0
_FLAGS_SECONDS: Final = 60.0
_ACCESS_SECONDS: Final = 300.0
_ANSWERS_SECONDS: Final = 300.0
_REKEYING_SECONDS: Final = 2.0


class Jobs:
    """Any number of processes may run it on one database: work is leased, or held while it is done."""

    def __init__(self, desk: Desk, registry: Registry, clock: Callable[[], datetime] = utc_now) -> None:
        self._desk = desk
        self._clock = clock
        rescreening = Rescreening(desk, registry, clock)
        self._rescreening = Loop("retro-screening", rescreening.work, _RESCREENING_SECONDS)
        self._loops = (
            self._rescreening,
            Loop("tracing", self.trace_sellers, _TRACING_SECONDS),
            Loop("flags", self.expire_flags, _FLAGS_SECONDS),
            Loop("access", self.forget_proofs, _ACCESS_SECONDS),
            Loop("answers", self.forget_answers, _ANSWERS_SECONDS),
            Loop("rekeying", Rekeying(desk.database, desk.keyring, clock).work, _REKEYING_SECONDS),
        )

    def start(self) -> None:
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Let the present batches end, then stop."""
        for loop in self._loops:
            loop.stop()

    def wake(self) -> None:
        self._rescreening.wake()

    def trace_sellers(self) -> bool:
        """Let sellers that only a listing has named meet earlier seizures; tells whether there were any."""
        with self._desk.database.surveying("tracing") as connection:
            if not list_untraced(connection, 1):
                return False
        return trace_waiting(self._desk, self._clock()) > 0

    def expire_flags(self) -> bool:
        """Reassess flags that have outlived their evidence; tells whether there were any."""
        now = self._clock()
        with self._desk.database.surveying("flagging") as connection:
            if not find_expired(connection, now, 1):
                return False
        reassessed = self._desk.database.acting(
            "flagging", lambda connection, _: expire_flags(connection, now, self._desk.flag_days)
        )
        return reassessed > 0

    def forget_proofs(self) -> bool:
        """Forget spent assertions and revoked tokens that have expired; once each time is enough."""
        forget_proofs(self._desk.database, self._clock())
        return False

    def forget_answers(self) -> bool:
        """Forget the answers kept under keys whose time is over, and buckets that are full again."""
        forget_repeats(self._desk.database, self._clock())
        forget_idle(self._desk.database, self._clock())
        return False
