"""Granting: roles, rights and row-level security of a PostgreSQL database, made from `tenancy.rights`.

Every table is under row-level security, for its owner too (FORCE): a role without a policy sees no row. The
owner sees rows only where it says that it maintains them, as `touchstone migrate` does.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from partners.entering import role_name
from partners.tenancy.checking import describe_policy, find_drift
from partners.tenancy.reach import VERBS, Reach
from partners.tenancy.rights import MAINTENANCE_POLICY, RIGHTS, ROLES, WITHOUT_ROWS

MAINTENANCE = "touchstone.maintenance"
OLDEST = (16,)  # since then a role is granted WITH INHERIT FALSE, SET TRUE
_MAINTAINER = f"(select current_setting('{MAINTENANCE}', true)) = 'on'"
_TRIES = 10  # roles are the whole server's: another database may make them at the same time
_EXPRESSIONS = text(
    "SELECT md5(concat(pg_get_expr(polqual, polrelid), '|', pg_get_expr(polwithcheck, polrelid)))"
    " FROM pg_policy WHERE polrelid = CAST(:table AS regclass) AND polname = :name"
)
_POLICIES = text("SELECT polname FROM pg_policy WHERE polrelid = CAST(:table AS regclass)")


def server_version(connection: Connection) -> tuple[int, ...]:
    """The version of PostgreSQL, as (18, 6)."""
    number = int(connection.scalar(text("SELECT current_setting('server_version_num')::int")) or 0)
    return number // 10_000, number % 10_000


class TooOld(Exception):
    """This PostgreSQL cannot grant a role that is taken, and not inherited."""


def check_version(version: tuple[int, ...]) -> None:
    """See that a server can grant what we need.

    Raises:
        TooOld: it is of before `OLDEST`.
    """
    if version < OLDEST:
        raise TooOld(f"PostgreSQL {OLDEST[0]} or later is needed, and this is {'.'.join(map(str, version))}")


def maintain(connection: Connection) -> None:
    """Let the owner see the rows of its tables until the transaction ends."""
    connection.exec_driver_sql(f"SET LOCAL {MAINTENANCE} = 'on'")


def secure(connection: Connection, login: str) -> None:
    """Let `login` take the roles that the rights name, and give each what it may do and nothing else.

    By the tables' owner, who may also make roles; what is as it should be is left alone.
    """
    drift = find_drift(connection, login)
    if any(not each.table for each in drift):
        _make_roles(connection, login)
        drift = find_drift(connection, login)
    for table in sorted({each.table for each in drift}):
        _clear(connection, table, login)
        for statement in _statements(table, login):
            connection.exec_driver_sql(statement)
        _sign_policies(connection, table)


def _make_roles(connection: Connection, login: str) -> None:
    names = [role_name(login, role) for role in ROLES]
    for tries in range(1, _TRIES + 1):
        known = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
        try:
            with connection.begin_nested():
                for name in names:
                    if name not in known:
                        connection.exec_driver_sql(f"CREATE ROLE {_quote(name)} NOLOGIN")
                _grant_roles(connection, login, names)
        except DBAPIError:
            if tries == _TRIES:
                raise
        else:
            return


def _grant_roles(connection: Connection, login: str, names: list[str]) -> None:
    """The login may take the roles, and has nothing of them before it does."""
    roles = ", ".join(map(_quote, names))
    connection.exec_driver_sql(f"GRANT {roles} TO {_quote(login)} WITH INHERIT FALSE, SET TRUE")
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {_quote(login)}, {roles}")


def _clear(connection: Connection, table: str, login: str) -> None:
    """Take back what there is: every policy, and every right of the roles, of the login and of everybody."""
    for policy in connection.scalars(_POLICIES, {"table": _quote(table)}).all():
        connection.exec_driver_sql(f"DROP POLICY {_quote(policy)} ON {_quote(table)}")
    losers = [_quote(role_name(login, role)) for role in ROLES]
    if login != connection.scalar(text("SELECT current_user")):
        losers.append(_quote(login))
    connection.exec_driver_sql(f"REVOKE ALL ON {_quote(table)} FROM PUBLIC, {', '.join(losers)}")


def _statements(table: str, login: str) -> Iterator[str]:
    """What gives a table its rights."""
    name = _quote(table)
    if table not in WITHOUT_ROWS:
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY {MAINTENANCE_POLICY} ON {name} TO CURRENT_USER USING ({_MAINTAINER})"
    for role, reach in RIGHTS[table].items():
        taker = _quote(role_name(login, role))
        if table not in WITHOUT_ROWS:
            yield f"CREATE POLICY {_quote(role)} ON {name} TO {taker} USING ({reach.rows}){_kept(reach)}"
        for verb in reach.verbs:
            columns = ", ".join(map(_quote, reach.columns_of(verb)))
            yield f"GRANT {VERBS[verb]}{f' ({columns})' if columns else ''} ON {name} TO {taker}"


def _kept(reach: Reach) -> str:
    return f" WITH CHECK ({reach.kept})" if reach.kept else ""


def _sign_policies(connection: Connection, table: str) -> None:
    """Keep beside each policy what it was made from and what became of it, so that a change is noticed."""
    for role, reach in RIGHTS[table].items() if table not in WITHOUT_ROWS else ():
        became = connection.scalar(_EXPRESSIONS, {"table": _quote(table), "name": role})
        sign = f"{describe_policy(reach)} {became}"
        connection.exec_driver_sql(f"COMMENT ON POLICY {_quote(role)} ON {_quote(table)} IS '{sign}'")


def _quote(name: str) -> str:
    escaped = name.replace('"', '""').replace("%", "%%")
    return f'"{escaped}"'
