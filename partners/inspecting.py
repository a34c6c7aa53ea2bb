"""What an operator should know of the database that the service itself need not ask."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import text

from partners.db import Database


class Login(Struct, frozen=True, kw_only=True):
    """The role that the service logs in with on PostgreSQL, and how many connections the server takes."""

    owned_tables: int
    is_superuser: bool
    connection_limit: int


def inspect_login(database: Database) -> Login | None:
    """Ask PostgreSQL about the login role; None on SQLite, which has none."""
    if database.dialect != "postgresql":
        return None
    with database.surveying("keys") as connection:
        owned = connection.scalar(
            text(
                "SELECT count(*) FROM pg_tables"
                " WHERE tableowner = session_user AND schemaname = ANY (current_schemas(false))"
            )
        )
        superuser = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = session_user"))
        limit = connection.scalar(
            text(
                "SELECT current_setting('max_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
        )
    return Login(owned_tables=int(owned or 0), is_superuser=bool(superuser), connection_limit=int(limit or 0))
