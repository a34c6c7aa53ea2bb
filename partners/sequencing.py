"""Gives committed rows their places in the gap-free feeds: events, flags and the registry."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, select

from partners.db import Database
from partners.loops import Loop
from partners.records.events import events
from partners.records.feeds import place_rows
from partners.records.flags import flags
from partners.records.trademarks import trademarks

FEEDS: Final[tuple[Table, ...]] = (events, flags, trademarks)
_SECONDS: Final = 0.1
_BATCH: Final = 5000


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
            waiting = [table for table in FEEDS if _has_unplaced(connection, table)]
        return sum(self._place(table) for table in waiting)

    def _place(self, table: Table) -> int:
        return self._database.acting(
            "sequencing", lambda connection, _: place_rows(connection, table, _BATCH)
        )


def _has_unplaced(connection: Connection, table: Table) -> bool:
    """Ask before writing, so that nothing is written while nothing happens."""
    statement = select(table.c.id).where(table.c.position.is_(None)).limit(1)
    return connection.execute(statement).first() is not None
