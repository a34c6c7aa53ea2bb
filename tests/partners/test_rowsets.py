"""Rows handed over together are kept like rows given one by one, on both databases."""

from datetime import UTC as UTC_ZONE
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, insert, select

from partners.columns import UTC
from partners.rowsets import rowset_insert

metadata = MetaData()
notes = Table(
    "notes",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("told_at", UTC),
    Column("count", Integer),
    Column("seconds", Float),
    Column("words", Text),
)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC_ZONE)
ROWS = [
    {"id": "whole", "told_at": NOON, "count": 0, "seconds": 2.0, "words": ""},
    {
        "id": "part",
        "told_at": NOON + timedelta(microseconds=7),
        "count": -1,
        "seconds": 0.1,
        "words": "a\nb\"c'",
    },
    {
        "id": "zone",
        "told_at": NOON.astimezone(timezone(timedelta(hours=9))),
        "count": 2**31 - 1,
        "seconds": 1e-9,
        "words": "ß \u2028 \U0001f600 \\u0041 {}",
    },
    {"id": "none", "told_at": None, "count": None, "seconds": None, "words": None},
]


@pytest.fixture
def connection(backstage):
    with backstage.connect() as connection, connection.begin() as transaction:
        metadata.create_all(connection)
        yield connection
        transaction.rollback()


def kept(connection):
    return [tuple(row) for row in connection.execute(select(notes).order_by(notes.c.id))]


def test_rows_come_back_as_they_were_given(connection):
    rowset_insert(notes)(connection, ROWS)
    assert {row[0]: row[1:] for row in kept(connection)} == {
        row["id"]: tuple(row[name] for name in ("told_at", "count", "seconds", "words")) for row in ROWS
    }


def test_they_are_found_and_sorted_with_rows_given_one_by_one(connection):
    rowset_insert(notes)(connection, ROWS)
    for row in ROWS:
        connection.execute(insert(notes).values({**row, "id": f"one-{row['id']}"}))
    for row in ROWS[:3]:
        same = select(notes.c.id).where(notes.c.told_at == row["told_at"]).order_by(notes.c.id)
        found = {key.removeprefix("one-") for key in connection.scalars(same)}
        assert found == {one["id"] for one in ROWS[:3] if one["told_at"] == row["told_at"]}
        assert len(connection.scalars(same).all()) == 2 * len(found)


def test_the_order_of_a_rows_values_does_not_matter(connection):
    rowset_insert(notes)(connection, [dict(reversed(ROWS[1].items())), ROWS[3]])
    assert [row[0] for row in kept(connection)] == ["none", "part"]
    assert kept(connection)[1] == tuple(ROWS[1].values())
