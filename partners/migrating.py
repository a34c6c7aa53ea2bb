"""Bringing a database to the newest schema, and saying whether it is there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from partners.tenancy.granting import check_version, maintain, secure, server_version

_LOCK = 0x746F756368  # one migration at a time on PostgreSQL; any constant will do


def _configure(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def create_migration_engine(url: str) -> Engine:
    """Make an engine for the tables' owner.

    SQLite rebuilds tables to change them, so foreign keys are off: on, a rebuilt parent takes its
    children's rows with it.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(url: str, service_url: str = "") -> None:
    """Upgrade the database to the newest schema, in one transaction; several at once take turns.

    On PostgreSQL by the tables' owner, who lets the login of `service_url` do what the service does.
    """
    engine = create_migration_engine(url)
    try:
        with engine.begin() as connection:
            is_postgresql = connection.dialect.name == "postgresql"
            if is_postgresql:
                check_version(server_version(connection))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                maintain(connection)
            command.upgrade(_configure(connection), "head")
            if is_postgresql:
                secure(connection, _login_of(service_url or url))
    finally:
        engine.dispose()


def _login_of(url: str) -> str:
    """Whom PostgreSQL takes us for by a URL, which need not say it."""
    if name := make_url(url).username:
        return name
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return str(connection.scalar(text("SELECT session_user")))
    finally:
        engine.dispose()


def is_migrated(connection: Connection) -> bool:
    """Tell whether the database has the newest schema."""
    head = ScriptDirectory.from_config(_configure()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def draft_revision(url: str, message: str) -> None:
    """Write a new revision file from the difference between the tables in code and a migrated database."""
    engine = create_migration_engine(url)
    try:
        with engine.begin() as connection:
            command.revision(_configure(connection), message, autogenerate=True)
    finally:
        engine.dispose()
