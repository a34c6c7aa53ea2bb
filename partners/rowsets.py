"""Rowsets: many rows are handed to the driver as they are.

To bind every value of every row costs the hot statements more than the database's own work. PostgreSQL is
given one parameter, which it takes apart itself; SQLite, which runs in our own process, the values by place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC as UTC_ZONE
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import JSON, Connection, Insert, Table, Text, bindparam, cast, column, func, insert, select
from sqlalchemy.dialects import sqlite

from partners.columns import UTC

Row = Mapping[str, Any]


def rowset_insert(table: Table) -> Callable[[Connection, Sequence[Row]], None]:
    """What inserts rows into a table; each names all columns: text, numbers and times, nothing else."""
    names = [one.name for one in table.columns]
    times = [one.name for one in table.columns if isinstance(one.type, UTC)]
    by_place = str(insert(table).compile(dialect=sqlite.dialect()))
    as_one = _insert_document(table)

    def insert_rows(connection: Connection, rows: Sequence[Row]) -> None:
        if connection.dialect.name == "sqlite":
            kept = [{**row, **{name: _keep_time(row[name]) for name in times}} for row in rows]
            connection.exec_driver_sql(by_place, [tuple([row[name] for name in names]) for row in kept])
        else:
            connection.execute(as_one, {"rows": msgspec.json.encode(rows).decode()})

    return insert_rows


def _insert_document(table: Table) -> Insert:
    named = [column(one.name, one.type) for one in table.columns]
    document = cast(bindparam("rows", type_=Text()), JSON)
    rows = func.json_to_recordset(document).table_valued(*named).render_derived(with_types=True)
    return insert(table).from_select(
        [one.name for one in named], select(*[rows.c[one.name] for one in named])
    )


def _keep_time(moment: datetime | None) -> str | None:
    """As SQLAlchemy keeps it: without the zone, and always to the microsecond."""
    return moment.astimezone(UTC_ZONE).isoformat(" ", "microseconds")[:26] if moment else None
