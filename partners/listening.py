"""Waking each other: who commits new work tells every process, so that nobody has to wait for a poll.

PostgreSQL carries the word between processes by NOTIFY. It is a hint and nothing more: whoever misses it
finds the work at the next poll.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable

import psycopg
import structlog

CHANNEL = "touchstone_work"
_PATIENCE = 60.0  # seconds between looks at a connection that says nothing
_LAST = 2.0  # seconds that a stop waits for the thread
_REST = 2.0  # seconds before a lost connection is opened again
_log = structlog.get_logger(__name__)


class Listener:
    """A connection of its own that calls `tell` at every word from another process."""

    def __init__(self, address: str, tell: Callable[[], None]) -> None:
        self._address = address
        self._tell = tell
        self._stopping = threading.Event()
        self._bell, self._ear = socket.socketpair()  # rung to stop: nobody waits for a silent connection
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._bell.close()
        self._thread.join(_LAST)

    def _run(self) -> None:
        with self._ear:
            while not self._stopping.is_set():
                try:
                    self._listen()
                except psycopg.Error as error:
                    _log.info("nothing_heard", error=type(error).__name__)
                    self._stopping.wait(_REST)

    def _listen(self) -> None:
        with (
            psycopg.connect(self._address, autocommit=True, connect_timeout=10) as connection,
            selectors.DefaultSelector() as either,
        ):
            connection.execute(f"LISTEN {CHANNEL}")
            self._tell()  # what was said while nobody listened
            for one in (connection, self._ear):
                either.register(one, selectors.EVENT_READ)
            while not self._stopping.is_set():
                either.select(_PATIENCE)
                for _ in connection.notifies(timeout=0, stop_after=1):
                    self._tell()
