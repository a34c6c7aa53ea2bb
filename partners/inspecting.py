"""What an operator should know of the database that the service itself need not ask."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import text

from partners.db import Database
from partners.tenancy.checking import Drift, find_drift


class Login(Struct, frozen=True, kw_only=True):
    """The role that the service logs in with on PostgreSQL, and how many connections the server takes.

    `drift` says where the database's rights are not those of this release.
    """

    name: str
    owned_tables: int
    is_mighty: bool
    connection_limit: int
    drift: tuple[Drift, ...]

    @property
    def complaint(self) -> str | None:
        """Why the service may not run so: row-level security would not hold it, or not as it should."""
        if self.is_mighty:
            return f"{self.name} is a superuser, or goes past row-level security"
        if self.owned_tables:
            return f"{self.name} owns {self.owned_tables} tables"
        if self.drift:
            first = self.drift[0]
            where = f"table {first.table} " if first.table else ""
            return f"{len(self.drift)} rights are not as they should be, the first: {where}{first.what}"
        return None


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
        name, is_mighty = connection.execute(
            text("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        ).one()
        limit = connection.scalar(
            text(
                "SELECT current_setting('max_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
        )
        drift = tuple(find_drift(connection, name))
    return Login(
        name=name,
        owned_tables=int(owned or 0),
        is_mighty=is_mighty,
        connection_limit=int(limit or 0),
        drift=drift,
    )
