"""Similar goods: what was seized, by kind and country of origin, as listings are compared with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

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


def _similar(since: date) -> ColumnElement[bool]:
    """Since a day, and traveled as parcels do."""
    channel = seizure_items.c.channel
    return and_(
        seizure_items.c.seized_on >= since,
        or_(channel.is_(None), channel.in_(PARCEL_CHANNELS)),
        seizures.c.deleted_at.is_(None),
    )


def count_similar(
    connection: Connection, kinds: Collection[tuple[str, str]], since: date
) -> dict[tuple[str, str], int]:
    """Seizures since a day, by goods and country of origin, that traveled as parcels do."""
    if not kinds:
        return {}
    items = seizure_items.c
    counted = func.count(items.seizure_id.distinct()).label("similar")
    statement = (
        select(items.goods, items.origin, counted)
        .join(seizures, seizures.c.id == items.seizure_id)
        .where(tuple_(items.goods, items.origin).in_(sorted(kinds)), _similar(since))
        .group_by(items.goods, items.origin)
    )
    return {(row.goods, row.origin): row.similar for row in connection.execute(statement)}


def find_seized(
    connection: Connection, kinds: Collection[tuple[str, str]], since: date
) -> set[tuple[str, str]]:
    """Of goods with their countries of origin those that `count_similar` counts at all."""
    items = seizure_items.c
    any_of = select(items.seizure_id).join(seizures, seizures.c.id == items.seizure_id).where(_similar(since))
    return {
        (goods, origin)
        for goods, origin in kinds
        if connection.execute(any_of.where(items.goods == goods, items.origin == origin).limit(1)).first()
    }
