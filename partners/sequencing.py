"""Gives committed rows their places in the gap-free feeds: events, flags, the registry, the stock."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, select

from partners.db import Database
from partners.loops import Loop
from partners.records.events import events
from partners.records.feeds import place_rows
from partners.records.flags import flags
from partners.records.stock import stock
from partners.records.trademarks import trademarks

FEEDS: Final[tuple[Column[int], ...]] = (
    events.c.position,
    flags.c.position,
    flags.c.seen_position,
    trademarks.c.position,
    stock.c.position,
)
_SECONDS: Final = 0.1
_BATCH: Final = 5000
_UNPLACED: Final = select(*[select(place.table.c.id).where(place.is_(None)).exists() for place in FEEDS])
"""Asked before anything is written, so that nothing is written while nothing happens."""


class Sequencer:
    """One per process; those of several processes take turns at each feed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = Loop("sequencer", lambda: self.place() >= _BATCH, _SECONDS)
        self.start = self._loop.start
        self.stop = self._loop.stop
        self.wake = self._loop.wake

    def place(self) -> int:
        """Place what was committed up to now, at most a batch of each feed; returns how many rows."""
        with self._database.surveying("sequencing") as connection:
            has_unplaced = connection.execute(_UNPLACED).one()
        waiting = [place for place, is_waiting in zip(FEEDS, has_unplaced, strict=True) if is_waiting]
        return sum(self._place(place) for place in waiting)

    def _place(self, place: Column[int]) -> int:
        return self._database.acting(
            "sequencing", lambda connection, _: place_rows(connection, place, _BATCH)
        )
