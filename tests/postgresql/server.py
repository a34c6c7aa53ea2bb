"""A PostgreSQL server as the tests see it: addresses of its databases, and databases made and dropped."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

DRIVER = "postgresql+psycopg"
LOGIN = "touchstone_tests"  # as the service logs in: it owns nothing, and may take the roles it was granted
PASSWORD = "open-sesame"
_END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


class PostgreSQLServer:
    """A running server, named by the SQLAlchemy URL of one of its databases; usable from any process."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address).set(drivername=DRIVER)

    def url(self, database: str) -> str:
        """SQLAlchemy URL of one database of this server, password included."""
        return self._at(database).render_as_string(hide_password=False)

    def login_url(self, database: str) -> str:
        """The same for the role that the service logs in with."""
        at = self._at(database).set(username=LOGIN, password=PASSWORD)
        return at.render_as_string(hide_password=False)

    def create_login(self) -> None:
        """Make the role that the service logs in with; several runs may share a server."""
        with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            self._administer(
                sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(sql.Identifier(LOGIN), PASSWORD)
            )

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database, empty or as a copy of a template nobody is connected to."""
        # File copies are made without the write-ahead log: the quicker way for templates of this size.
        source = sql.Identifier(template or "template1")
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(name), source)
        )

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, ending the connections it still has."""
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename_database(self, name: str, new: str) -> None:
        """Give a database nobody is connected to another name."""
        self._administer(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
        )

    def disconnect(self, name: str) -> None:
        """End the connections that a database has, and wait until they are gone.

        Raises:
            TimeoutError: one of them stays.
        """
        deadline = time.monotonic() + 30
        with self._connect() as connection:
            while connection.execute(_END_ALL, [name]).fetchall():
                if time.monotonic() > deadline:
                    raise TimeoutError(f"a connection to {name} does not end")
                time.sleep(0.003)

    @contextlib.contextmanager
    def temporary_database(self, template: str | None = None) -> Iterator[str]:
        """URL of a database with an unused name, dropped at the end."""
        name = f"touchstone_{secrets.token_hex(6)}"
        self.create_database(name, template)
        try:
            yield self.url(name)
        finally:
            self.drop_database(name)

    def check(self) -> None:
        """Connect once; raises psycopg.OperationalError when the server does not answer."""
        self._connect().close()

    def _at(self, database: str) -> URL:
        return self._address.set(database=database)

    def _connect(self) -> psycopg.Connection:
        plain = self._address.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True, connect_timeout=10)

    def _administer(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)
