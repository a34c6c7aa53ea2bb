"""Entering: the role that a transaction takes on PostgreSQL, and whose rows are its own.

The login role may do nothing by itself. Each transaction begins by taking the role of its door, a partner's
kind or an act, and by naming the organization it is for; both end with the transaction (SET LOCAL), so that
nothing of one request is left on a pooled connection for the next. What a role may do is in
`partners.tenancy`; whoever forgets to enter is denied everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal, get_args

import psycopg
from msgspec import Struct
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection

from partners.patience import patience
from partners.principal import Kind

Act = Literal[
    "access",
    "casework",
    "delivery",
    "flagging",
    "import",
    "jobs",
    "keys",
    "limiting",
    "registry",
    "repeating",
    "retro_screening",
    "screening",
    "sealing",
    "sequencing",
    "tracing",
]
ACTS: Final[tuple[Act, ...]] = get_args(Act)
ORGANIZATION: Final = "touchstone.organization"  # the setting that the policies read
_ENTRY: Final = "entry"  # of a connection: as whom it is in its transaction
_BEGIN: Final = "BEGIN;"
_READ_ONLY: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"


class Entry(Struct, frozen=True):
    """As whom a transaction is entered: a kind with its organization, or an act."""

    role: Kind | Act
    organization_id: str = ""
    is_read_only: bool = False


def role_name(login: str, role: Kind | Act) -> str:
    """Roles belong to the whole server, so each is named for the login that may take it."""
    return f"{login}_{role}"


def enter(connection: Connection) -> None:
    """Begin a transaction as the connection's options say; one that says nothing stays the login role.

    All of it goes to the database at once.
    """
    entry: Entry | None = connection.get_execution_options().get(_ENTRY)
    connection.info[_ENTRY] = entry
    begin = _READ_ONLY if entry is not None and entry.is_read_only else _BEGIN
    connection.exec_driver_sql(begin + patience() + (_take(connection, entry) if entry is not None else ""))


@contextmanager
def entered(connection: Connection, entry: Entry) -> Iterator[None]:
    """Be somebody else for a part of a transaction."""
    before: Entry | None = connection.info.get(_ENTRY)
    if connection.dialect.name != "postgresql" or before is None or before == entry:
        yield
        return
    connection.info[_ENTRY] = entry
    connection.exec_driver_sql(_take(connection, entry))
    try:
        yield
    finally:
        connection.info[_ENTRY] = before
        # a failed transaction takes no more statements; rolled back to its savepoint it is as before
        if _driver(connection).info.transaction_status != TransactionStatus.INERROR:
            connection.exec_driver_sql(_take(connection, before))


def _take(connection: Connection, entry: Entry) -> str:
    role = role_name(_driver(connection).info.user, entry.role)
    statement = f"SET LOCAL ROLE {_quote(role, chr(34))};"
    statement += f"SET LOCAL {ORGANIZATION} = {_quote(entry.organization_id, chr(39))}"
    return statement.replace("%", "%%")  # the driver looks for placeholders


def _quote(text: str, sign: str) -> str:
    return sign + text.replace(sign, sign * 2) + sign


def _driver(connection: Connection) -> psycopg.Connection[object]:
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the only driver we have for PostgreSQL
    return driver
