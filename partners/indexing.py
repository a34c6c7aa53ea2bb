"""Indexing: statements of the outbox read by index, whatever the planner believes of its tables.

PostgreSQL knows an outbox as the last ANALYZE saw it, often empty, and keeps the plan of a prepared statement
until the next. A backlog told in a moment would then be read whole at every claim, to send nothing of it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, select

_BY_INDEX: Final = select(func.set_config("enable_seqscan", "off", True))  # noqa: FBT003 - until the transaction ends
_IN_ORDER: Final = _BY_INDEX.add_columns(func.set_config("enable_sort", "off", True))  # noqa: FBT003 - the same


def keep_to_indexes(connection: Connection, *, in_order: bool = False) -> None:
    """Until the transaction ends, read by index; `in_order`: by the one that needs no sorting, if any."""
    if connection.dialect.name == "postgresql":
        connection.execute(_IN_ORDER if in_order else _BY_INDEX)
