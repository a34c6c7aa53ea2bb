"""Readiness: whether the database answers, and with the schema that this release needs."""

from __future__ import annotations

from sqlalchemy.exc import DataError, ProgrammingError, SQLAlchemyError

from partners.db import Database
from partners.migrating import is_migrated


def check_database(database: Database) -> tuple[bool, bool]:
    """Tell whether the database is reachable, and whether it is migrated."""
    try:
        with database.surveying("registry") as connection:
            return True, is_migrated(connection)
    except (DataError, ProgrammingError):
        return True, False  # it answers, but knows no such role: that comes with the schema
    except SQLAlchemyError:
        return False, False
