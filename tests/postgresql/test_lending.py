"""Databases lent to one test after the other."""

from __future__ import annotations

import psycopg
import pytest


@pytest.fixture
def connect():
    return lambda url: psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def number(connection):
    return connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()


def add_bucket(connection):
    connection.execute("INSERT INTO feeds (name, position) VALUES ('x', 1)")


def test_the_next_borrower_gets_the_same_database_empty_and_by_another_name(lender, connect):
    with lender.lend() as first, connect(first) as connection:
        add_bucket(connection)
        before = number(connection)
    with lender.lend() as second, connect(second) as connection:
        assert number(connection) == before
        assert second != first
        assert connection.execute("SELECT count(*) FROM feeds").fetchone() == (0,)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (id integer)",
        "GRANT SELECT ON feeds TO PUBLIC",
        "DROP POLICY maintenance ON feeds",
        "ALTER TABLE feeds DISABLE ROW LEVEL SECURITY",
        "ANALYZE feeds",
    ],
)
def test_a_database_with_another_schema_is_not_lent_again(lender, connect, change):
    with lender.lend() as url, connect(url) as connection:
        add_bucket(connection)
        before = number(connection)
        connection.execute(change)
    with lender.lend() as url, connect(url) as connection:
        assert number(connection) != before


def test_a_connection_left_open_is_ended_and_cannot_come_back(lender, connect):
    with lender.lend() as url:
        left = connect(url)
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    with lender.lend(), pytest.raises(psycopg.OperationalError):
        connect(url)
