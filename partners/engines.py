"""Engines: connections prepared so that SQLite and PostgreSQL answer alike."""

from __future__ import annotations

import sqlite3

import msgspec
import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from partners.entering import enter


def create_database_engine(url: str, pool_size: int, *, read_only: bool = False) -> Engine:
    """Make an engine that answers alike on SQLite and PostgreSQL."""
    parsed = make_url(url)
    engine = create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )
    if parsed.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, read_only=read_only)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", enter)
    return engine


def _prepare_postgresql(connection: psycopg.Connection, _record: object) -> None:
    """A process that was stopped in the middle of a transaction must not hold others up for ever.

    The driver sends no BEGIN of its own: what a transaction begins with is sent with it (see `enter`).
    """
    connection.autocommit = True
    connection.execute("SET idle_in_transaction_session_timeout = '60s'")


def _prepare_sqlite(engine: Engine, *, read_only: bool) -> None:
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy sends BEGIN, the driver never does
        for pragma in (
            "busy_timeout=20000",
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",  # an acknowledged write survives a power cut
            f"query_only={'ON' if read_only else 'OFF'}",
            f"cache_size=-{2_000 if read_only else 65_536}",  # in KiB: one writer, whose indexes are wide
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
