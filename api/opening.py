"""Opening the database for a command, with a sentence that helps where that does not work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from partners.db import Database
from partners.readiness import check_database
from partners.records.clients import admit
from partners.settings import Settings

_BACKGROUND_CONNECTIONS = 8  # registry, keyring, sequencer, sealer, jobs and delivery use the pool, too


class NotStarted(Exception):
    """What was asked for cannot start; the message says what to do."""


LOGIN_ADVICE = (
    "log in with a role that owns nothing (TOUCHSTONE_DATABASE_URL), name the tables' owner in"
    " TOUCHSTONE_MIGRATION_DATABASE_URL, and run `touchstone migrate`"
)


def pool_size(settings: Settings) -> int:
    """How many connections one process may hold."""
    return settings.threads + _BACKGROUND_CONNECTIONS


def open_database(settings: Settings) -> Database:
    """Open the database, whatever its schema, with a pool for handler threads and background work."""
    if not settings.database_url:
        Path(settings.data_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(settings.sqlalchemy_url, admit, pool_size(settings))


@contextmanager
def migrated_database(settings: Settings) -> Iterator[Database]:
    """Open the database, and close it afterwards.

    Raises:
        NotStarted: it does not answer, or not with the schema of this release.
    """
    if is_sqlite(settings) and not sqlite_path(settings).exists():
        raise NotStarted(f"There is no database at {place_of(settings)}: run `touchstone migrate`.")
    database = open_database(settings)
    try:
        reachable, migrated = check_database(database)
        if not reachable:
            raise NotStarted("The database does not answer: check TOUCHSTONE_DATABASE_URL and `doctor`.")
        if not migrated:
            raise NotStarted("The database has not the schema of this release: run `touchstone migrate`.")
        yield database
    finally:
        database.close()


def is_sqlite(settings: Settings) -> bool:
    return make_url(settings.sqlalchemy_url).get_backend_name() == "sqlite"


def sqlite_path(settings: Settings) -> Path:
    """The SQLite file; only where `is_sqlite`."""
    return Path(make_url(settings.sqlalchemy_url).database or "")


def place_of(settings: Settings) -> str:
    """Where the data lies, without a password."""
    if is_sqlite(settings):
        return f"{sqlite_path(settings).resolve()} (SQLite)"
    return make_url(settings.sqlalchemy_url).render_as_string(hide_password=True)


def prepare_file(settings: Settings) -> None:
    """Make the SQLite file, readable by its owner only, before anything writes into it."""
    if not is_sqlite(settings):
        return
    path = sqlite_path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
