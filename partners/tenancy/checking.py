"""Checking: whether a PostgreSQL database gives each role what `tenancy.rights` says, and nothing else.

It asks the catalog only, so that any role may do it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, text

from partners.entering import role_name
from partners.tenancy.reach import VERBS, Reach
from partners.tenancy.rights import MAINTENANCE_POLICY, RIGHTS, ROLES, WITHOUT_ROWS, Role

_MEMBERSHIPS = text(
    "SELECT role.rolname AS role, bool_or(member.oid IS NOT NULL) AS is_granted"
    " FROM pg_roles role LEFT JOIN pg_auth_members given ON given.roleid = role.oid"
    " LEFT JOIN pg_roles member ON member.oid = given.member AND member.rolname = :login"
    " WHERE role.rolname = ANY (:roles) GROUP BY role.rolname"
)
_TABLES = text(
    "SELECT relname AS table, relrowsecurity AND relforcerowsecurity AS is_secured,"
    " has_any_column_privilege(:login, oid, 'SELECT, INSERT, UPDATE')"
    " AND NOT pg_has_role(:login, relowner, 'USAGE') AS is_open"
    " FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (:tables)"
)
# The last column is empty where somebody changed a policy behind our back.
_POLICIES = text(
    "SELECT class.relname AS table, polname AS name, polcmd = '*' AND polpermissive AS is_plain,"
    " ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY (polroles)) AS roles,"
    " CASE WHEN split_part(obj_description(policy.oid, 'pg_policy'), ' ', 2)"
    "   = md5(concat(pg_get_expr(polqual, polrelid), '|', pg_get_expr(polwithcheck, polrelid)))"
    " THEN split_part(obj_description(policy.oid, 'pg_policy'), ' ', 1) END AS source"
    " FROM pg_policy policy JOIN pg_class class ON class.oid = polrelid"
    " WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (:tables)"
)
_GRANTS = text(
    "SELECT relname AS table, grantee::regrole::text AS role, privilege_type AS verb, NULL AS column"
    " FROM pg_class, aclexplode(relacl)"
    " WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (:tables)"
    " AND grantee::regrole::text = ANY (:roles)"
    " UNION ALL SELECT relname, grantee::regrole::text, privilege_type, attname"
    " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)"
    " WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (:tables)"
    " AND grantee::regrole::text = ANY (:roles)"
)


class Drift(Struct, frozen=True, order=True):
    """Where a database is not as the rights say; without a table it is a role."""

    table: str
    what: str


def find_drift(connection: Connection, login: str) -> list[Drift]:
    """What is not as it should be for the service that logs in as `login`."""
    roles = {role_name(login, role): role for role in ROLES}
    asked: dict[str, Any] = {"login": login, "roles": list(roles), "tables": list(RIGHTS)}
    granted = {row.role for row in connection.execute(_MEMBERSHIPS, asked) if row.is_granted}
    found = [Drift("", f"{role} is not granted to {login}") for role in roles.keys() - granted]
    if len(granted) < len(roles):
        return sorted(found)
    found += _find_open_tables(connection, asked)
    found += _find_policies(connection, asked, roles)
    found += _find_grants(connection, asked, roles)
    return sorted(found)


def _find_open_tables(connection: Connection, asked: Mapping[str, Any]) -> Iterator[Drift]:
    known = set()
    for row in connection.execute(_TABLES, asked):
        known.add(row.table)
        if not row.is_secured and row.table not in WITHOUT_ROWS:
            yield Drift(row.table, "is not under row-level security for everybody")
        if row.is_open:
            yield Drift(row.table, f"is open to {asked['login']} without a role")
    yield from (Drift(table, "is not there") for table in RIGHTS.keys() - known)


def _find_policies(
    connection: Connection, asked: Mapping[str, Any], roles: Mapping[str, Role]
) -> Iterator[Drift]:
    wanted = {
        (table, role, describe_policy(reach))
        for table, reaches in RIGHTS.items()
        if table not in WITHOUT_ROWS
        for role, reach in reaches.items()
    }
    there = set()
    for row in connection.execute(_POLICIES, asked):
        if row.name == MAINTENANCE_POLICY:
            continue
        role = roles.get(row.roles[0]) if len(row.roles) == 1 and row.is_plain else None
        there.add((row.table, role if role == row.name else row.name, row.source))
    for table, name in sorted({(table, name) for table, name, _ in wanted ^ there}):
        yield Drift(table, f"has another policy for {name}")


def _find_grants(
    connection: Connection, asked: Mapping[str, Any], roles: Mapping[str, Role]
) -> Iterator[Drift]:
    wanted = {
        (table, role, VERBS[verb], column)
        for table, reaches in RIGHTS.items()
        for role, reach in reaches.items()
        for verb in reach.verbs
        for column in reach.columns_of(verb) or [None]
    }
    rows = connection.execute(_GRANTS, asked)
    there = {(row.table, roles[row.role.strip('"')], row.verb, row.column) for row in rows}
    for table, role, verb, column in sorted(wanted ^ there, key=str):
        yield Drift(table, f"gives {role} another right to {verb}" + (f" {column}" if column else ""))


def describe_policy(reach: Reach) -> str:
    """A mark of a policy's condition, kept beside it: PostgreSQL writes conditions in its own words."""
    return hashlib.sha256(f"{reach.rows}|{reach.kept}".encode()).hexdigest()[:32]
