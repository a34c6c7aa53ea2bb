"""The database: its types, and the two doors through which every transaction goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC as UTC_ZONE
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, TypeVar

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    Table,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError

from partners.bulk import as_parameter, insert_statement, is_bulk, with_defaults
from partners.columns import UTC, JSONDocument, Thousandths, metadata, utc_now
from partners.engines import create_database_engine
from partners.entering import Act, Entry, entered
from partners.listening import CHANNEL, Listener
from partners.patience import in_time
from partners.principal import WORKER, Claims, Principal
from partners.structs import learn_structs
from partners.writer import Writer

__all__ = ["UTC", "Act", "JSONDocument", "Thousandths", "metadata", "utc_now"]  # beside what is defined here
T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)
Admission = Callable[[Connection, Claims], Principal]

_WORK = "work"  # of a connection: its transaction has announced some
_COUNTED: Final = {"preserve_rowcount": True}
"""Without it SQLAlchemy does not ask psycopg how many rows an INSERT touched."""
_TIME = select(func.clock_timestamp())
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_HOLD_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")
_HOLD_ALL = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name"
)


class Database:
    """One database, entered by two doors.

    `reading` and `writing` are a partner's own: everything that reaches the wire. `acting` and
    `surveying` are the acts that join tenants; they never answer a partner themselves.
    """

    def __init__(
        self, url: str, admit: Admission, pool_size: int = 16, clock: Literal["database", "host"] = "database"
    ) -> None:
        learn_structs()  # before the threads that will read rows
        self._admit = admit
        self._url = make_url(url)
        self.dialect: str = self._url.get_backend_name()
        engine = create_database_engine(url, pool_size, read_only=self.dialect == "sqlite")
        self._engine = engine.execution_options(clock=clock)
        self._listeners: list[Callable[[], None]] = []
        self._writer: Writer | None = None
        if self.dialect == "sqlite":
            self._writer = Writer(create_database_engine(url, 1))
        self._threads = threading.local()

    @contextmanager
    def reading(self, claims: Claims) -> Iterator[tuple[Connection, Principal]]:
        """Open a read-only transaction for an admitted caller.

        Raises:
            Unauthorized: the token, its client or its organization is no longer good.
        """
        with self._read_only(Entry(claims.kind, claims.organization_id, is_read_only=True)) as connection:
            yield connection, self._admit(connection, claims)

    def writing(self, claims: Claims, work: Callable[[Connection, Principal], T]) -> T:
        """Run `work` in a transaction of the caller's own rows; it is committed when this returns."""
        entry = Entry(claims.kind, claims.organization_id)
        return self._commit(entry, lambda connection: work(connection, self._admit(connection, claims)))

    @contextmanager
    def surveying(self, act: Act, claims: Claims | None = None) -> Iterator[Connection]:
        """Open a read-only transaction of an act, across tenants; with claims in an admitted caller's name.

        Raises:
            Unauthorized: the token, its client or its organization is no longer good.
        """
        with self._read_only(Entry(act, is_read_only=True)) as connection:
            if claims:
                self._admit(connection, claims)
            yield connection

    def acting(self, act: Act, work: Callable[[Connection, Principal], T], claims: Claims | None = None) -> T:
        """Run `work` in a transaction of an act; without claims it acts for the service itself."""

        def admitted(connection: Connection) -> T:
            return work(connection, self._admit(connection, claims) if claims else WORKER)

        return self._commit(Entry(act), admitted)

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` whenever a transaction announced work: of this process, on PostgreSQL of any.

        Returns what ends it.
        """
        self._listeners.append(tell)
        listener: Listener | None = None
        if self.dialect == "postgresql":
            address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            listener = Listener(address, tell)
            listener.start()

        def end() -> None:
            if tell in self._listeners:
                self._listeners.remove(tell)
            if listener:
                listener.stop()

        return end

    def together(self, act: Act, claims: Claims, work: Callable[[Connection, Principal], T]) -> T:
        """Run `work` in one transaction, which every door opened in it, in its thread, is a part of.

        So the steps of a flow, the answer they make and what is kept of it are committed as one, or not
        at all. Other writes of an SQLite file wait meanwhile: for single requests, not for streams.
        """
        context = copy_context()  # the writer's thread knows nothing of the request

        def joined(connection: Connection) -> T:
            self._threads.joined = connection
            try:
                return work(connection, self._admit(connection, claims))
            finally:
                self._threads.joined = None

        return self._commit(Entry(act), lambda connection: context.run(joined, connection))

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._engine.dispose()

    @contextmanager
    def _read_only(self, entry: Entry) -> Iterator[Connection]:
        if joined := self._joined():
            with entered(joined, entry):
                yield joined
            return
        with self._engine.connect().execution_options(entry=entry) as connection, connection.begin():
            yield connection

    def _joined(self) -> Connection | None:
        """The transaction of `together` that this thread is in."""
        connection: Connection | None = getattr(self._threads, "joined", None)
        return connection

    def _commit(self, entry: Entry, work: Callable[[Connection], T]) -> T:
        if joined := self._joined():
            with joined.begin_nested(), entered(joined, entry):
                return work(joined)
        timed = in_time(work)

        def announced(connection: Connection) -> tuple[T, bool]:
            connection.info.pop(_WORK, None)
            result = timed(connection)
            return result, connection.info.pop(_WORK, False)

        if self._writer:
            result, has_work = self._writer.submit(announced)
        else:
            result, has_work = self._commit_postgresql(entry, announced)
        for tell in list(self._listeners) if has_work else ():
            tell()
        return result

    def _commit_postgresql(self, entry: Entry, work: Callable[[Connection], T], tries: int = 4) -> T:
        while True:
            tries -= 1
            try:
                with self._engine.connect().execution_options(entry=entry) as connection, connection.begin():
                    return work(connection)
            except (OperationalError, IntegrityError) as error:
                # 40P01 deadlock and 40001 serialization failure ask for the whole transaction again; so does
                # 23505, a key that another transaction took first: looked at again, it is there
                if getattr(error.orig, "sqlstate", None) not in {"40P01", "40001", "23505"} or not tries:
                    raise


def announce_work(connection: Connection) -> None:
    """Have whoever listens told once this transaction is committed."""
    if connection.dialect.name == "postgresql" and not connection.info.get(_WORK):
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
    connection.info[_WORK] = True


def time_of(connection: Connection, host_now: datetime) -> datetime:
    """The time by which work is due: the database's own, so that hosts need not agree.

    SQLite has none but its host's.
    """
    options = connection.get_execution_options()
    if connection.dialect.name != "postgresql" or options.get("clock") == "host":
        return host_now
    now: datetime = connection.execute(_TIME).scalar_one()
    return now.astimezone(UTC_ZONE)


def to_struct(row: Row[Any], kind: type[S]) -> S:
    """Turn a row into a struct whose fields are among the row's columns.

    Raises:
        msgspec.ValidationError: the row does not fit the struct, which is a fault of the code.
    """
    return msgspec.convert({str(name): value for name, value in row._asdict().items()}, kind)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, object]],
    key: Sequence[str],
    replace: Sequence[str] = (),
) -> int:
    """Insert rows; where `key` is taken, set the `replace` columns, or leave the row as it is.

    Returns the number of rows inserted or changed.
    """
    if not rows:
        return 0
    if is_bulk(connection, table, rows):
        distinct = {tuple(row[name] for name in key): row for row in rows} if replace else {}
        filled = with_defaults(table, list(distinct.values()) or rows)
        bulk = insert_statement(table, tuple(filled[0]), tuple(key), tuple(replace))
        counted = connection.execute(bulk, as_parameter(filled), execution_options=_COUNTED)
        return counted.rowcount
    statement = _upserting(connection.dialect.name, table, tuple(key), tuple(replace))
    counted = connection.execute(statement, rows, execution_options=_COUNTED)
    return counted.rowcount


@lru_cache(maxsize=128)
def _upserting(
    dialect: str, table: Table, key: tuple[str, ...], replace: tuple[str, ...]
) -> postgresql.Insert | sqlite.Insert:
    """Insert a row; where `key` is taken, set the `replace` columns, or nothing. Made once: many ask."""
    statement: postgresql.Insert | sqlite.Insert = (
        postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    )
    if not replace:
        return statement.on_conflict_do_nothing(index_elements=list(key))
    taken = {column: statement.excluded[column] for column in replace}
    return statement.on_conflict_do_update(index_elements=list(key), set_=taken)


def hold(connection: Connection, name: str, *, shared: bool = False) -> None:
    """Hold a named lock until the transaction ends; shared holders wait for exclusive ones only.

    SQLite has one writer at a time, which holds everything anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD_SHARED if shared else _HOLD, {"name": name})


def hold_all(connection: Connection, names: Collection[str]) -> None:
    """Hold named locks until the transaction ends, in the order of their names: none waits in a ring."""
    if connection.dialect.name == "postgresql" and names:
        connection.execute(_HOLD_ALL, {"names": sorted(names)})


def try_hold(connection: Connection, name: str, *, shared: bool = False) -> bool:
    """Hold a named lock until the transaction ends, unless another transaction holds it; tells which."""
    if connection.dialect.name != "postgresql":
        return True
    lock = func.pg_try_advisory_xact_lock_shared if shared else func.pg_try_advisory_xact_lock
    return bool(connection.scalar(select(lock(func.hashtextextended(name, 0)))))
