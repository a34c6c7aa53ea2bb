"""Waking each other: who commits new work tells every process, so that nobody has to wait for a poll.

PostgreSQL carries the word between processes by NOTIFY. It is a hint and nothing more: whoever misses it
finds the work at the next poll.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import structlog

CHANNEL = "touchstone_work"
_PATIENCE = 1.0  # seconds until a stop is seen
_REST = 2.0  # seconds before a lost connection is opened again
_log = structlog.get_logger(__name__)


class Listener:
    """A connection of its own that calls `tell` at every word from another process."""

    def __init__(self, address: str, tell: Callable[[], None]) -> None:
        self._address = address
        self._tell = tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(_PATIENCE + 1)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                _log.info("nothing_heard", error=type(error).__name__)
                self._stopping.wait(_REST)

    def _listen(self) -> None:
        with psycopg.connect(self._address, autocommit=True, connect_timeout=10) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._tell()  # what was said while nobody listened
            while not self._stopping.is_set():
                for _ in connection.notifies(timeout=_PATIENCE, stop_after=1):
                    self._tell()
