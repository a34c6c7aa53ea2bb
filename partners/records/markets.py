"""What marketplaces' own listings teach, as lessons in the order of their learning, and their own settings.

A lesson is a packed run of pairs (hash of a window, bits of its sellers): no word and no seller can be read
back. Lessons are united, so the order in which processes read them does not matter; small ones are folded
into one.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from matching.market import unite
from partners.db import UTC, hold, metadata, to_struct, upsert
from partners.ids import new_id

FOLDED: Final = 65_536
"""A lesson of so many windows is left as it is."""
SMALL: Final = 16
"""When a marketplace has more small lessons than this, they are folded into one."""
_PAIR: Final = struct.Struct("<QQ")

market_lessons = Table(
    "market_lessons",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("listings", Integer, nullable=False),
    Column("windows", Integer, nullable=False),
    Column("lesson", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Index("ix_market_lessons_created_at", "created_at"),
    Index("ix_market_lessons_organization", "organization_id", "windows"),
)
# One row per marketplace that differs from the defaults.
market_settings = Table(
    "market_settings",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    # A misspelling is reviewed where at most so many of 1,000 ordinary titles are reviewed in vain.
    Column("false_titles_per_1000", Float, nullable=False),
    # The share of titles that are taken to be disguised.
    Column("disguised_share", Float, nullable=False),
    Column("updated_at", UTC, nullable=False),
)


class MarketLesson(Struct, frozen=True, kw_only=True):
    """A row: what so many listings of a marketplace taught."""

    id: str
    organization_id: str
    listings: int
    windows: int
    lesson: bytes
    created_at: datetime

    def unpacked(self) -> dict[int, int]:
        """Hash of a window -> bits of its sellers."""
        return dict(_PAIR.iter_unpack(self.lesson))


class MarketSettings(Struct, frozen=True, kw_only=True):
    """What a marketplace is screened by, where it differs from the defaults."""

    organization_id: str
    false_titles_per_1000: float
    disguised_share: float
    updated_at: datetime


def add_lesson(
    connection: Connection, organization_id: str, lesson: Mapping[int, int], listings: int, now: datetime
) -> None:
    """Keep what a marketplace's listings taught, and fold its small lessons when there are many."""
    _insert(connection, organization_id, lesson, listings, now)
    hold(connection, f"market {organization_id}")
    small = select(market_lessons.c.id).where(
        market_lessons.c.organization_id == organization_id, market_lessons.c.windows < FOLDED
    )
    ids = connection.scalars(small).all()
    if len(ids) <= SMALL:
        return
    rows = _fetch(connection, ids)
    united: dict[int, int] = {}
    for row in rows:
        unite(united, row.unpacked())
    connection.execute(delete(market_lessons).where(market_lessons.c.id.in_(ids)))
    _insert(connection, organization_id, united, sum(row.listings for row in rows), now)


def _insert(
    connection: Connection, organization_id: str, lesson: Mapping[int, int], listings: int, now: datetime
) -> None:
    row = {
        "id": new_id("lsn"),
        "organization_id": organization_id,
        "listings": listings,
        "windows": len(lesson),
        "lesson": b"".join(_PAIR.pack(window, bits) for window, bits in lesson.items()),
        "created_at": now,
    }
    connection.execute(insert(market_lessons).values(row))


def list_lessons(
    connection: Connection, since: datetime | None, known: Container[str] = ()
) -> list[MarketLesson]:
    """All lessons, or those kept from a time on, without those known: they are not read again."""
    statement = select(market_lessons.c.id)
    if since:
        statement = statement.where(market_lessons.c.created_at >= since)
    return _fetch(connection, [each for each in connection.scalars(statement) if each not in known])


def _fetch(connection: Connection, ids: Sequence[str]) -> list[MarketLesson]:
    if not ids:
        return []
    asked = select(market_lessons).where(market_lessons.c.id.in_(ids)).order_by(market_lessons.c.id)
    return [to_struct(row, MarketLesson) for row in connection.execute(asked)]


def count_learned(connection: Connection) -> dict[str, int]:
    """From how many listings each marketplace's lessons are."""
    total = func.sum(market_lessons.c.listings)
    statement = select(market_lessons.c.organization_id, total).group_by(market_lessons.c.organization_id)
    return {organization_id: int(count) for organization_id, count in connection.execute(statement)}


def list_market_settings(connection: Connection) -> list[MarketSettings]:
    """The settings of all marketplaces that have their own."""
    return [to_struct(row, MarketSettings) for row in connection.execute(select(market_settings))]


def set_market(connection: Connection, settings: MarketSettings) -> None:
    """Give a marketplace its own settings."""
    fields = MarketSettings.__struct_fields__
    row: dict[str, object] = {name: getattr(settings, name) for name in fields}
    upsert(connection, market_settings, [row], ["organization_id"], fields[1:])
