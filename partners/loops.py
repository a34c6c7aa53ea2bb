"""A thread that does a piece of work again and again: at a pace, or at once when it is woken."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)
_FAILED_REST = 30.0  # at most
_SHORTEST_REST, _LONGEST_REST = 0.02, 0.25
_SHARE = 0.25  # of its seconds a loop rests behind each piece of work, however often it is woken


class Loop:
    """Calls `work` every `seconds`, and at once while it answers that there is more.

    Woken, it works at once, but rests a moment behind each piece: what many callers tell it one by one is
    then one piece, not one for each. A failing piece of work is logged and tried again, at a slower and
    slower pace.
    """

    def __init__(self, name: str, work: Callable[[], bool], seconds: float) -> None:
        self._name = name
        self._work = work
        self._seconds = seconds
        self.rest = min(max(_SHORTEST_REST, _SHARE * seconds), _LONGEST_REST)
        self._failures = 0
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Say that there is work now."""
        self._woken.set()

    def stop(self) -> None:
        """Let the present piece of work end, then stop."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_stopping(self) -> bool:
        """Long work asks this between its steps."""
        return self._stopping.is_set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._try() and not self._stopping.is_set():
                self._stopping.wait(self.rest)
                self._woken.wait(min(self._seconds * 2**self._failures, _FAILED_REST))
            self._woken.clear()

    def _try(self) -> bool:
        try:
            has_more = self._work()
        except Exception:  # noqa: BLE001 - a loop outlives whatever its work meets
            self._failures = min(self._failures + 1, 10)
            _log.exception("background_work_failed", loop=self._name, failures=self._failures)
            return False
        self._failures = 0
        return has_more
