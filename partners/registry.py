"""The registry index as this process sees it: loaded at start, and following every change since.

Changes lie over what was loaded. When they have grown many, all is filed anew in a thread of its own, from
values that never change, while changes are followed as before; the new index takes the old one's place at
once, with what came meanwhile over it. A crash on the way loses nothing: the file that was kept before still
stands, and the next start follows on from it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from matching.index import Index, build_index, from_image, to_image
from matching.lexicon import Lexicon, told_apart
from matching.market import NO_MARKET, Habits, Market
from matching.model import Mark
from partners.caps import MARKET_STALE, REGISTRY_STALE, Caps
from partners.db import Database, utc_now
from partners.errors import NotReady
from partners.lines import KnownLines
from partners.loops import Loop
from partners.markets import EVERYONE, Markets
from partners.records.feeds import last_place
from partners.records.marks import list_changes, list_unplaced, load_marks
from partners.records.trademarks import trademarks
from partners.reference.frequencies import lexicon
from partners.snapshots import SNAPSHOT, open_snapshot, write_snapshot

_SECONDS: Final = 0.15
_RENEWED_EVERY: Final = 5.0
_BATCH: Final = 2_000
"""So many changes are followed at a time: what is behind them waits no longer than their filing takes."""
_MOST_UNPLACED: Final = 20_000
STALE_SECONDS: Final = 10.0
"""An index that has not been known to be complete for so long is named in the answers it gives."""
MARKET_STALE_SECONDS: Final = 60.0
"""The same of what listings taught; the loop that reads it rests up to half as long after failures."""
_log = structlog.get_logger(__name__)


class Snapshot(Struct, frozen=True):
    """An index, the place in the registry's order up to which it knows all changes, and the markets known.

    `stale` names what has not been brought up to date for long, `caps` counts what screenings leave out.
    """

    index: Index
    version: int
    markets: Mapping[str, Market] = {}
    stale: tuple[str, ...] = ()
    caps: Caps = field(default_factory=Caps)

    def market(self, organization_id: str) -> Market:
        """What a marketplace's own listings taught; of a new one only the service's settings are known."""
        return self.markets.get(organization_id) or self.markets.get(EVERYONE, NO_MARKET)


class Registry:
    """Holds the present index; a new one replaces it at once, and readers of the old are not disturbed.

    In `folder` a snapshot is kept for the next start, and for the other processes of this machine, which map
    the same file; without it the index is read from the database at every start.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        words: Callable[[], Lexicon] = lexicon,
        folder: Path | None = None,
        habits: Habits = Habits(),  # noqa: B008 - it never changes
    ) -> None:
        self._database = database
        self.markets = Markets(database, clock, habits)
        self.lines = KnownLines()
        self.caps = Caps()
        self._path = folder / SNAPSHOT if folder else None
        self._kept: object = None
        self._clock = clock
        self._words = words
        self._snapshot: Snapshot | None = None
        self._followed_at: datetime | None = None
        self._working = threading.Lock()
        self._renewing = threading.Lock()
        self._changed = threading.Condition()
        self._loop = Loop("registry", self.refresh, _SECONDS)
        self._renewal = Loop("registry_renewal", self.renew, _RENEWED_EVERY)
        self._is_started = False
        self.wake = self._loop.wake

    def start(self) -> None:
        """Follow the registry in a thread, and renew the index in another one."""
        self._is_started = True
        self._loop.start()
        self._renewal.start()

    def stop(self) -> None:
        """End both threads, after the piece of work that each is at."""
        self._loop.stop()
        self._renewal.stop()
        self._is_started = False

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
        return replace(self._snapshot, markets=self.markets.known, stale=self.stale, caps=self.caps)

    @property
    def stale(self) -> tuple[str, ...]:
        """The sources that screening goes on with though they are not up to date, by their names."""
        age = self.age
        names = [REGISTRY_STALE] if age is not None and age > STALE_SECONDS else []
        return (*names, *([MARKET_STALE] if self.markets.age > MARKET_STALE_SECONDS else ()))

    @property
    def age(self) -> float | None:
        """Seconds since the index was last known to be complete; None before the first time."""
        return (self._clock() - self._followed_at).total_seconds() if self._followed_at else None

    def refresh(self) -> bool:
        """Follow the registry, and where no threads were started renew the index too, when that is due."""
        has_more = self.follow()
        if self._is_started:
            self._renewal.wake()
        else:
            self.renew()
        return has_more

    def follow(self) -> bool:
        """Load the index, or apply the next changes; tells whether there may be more of them."""
        with self._working:
            started_at = self._clock()
            before = self._snapshot
            after, has_more = self._follow(before) if before else (self._load(), False)
            if after is not before:
                self._replace(after)
            if not has_more:
                self._followed_at = started_at
            return has_more

    def renew(self) -> bool:
        """File all marks anew where changes have grown many, and keep a file of what was filed anew; others
        follow changes and search meanwhile.
        """
        with self._renewing:
            before = self.begin_renewal()
            if before is not None:
                self.end_renewal(before, self._renewed(before))
        return False

    def begin_renewal(self) -> Snapshot | None:
        """The snapshot that is to be filed anew or kept; None if neither is due."""
        with self._working:
            present = self._snapshot
            if present is None or not (present.index.is_outgrown or self._is_to_be_kept(present.index)):
                return None
            held = Snapshot(present.index.holding(), present.version)
            self._replace(held)
            return held

    def end_renewal(self, before: Snapshot, renewed: Snapshot) -> None:
        """Let a snapshot, filed anew, take its place, with all that changed since over it."""
        with self._working:
            present = self._snapshot or before
            self._replace(Snapshot(present.index.renewed(before.index, renewed.index), present.version))

    def _replace(self, snapshot: Snapshot) -> None:
        with self._changed:
            self._snapshot = snapshot
            self._changed.notify_all()

    def wait_until(self, version: int, timeout: float) -> bool:
        """Wait for the index to know all changes up to a place; tells whether it does."""
        deadline = time.monotonic() + timeout
        self.wake()
        with self._changed:
            return self._changed.wait_for(lambda: self.version >= version, deadline - time.monotonic())

    def _load(self) -> Snapshot:
        """The snapshot that is kept, if it is this registry's; else all marks, read anew.

        Marks that have no place yet are known besides, and are in no snapshot: its version would not tell.
        """
        with self._database.surveying("registry") as connection:
            version = last_place(connection, trademarks.name)
            opened = self._open(_name_of(connection, self._words()))
            unplaced = list_unplaced(connection, _MOST_UNPLACED)
            if opened and opened.version <= version and len(unplaced) < _MOST_UNPLACED:
                index = _with(opened.index, unplaced)
                self._kept = index.layers[0].segment
                return replace(opened, index=index)
            index = build_index(load_marks(connection), self._words(), secrets.randbits(60))
        self._kept = index.layers[0].segment if unplaced else None
        return Snapshot(index, version)

    def _open(self, name: str) -> Snapshot | None:
        opened = open_snapshot(self._path, name) if self._path else None
        return Snapshot(from_image(opened[0], self._words()), opened[1]) if opened else None

    def _is_to_be_kept(self, index: Index) -> bool:
        """Whether marks were filed anew, and no file holds them."""
        return self._path is not None and len(index) > 0 and index.layers[0].segment is not self._kept

    def _renewed(self, before: Snapshot) -> Snapshot:
        """The same marks in one segment, kept in a file where there is a place for one, and read from it."""
        is_one = len(before.index.layers) == 1 and not before.index.is_outgrown
        index = before.index if is_one else before.index.rebuilt()
        renewed = Snapshot(index, before.version)
        return self._keep(self._path, renewed) if self._path and self._is_to_be_kept(index) else renewed

    def _keep(self, path: Path, snapshot: Snapshot) -> Snapshot:
        """Write a snapshot unless a newer one lies there; go on with the file instead of the memory."""
        self._kept = snapshot.index.layers[0].segment
        with self._database.surveying("registry") as connection:
            name = _name_of(connection, self._words())
        there = self._open(name)
        try:
            if there is None or there.version < snapshot.version:
                write_snapshot(path, name, snapshot.version, to_image(snapshot.index))
                there = self._open(name)
        except OSError as error:
            _log.warning("snapshot_not_kept", error=type(error).__name__)
        if there is None or there.version != snapshot.version:
            return snapshot
        self._kept = there.index.layers[0].segment
        return there

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


def _with(index: Index, changes: Sequence[tuple[str, Mark | None]]) -> Index:
    added = [mark for _, mark in changes if mark]
    return index.changed(added, [key for key, mark in changes if mark is None]) if changes else index


def _name_of(connection: Connection, words: Lexicon) -> str:
    """What tells this registry from others: its first registration, and the words it is read with."""
    first = connection.scalar(select(func.min(trademarks.c.id)))
    return f"{first} {told_apart(words)}"
