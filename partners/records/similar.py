"""Similar goods: what was seized, by kind and country of origin, as listings are compared with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, tuple_

from matching.tariff import COMMODITY_OF_PREFIX, goods_of
from partners.records.seizures import seizure_items, seizures

# Goods that were sold online travel so; a container of the same goods says little of a listing.
PARCEL_CHANNELS = ("mail", "express")


def kinds_of(connection: Connection, seizure_id: str) -> set[tuple[str, str]]:
    """The commodities of a seizure, each with the country of origin where that is told."""
    items = seizure_items.c
    statement = select(items.commodity, items.hs_code, items.origin).where(
        items.seizure_id == seizure_id, items.origin.is_not(None)
    )
    return {(goods_of(row.commodity, row.hs_code), row.origin) for row in connection.execute(statement)}


def _similar(since: date) -> ColumnElement[bool]:
    """Since a day, and traveled as parcels do."""
    channel = seizure_items.c.channel
    return and_(
        seizure_items.c.seized_on >= since,
        or_(channel.is_(None), channel.in_(PARCEL_CHANNELS)),
        seizures.c.deleted_at.is_(None),
    )


_GOODS: Final = case(
    (seizure_items.c.commodity != "other", seizure_items.c.commodity),
    *[
        (seizure_items.c.hs_code.startswith(prefix), commodity)
        for prefix, commodity in sorted(COMMODITY_OF_PREFIX.items(), key=lambda each: -len(each[0]))
    ],
    else_=seizure_items.c.commodity,
)
"""What an item is, as `matching.tariff.goods_of` tells."""


def count_similar(
    connection: Connection, kinds: Collection[tuple[str, str]], since: date
) -> dict[tuple[str, str], int]:
    """Seizures since a day, by commodity and country of origin, that traveled as parcels do."""
    if not kinds:
        return {}
    items = seizure_items.c
    asked = set(kinds) | {("other", origin) for _, origin in kinds}
    told = (
        select(_GOODS.label("goods"), items.origin, items.seizure_id)
        .join(seizures, seizures.c.id == items.seizure_id)
        .where(tuple_(items.commodity, items.origin).in_(sorted(asked)), _similar(since))
        .subquery()
        .c
    )
    counted = func.count(told.seizure_id.distinct()).label("similar")
    statement = select(told.goods, told.origin, counted).group_by(told.goods, told.origin)
    found = {(row.goods, row.origin): row.similar for row in connection.execute(statement)}
    return {kind: found[kind] for kind in kinds if kind in found}


def find_seized(
    connection: Connection, kinds: Collection[tuple[str, str]], since: date
) -> set[tuple[str, str]]:
    """Of commodities with their countries of origin those that `count_similar` counts at all."""
    items = seizure_items.c
    any_of = select(items.seizure_id).join(seizures, seizures.c.id == items.seizure_id).where(_similar(since))
    return {
        (commodity, origin)
        for commodity, origin in kinds
        if connection.execute(
            any_of.where(
                items.commodity.in_((commodity, "other")), items.origin == origin, _GOODS.in_((commodity,))
            ).limit(1)
        ).first()
    }
