"""Feeds: gap-free orders over rows that commit in any order.

On PostgreSQL ids and sequences commit out of order, so a reader that remembers the last one it saw
could miss a row. A row's place is therefore given after its commit, by one sequencer at a time.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Connection, String, Table, bindparam, select, update

from partners.bulk import as_parameter, is_bulk, table_of
from partners.db import metadata, upsert
from partners.indexing import keep_to_indexes

feeds = Table(
    "feeds",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("position", BigInteger, nullable=False),
)


def place_rows(connection: Connection, place: Column[int], limit: int = 5000) -> int:
    """Give the committed rows whose column `place` is empty the next places; returns how many.

    Sequencers of several processes wait for each other at the feed's own row.
    """
    table, name = place.table, feed_of(place)
    last = lock_feed(connection, name)
    waiting = select(table.c.id).where(place.is_(None)).order_by(table.c.id).limit(limit)
    ids = connection.scalars(waiting).all()
    if not ids:
        return 0
    _place(connection, place, [{"id": row, place.name: last + step} for step, row in enumerate(ids, start=1)])
    connection.execute(update(feeds).where(feeds.c.name == name).values(position=last + len(ids)))
    return len(ids)


def _place(connection: Connection, place: Column[int], rows: list[dict[str, object]]) -> None:
    table = place.table
    if is_bulk(connection, table, rows):
        keep_to_indexes(connection)
        _, (row, value) = table_of(table, ("id", place.name))
        statement = update(table).where(table.c.id == row).values({place: value})
        connection.execute(statement, as_parameter(rows))
        return
    placed = update(table).where(table.c.id == bindparam("row")).values({place: bindparam("place")})
    connection.execute(placed, [{"row": row["id"], "place": row[place.name]} for row in rows])


def feed_of(place: Column[int]) -> str:
    """The name of a feed: its table's, and the column's where that is a second one."""
    return place.table.name if place.name == "position" else f"{place.table.name} {place.name}"


def lock_feed(connection: Connection, name: str) -> int:
    """Hold the feed until the transaction ends; returns its last place."""
    upsert(connection, feeds, [{"name": name, "position": 0}], ["name"])
    statement = select(feeds.c.position).where(feeds.c.name == name).with_for_update()
    return int(connection.execute(statement).scalar_one())


def set_place(connection: Connection, name: str, position: int) -> None:
    """Note how far the readers of a feed came, as a feed of its own name."""
    upsert(connection, feeds, [{"name": name, "position": position}], ["name"], ["position"])


def last_place(connection: Connection, name: str) -> int:
    """The feed's last place, 0 when nothing was placed yet."""
    return connection.scalar(_LAST, {"feed": name}) or 0


_LAST: Final = select(feeds.c.position).where(feeds.c.name == bindparam("feed"))  # built once: many ask
