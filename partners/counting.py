"""Counting: counters in rows, which concurrent transactions add to one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from partners.bulk import as_parameter, is_bulk, table_of


def count_up_all(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]], column: str
) -> dict[tuple[str, ...], int]:
    """Add to counters: rows of a primary key and of how much is added; returns what they came to, by key.

    Concurrent counters wait for each other: give the rows in an order that all callers keep.
    """
    if not rows:
        return {}
    is_many = is_bulk(connection, table, rows)
    statement = _count_up(table, column, connection.dialect.name, tuple(rows[0]) if is_many else ())
    counted = connection.execute(statement, as_parameter(rows) if is_many else rows)
    return {tuple(key): int(total) for *key, total in counted}


@lru_cache(maxsize=16)
def _count_up(table: Table, column: str, dialect: str, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a statement of either dialect
    """The statement that counts up; with names, that of rows given as one parameter."""
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    if names:
        given, values = table_of(table, names)
        statement = statement.from_select(names, select(*values).select_from(given))
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={column: table.c[column] + statement.excluded[column]},
    ).returning(*table.primary_key.columns, table.c[column])
