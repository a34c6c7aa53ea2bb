"""Marks: registrations as the engine reads them, in bulk and as they change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Text, cast, select

from matching.model import GenuineProduct, Mark
from partners.records.trademarks import trademarks

_LISTS: Final = ("territories", "nice_classes", "spellings", "products", "genuine")
# The lists come as JSON text and are decoded here: most are empty or alike, and half a million rows are many.
_COLUMNS: Final = (
    trademarks.c.id,
    trademarks.c.mark,
    trademarks.c.organization_id,
    trademarks.c.office,
    trademarks.c.registration_number,
    trademarks.c.status,
    trademarks.c.filed_on,
    trademarks.c.registered_on,
    trademarks.c.expires_on,
    *(cast(trademarks.c[name], Text).label(name) for name in _LISTS),
    trademarks.c.deleted_at,
    trademarks.c.position,
)
_words: Final = msgspec.json.Decoder(tuple[str, ...])
_numbers: Final = msgspec.json.Decoder(frozenset[int])
_goods: Final = msgspec.json.Decoder(tuple[GenuineProduct, ...])


class Change(Struct, frozen=True):
    """A mark as it is since a place in the registry's order; None when it is gone."""

    id: str
    position: int
    mark: Mark | None


def load_marks(connection: Connection, organization_id: str | None = None) -> Iterator[Mark]:
    """Every mark of the registry, those without a place too: it is harmless to hear of them again. Or those
    of one rights holder.
    """
    statement = select(*_COLUMNS).where(trademarks.c.deleted_at.is_(None))
    if organization_id is not None:
        statement = statement.where(trademarks.c.organization_id == organization_id)
    rows = connection.execution_options(yield_per=10_000).execute(statement)
    return (_to_mark(row) for row in rows)


def list_changes(connection: Connection, after: int, limit: int, upto: int | None = None) -> list[Change]:
    """What changed in the registry behind a place, and up to another, in order."""
    statement = select(*_COLUMNS).where(trademarks.c.position > after)
    if upto is not None:
        statement = statement.where(trademarks.c.position <= upto)
    rows = connection.execute(statement.order_by(trademarks.c.position).limit(limit))
    return [Change(row.id, row.position, _to_mark(row) if row.deleted_at is None else None) for row in rows]


def list_unplaced(connection: Connection, limit: int) -> list[tuple[str, Mark | None]]:
    """What changed and has no place in the registry's order yet: ids with marks, None where one is gone."""
    statement = select(*_COLUMNS).where(trademarks.c.position.is_(None)).limit(limit)
    rows = connection.execute(statement)
    return [(row.id, _to_mark(row) if row.deleted_at is None else None) for row in rows]


def names_of(connection: Connection, trademark_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The rights holders' own references of registrations, and the marks: id -> reference, mark."""
    statement = select(trademarks.c.id, trademarks.c.reference, trademarks.c.mark)
    rows = connection.execute(statement.where(trademarks.c.id.in_(trademark_ids)))
    return {row.id: (row.reference, row.mark) for row in rows}


def _to_mark(row: Row[Any]) -> Mark:
    return Mark(
        id=row.id,
        text=row.mark,
        rights_holder=row.organization_id,
        office=row.office,
        registration_number=row.registration_number,
        status=row.status,
        filed_on=row.filed_on,
        registered_on=row.registered_on,
        expires_on=row.expires_on,
        territories=_territories(row.territories),
        nice_classes=_classes(row.nice_classes),
        spellings=() if row.spellings == "[]" else _words.decode(row.spellings),
        products=() if row.products == "[]" else _words.decode(row.products),
        genuine=() if row.genuine == "[]" else _goods.decode(row.genuine),
    )


@lru_cache(maxsize=4096)
def _territories(listed: str) -> frozenset[str]:
    return frozenset(_words.decode(listed))


@lru_cache(maxsize=4096)
def _classes(listed: str) -> frozenset[int]:
    return _numbers.decode(listed)
