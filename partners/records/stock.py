"""Stock: every stored listing in the order of its last change, for those who follow what is stored.

A row per listing, without a place until its change is committed and placed (see feeds). A listing that
changes again loses its place and gets a later one, so that a follower reads each listing as it last was.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    or_,
    select,
)
from sqlalchemy import text as sql

from partners.db import metadata, upsert
from partners.records.listings import listings

stock = Table(
    "stock",
    metadata,
    Column("id", String(40), ForeignKey("listings.id"), primary_key=True),
    Column("position", BigInteger),
    Index("ix_stock_position", "position"),
    Index(
        "ix_stock_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
)


class Stocked(Struct, frozen=True, kw_only=True):
    """A listing at its place; `document` is None when it is deleted."""

    id: str
    position: int
    document: dict[str, object] | None


def note_changed(connection: Connection, listing_ids: Collection[str]) -> None:
    """Let followers hear of listings whose text was written or taken away, in the same transaction."""
    rows: list[dict[str, object]] = [{"id": each, "position": None} for each in listing_ids]
    upsert(connection, stock, rows, ["id"], ["position"])


def list_stocked(connection: Connection, after: int, limit: int) -> list[Stocked]:
    """The listings behind a place, in order."""
    statement = (
        select(stock.c.id, stock.c.position, listings.c.document, listings.c.deleted_at)
        .join(listings, listings.c.id == stock.c.id)
        .where(stock.c.position > after)
        .order_by(stock.c.position)
        .limit(limit)
    )
    return [
        Stocked(id=row.id, position=row.position, document=None if row.deleted_at else row.document)
        for row in connection.execute(statement)
    ]


def list_unread(connection: Connection, after: int, limit: int) -> list[str]:
    """Ids of listings behind a place, or without one yet, for whoever has read up to that place."""
    behind = or_(stock.c.position > after, stock.c.position.is_(None))
    return list(connection.scalars(select(stock.c.id).where(behind).limit(limit)))
