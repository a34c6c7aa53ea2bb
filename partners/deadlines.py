"""Deadlines: a request is answered in time or not at all, and what was refused as late is never committed.

The front door gives each request a `Deadline` and refuses it with 503 when it expires; the doors of the
database ask it before they commit. Whichever comes first rules out the other: after a 503 nothing is
committed, and once a commit has begun its answer is waited for.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from partners.errors import NotReady

_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """The deadline of one request; any thread may ask it."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._has_expired = False
        self._has_committed = False

    @property
    def remaining(self) -> float:
        """Seconds that are left: 0 when it has expired, no end when a commit has begun."""
        if self._has_committed:
            return math.inf
        return 0.0 if self._has_expired else max(0.0, self._at - time.monotonic())

    def expire(self) -> bool:
        """Say that the time is up; tells whether it may be refused, which it may not after a commit began."""
        with self._lock:
            self._has_expired = not self._has_committed
            return self._has_expired

    def begin_commit(self) -> None:
        """Say that a commit begins.

        Raises:
            NotReady: the time is up.
        """
        with self._lock:
            self.check()
            self._has_committed = True

    def check(self) -> None:
        """Go on only while there is time.

        Raises:
            NotReady: the time is up.
        """
        if self.remaining == 0.0:
            raise NotReady("it took too long; nothing was changed")


def current_deadline() -> Deadline | None:
    """The deadline of the request that this code runs for, if it runs for one."""
    return _CURRENT.get()


@contextmanager
def under_deadline(deadline: Deadline | None) -> Iterator[None]:
    """Run a request's code, threads that it starts too; None: bookkeeping that no deadline concerns."""
    token = _CURRENT.set(deadline)
    try:
        yield
    finally:
        _CURRENT.reset(token)
