"""Bulk: many rows in one statement that is always the same, whatever their number.

On PostgreSQL a list of rows would be a statement for each, or one with hundreds of parameters that is parsed
and planned anew for every length. Here all rows are one JSON parameter, which the database reads as a table:
the statement is prepared once. SQLite, which runs in our own process, is given the values by place: to bind
each by name costs more than the insert.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC as UTC_ZONE
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

from partners.columns import UTC

_ROWS: Final = "rows"
Row = Mapping[str, object]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, all of the same columns."""
    if not rows:
        return
    filled = with_defaults(table, rows)
    names = tuple(filled[0])
    if is_bulk(connection, table, rows):
        connection.execute(insert_statement(table, names), as_parameter(filled))
    elif connection.dialect.name == "sqlite" and _is_plain(table):
        statement, kept = _by_place(table, names)
        connection.exec_driver_sql(statement, [kept(row) for row in filled])
    else:
        connection.execute(_inserting(table), rows)


_inserting: Final = lru_cache(maxsize=128)(insert)
"""The statement that inserts rows of a table one by one, made once for each table."""


def overwrite_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Overwrite rows that are there, known by their `id` and held; what they do not tell stays.

    On PostgreSQL as an upsert, which finds each by its key whatever the planner believes of the table.
    """
    if not rows:
        return
    names = tuple(rows[0])
    if is_bulk(connection, table, rows):
        upsert = insert_statement(table, names, ("id",), tuple(name for name in names if name != "id"))
        connection.execute(upsert, as_parameter(rows))
        return
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    statement = update(table).where(table.c.id == bindparam("row")).values(**values)
    connection.execute(statement, [{**row, "row": row["id"]} for row in rows])


def is_bulk(connection: Connection, table: Table, rows: Sequence[Row]) -> bool:
    """Whether rows are many, and of types that are the same in JSON."""
    return connection.dialect.name == "postgresql" and len(rows) > 1 and _is_plain(table)


def as_parameter(rows: Sequence[Row]) -> dict[str, str]:
    """Rows as the parameter of a statement of `table_of`.

    Raises:
        ValueError: a time has no zone.
    """
    for row in rows:
        for value in row.values():
            if isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError("a time without zone cannot be kept")
    return {_ROWS: msgspec.json.encode(rows).decode()}


def table_of(table: Table, names: Sequence[str]) -> tuple[TableValuedAlias, list[ColumnElement[Any]]]:
    """The rows given as a parameter as a table, and its columns as values of the real one's."""
    read = [column(name, _type_in_json(table.c[name].type)) for name in names]
    given = func.json_to_recordset(cast(bindparam(_ROWS, type_=Text()), JSON)).table_valued(
        *read, name="given"
    )
    given = given.render_derived(name="given", with_types=True)
    return given, [_value(given.c[name], table.c[name].type) for name in names]


@lru_cache(maxsize=128)
def insert_statement(
    table: Table, names: tuple[str, ...], key: tuple[str, ...] = (), replace: tuple[str, ...] = ()
) -> postgresql.Insert:
    """Insert the rows given as a parameter; where `key` is taken, set the `replace` columns, or nothing."""
    given, values = table_of(table, names)
    statement = postgresql.insert(table).from_select(names, select(*values).select_from(given))
    if replace:
        taken = {name: statement.excluded[name] for name in replace}
        return statement.on_conflict_do_update(index_elements=list(key), set_=taken)
    return statement.on_conflict_do_nothing(index_elements=list(key)) if key else statement


@lru_cache(maxsize=64)
def _by_place(table: Table, names: tuple[str, ...]) -> tuple[str, Callable[[Row], tuple[object, ...]]]:
    """The statement for SQLite that inserts a row, and what makes the values of a row, by place."""
    statement = str(insert(table).compile(dialect=sqlite.dialect(), column_keys=list(names)))
    makers = [(each.name, _maker(each.type)) for each in table.c if each.name in names]

    def kept(row: Row) -> tuple[object, ...]:
        return tuple([make(row[name]) if make else row[name] for name, make in makers])

    return statement, kept


def _maker(kind: TypeEngine[Any]) -> Callable[[Any], object] | None:
    """What makes of a value what SQLite keeps of it, if that is another."""
    if isinstance(kind, JSON):
        return lambda value: msgspec.json.encode(value).decode()
    return _kept_time if isinstance(kind, UTC) else None


def _kept_time(moment: datetime | None) -> str | None:
    """As SQLAlchemy keeps it: without the zone, and always to the microsecond."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a time without zone cannot be kept")
    return moment.astimezone(UTC_ZONE).isoformat(" ", "microseconds")[:26]


def with_defaults(table: Table, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with what their columns hold by default."""
    defaults = _defaults_of(table)
    missing = {name: value for name, value in defaults.items() if name not in rows[0]}
    return [{**row, **missing} for row in rows] if missing else rows


@lru_cache(maxsize=64)
def _defaults_of(table: Table) -> dict[str, object]:
    return {
        each.name: each.default.arg
        for each in table.c
        if isinstance(each.default, ScalarElementColumnDefault)
    }


_PLAIN: Final = (String, Integer, Float, Boolean, LargeBinary, JSON, UTC)


@lru_cache(maxsize=64)
def _is_plain(table: Table) -> bool:
    return all(isinstance(each.type, _PLAIN) for each in table.c)


def _type_in_json(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type that a column has in the parameter: text of any length, which the real column bounds."""
    if isinstance(kind, LargeBinary | String):
        return Text()
    if isinstance(kind, JSON):
        return postgresql.JSONB()
    return kind


def _value(given: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return func.decode(given, "base64") if isinstance(kind, LargeBinary) else given
