"""Similar goods: what was seized, by kind and country of origin, as listings are compared with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import Connection, Date, and_, bindparam, func, or_, select

from partners.among import among
from partners.records.seizures import seizure_items, seizures

# Goods that were sold online travel so; a container of the same goods says little of a listing.
PARCEL_CHANNELS = ("mail", "express")


def kinds_of(connection: Connection, seizure_id: str) -> set[tuple[str, str]]:
    """The goods of a seizure, each with the country of origin where that is told."""
    items = seizure_items.c
    statement = select(items.goods, items.origin).where(
        items.seizure_id == seizure_id, items.origin.is_not(None)
    )
    return {(row.goods, row.origin) for row in connection.execute(statement)}


def count_similar(
    connection: Connection, kinds: Collection[tuple[str, str]], since: date
) -> dict[tuple[str, str], int]:
    """Seizures since a day, by goods and country of origin, that traveled as parcels do."""
    if not kinds:
        return {}
    asked = {
        "goods": sorted({goods for goods, _ in kinds}),
        "origins": sorted({origin for _, origin in kinds}),
        "kinds": sorted(f"{goods} {origin}" for goods, origin in kinds),
        "since": since,
    }
    return {(row.goods, row.origin): row.similar for row in connection.execute(_COUNTS, asked)}


def find_seized(
    connection: Connection, kinds: Collection[tuple[str, str]], since: date
) -> set[tuple[str, str]]:
    """Of goods with their countries of origin those that `count_similar` counts at all."""
    return {
        (goods, origin)
        for goods, origin in kinds
        if connection.execute(_ANY, {"goods": goods, "origin": origin, "since": since}).first()
    }


_ITEMS: Final = seizure_items.c
_SIMILAR: Final = and_(
    _ITEMS.seized_on >= bindparam("since", type_=Date),
    or_(_ITEMS.channel.is_(None), *(_ITEMS.channel == channel for channel in PARCEL_CHANNELS)),
    seizures.c.deleted_at.is_(None),
)
# Built once: every screening asks. An index serves lists of goods and of origins, but none of pairs.
_COUNTS: Final = (
    select(_ITEMS.goods, _ITEMS.origin, func.count(_ITEMS.seizure_id.distinct()).label("similar"))
    .join(seizures, seizures.c.id == _ITEMS.seizure_id)
    .where(among(_ITEMS.goods, "goods"), among(_ITEMS.origin, "origins"))
    .where(among(_ITEMS.goods + " " + _ITEMS.origin, "kinds"), _SIMILAR)
    .group_by(_ITEMS.goods, _ITEMS.origin)
)
_ANY: Final = (
    select(_ITEMS.seizure_id)
    .join(seizures, seizures.c.id == _ITEMS.seizure_id)
    .where(_ITEMS.goods == bindparam("goods"), _ITEMS.origin == bindparam("origin"), _SIMILAR)
    .limit(1)
)
