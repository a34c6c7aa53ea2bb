"""The one writer of an SQLite file: many callers' writes share a commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
_Item = tuple[Callable[[Connection], Any], Future[Any]]
_GROUP_SECONDS = 0.2
_GROUP_SIZE = 256


class Writer:
    """Runs queued functions in a thread of its own, each in a savepoint, and commits them as a group.

    An error rolls back its own savepoint only, and nobody is answered before the commit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._closed = False
        self._opening = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> T:
        """Run `work` and wait for its commit.

        Raises:
            RuntimeError: called from within another write, which would wait for itself; or after `close`.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write cannot wait for another write")
        future: Future[T] = Future()
        with self._opening:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._queue.put((work, future))
        return future.result()

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._opening:
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            if not self._commit_group(first):
                return

    def _commit_group(self, first: _Item) -> bool:
        """Commit the item and those that wait behind it; tells whether there may be more.

        An item is taken before anything can fail, so that each is answered, whatever fails.
        """
        taken = [first]
        outcomes: list[tuple[Any, BaseException | None]] = []
        is_open = True
        try:
            with self._engine.begin() as connection:
                started = time.monotonic()
                while len(taken) > len(outcomes):
                    outcomes.append(_attempt(connection, taken[-1][0]))
                    if len(taken) < _GROUP_SIZE and time.monotonic() - started < _GROUP_SECONDS:
                        is_open = self._take_next(taken)
        except BaseException as error:  # noqa: BLE001 - a failed commit is every caller's failure
            outcomes = [(None, error)] * len(taken)
        for (_, future), (result, failure) in zip(taken, outcomes, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
        return is_open

    def _take_next(self, taken: list[_Item]) -> bool:
        """Take what waits next, if anything does; False when it is the order to stop."""
        try:
            following = self._queue.get_nowait()
        except Empty:
            return True
        if following is None:
            return False
        taken.append(following)
        return True


def _attempt(connection: Connection, work: Callable[[Connection], Any]) -> tuple[Any, BaseException | None]:
    savepoint = connection.begin_nested()
    try:
        result = work(connection)
    except BaseException as error:  # noqa: BLE001 - the caller gets it, the group goes on
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return result, None
