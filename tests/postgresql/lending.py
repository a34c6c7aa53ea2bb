"""A migrated database lent to one test after the other: emptied in between, at a hundredth of the price.

What a test did to the schema, to rights or to statistics shows in the system catalogs: then the database is
dropped, and the next test gets a new one. Each loan has a name of its own, so that nothing which a test left
running finds its way into the next one's rows.
"""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from tests.postgresql.server import PostgreSQLServer

if TYPE_CHECKING:
    from collections.abc import Iterator

GROWTH = 6_000_000  # bytes of dead rows that the next test shall not have to read past
_CATALOGS = (
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_index",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_rewrite",
    "pg_statistic",
    "pg_trigger",
)
# Each change of a catalog's row is written by a later transaction, each removal lowers the count.
_SCHEMA = sql.SQL("SELECT ARRAY[{}]").format(
    sql.SQL(", ").join(
        sql.SQL("(SELECT concat(count(*), ':', max(xmin::text::bigint)) FROM {})").format(
            sql.Identifier(name)
        )
        for name in _CATALOGS
    )
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SIZE = "SELECT pg_database_size(current_database())"


class Lender:
    """Lends databases made from one template; `close` drops what it has."""

    def __init__(self, server: PostgreSQLServer, template: str) -> None:
        self._server, self._template = server, template
        self._free: list[str] = []
        with self._connect(template) as connection:
            self._tables = [name for (name,) in connection.execute(_TABLES)]
            self._size: int = connection.execute(_SIZE).fetchone()[0]

    @contextlib.contextmanager
    def lend(self) -> Iterator[str]:
        """URL of a database without a row, under a name that was never used."""
        name = self._fresh_name()
        if self._free:
            self._server.rename_database(self._free.pop(), name)
        else:
            self._server.create_database(name, self._template)
        schema = self._schema(name)
        try:
            yield self._server.url(name)
        finally:
            self._server.disconnect(name)
            if self._is_reusable(name, schema):
                self._free.append(name)
            else:
                self._server.drop_database(name)

    def close(self) -> None:
        while self._free:
            self._server.drop_database(self._free.pop())

    def _is_reusable(self, name: str, schema: list[str]) -> bool:
        """Whether it is as it was, once its rows are deleted."""
        try:
            with self._connect(name) as connection:
                connection.execute("SET session_replication_role = replica")  # no trigger, no cascade
                for table in self._tables:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                has_grown = connection.execute(_SIZE).fetchone()[0] - self._size > GROWTH
        except psycopg.Error:
            return False
        return not has_grown and self._schema(name) == schema

    def _schema(self, name: str) -> list[str]:
        with self._connect(name) as connection:
            return connection.execute(_SCHEMA).fetchone()[0]

    def _connect(self, name: str) -> psycopg.Connection:
        url = self._server.url(name).replace("postgresql+psycopg", "postgresql")
        return psycopg.connect(url, autocommit=True, connect_timeout=10)

    def _fresh_name(self) -> str:
        return f"touchstone_{secrets.token_hex(6)}"
