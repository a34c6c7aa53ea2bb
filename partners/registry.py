"""The registry index as this process sees it: loaded at start, and following every change since."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec import Struct

from matching.index import Index, build_index
from matching.lexicon import Lexicon
from partners.db import Database, utc_now
from partners.errors import NotReady
from partners.loops import Loop
from partners.records.feeds import last_place
from partners.records.marks import list_changes, load_marks
from partners.records.trademarks import trademarks
from partners.reference.frequencies import lexicon

_SECONDS: Final = 0.15
_BATCH: Final = 20_000


class Snapshot(Struct, frozen=True):
    """An index, and the place in the registry's order up to which it knows all changes."""

    index: Index
    version: int


class Registry:
    """Holds the present index; a new one replaces it at once, and readers of the old are not disturbed."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        words: Callable[[], Lexicon] = lexicon,
    ) -> None:
        self._database = database
        self._clock = clock
        self._words = words
        self._snapshot: Snapshot | None = None
        self._followed_at: datetime | None = None
        self._working = threading.Lock()
        self._changed = threading.Condition()
        self._loop = Loop("registry", self.refresh, _SECONDS)
        self.start = self._loop.start
        self.stop = self._loop.stop
        self.wake = self._loop.wake

    @property
    def ready(self) -> bool:
        return self._snapshot is not None

    @property
    def version(self) -> int:
        """The last place applied, 0 while nothing is loaded."""
        return self._snapshot.version if self._snapshot else 0

    @property
    def index(self) -> Index:
        """The present index; see `snapshot`."""
        return self.snapshot.index

    @property
    def snapshot(self) -> Snapshot:
        """The present index with its version.

        Raises:
            NotReady: the registry is being loaded.
        """
        if self._snapshot is None:
            raise NotReady("the registry index is being loaded")
        return self._snapshot

    @property
    def age(self) -> float | None:
        """Seconds since the index was last known to be complete; None before the first time."""
        return (self._clock() - self._followed_at).total_seconds() if self._followed_at else None

    def refresh(self) -> bool:
        """Load the index, or apply the next changes; tells whether there may be more of them."""
        with self._working:
            started_at = self._clock()
            before = self._snapshot
            after, has_more = self._follow(before) if before else (self._load(), False)
            if after is not before:
                with self._changed:
                    self._snapshot = after
                    self._changed.notify_all()
            if not has_more:
                self._followed_at = started_at
            return has_more

    def wait_until(self, version: int, timeout: float) -> bool:
        """Wait for the index to know all changes up to a place; tells whether it does."""
        deadline = time.monotonic() + timeout
        self.wake()
        with self._changed:
            return self._changed.wait_for(lambda: self.version >= version, deadline - time.monotonic())

    def _load(self) -> Snapshot:
        with self._database.surveying("registry") as connection:
            version = last_place(connection, trademarks.name)
            marks = list(load_marks(connection))
        return Snapshot(build_index(marks, self._words()), version)

    def _follow(self, before: Snapshot) -> tuple[Snapshot, bool]:
        with self._database.surveying("registry") as connection:
            last = last_place(connection, trademarks.name)
            changes = list_changes(connection, before.version, _BATCH) if last > before.version else []
        if last <= before.version:
            return before, False
        has_more = len(changes) == _BATCH
        added = [change.mark for change in changes if change.mark]
        removed = [change.id for change in changes if change.mark is None]
        index = before.index.changed(added, removed) if changes else before.index
        return Snapshot(index, changes[-1].position if has_more else last), has_more
