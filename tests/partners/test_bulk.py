"""Many rows in one statement are what they would be one by one, on both databases."""

from datetime import UTC as UTC_ZONE
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
)

from partners.bulk import insert_rows, overwrite_rows
from partners.columns import UTC, JSONDocument
from partners.db import count_up_all, upsert

odd = Table(
    "odd",
    MetaData(),
    Column("id", String(40), primary_key=True),
    Column("told", String(200)),
    Column("count", Integer, nullable=False, default=7),
    Column("large", BigInteger),
    Column("share", Float),
    Column("is_good", Boolean),
    Column("body", LargeBinary),
    Column("document", JSONDocument),
    Column("at", UTC),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
ROWS = st.fixed_dictionaries(
    {
        "told": st.none() | WORDS,
        "large": st.none() | st.integers(-(2**63), 2**63 - 1),
        "share": st.none() | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        "is_good": st.none() | st.booleans(),
        "body": st.none() | st.binary(max_size=40),
        "document": st.dictionaries(
            WORDS, WORDS | st.integers(-(2**53), 2**53) | st.lists(WORDS, max_size=3)
        ),
        "at": st.none()
        | st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC_ZONE)),  # noqa: DTZ001 - they get one
    }
)


@pytest.fixture
def connection(backstage):
    with backstage.begin() as connection:
        odd.create(connection)
        yield connection
        odd.drop(connection)


def kept(connection):
    names = [each.name for each in odd.c]
    return [dict(zip(names, row, strict=True)) for row in connection.execute(select(odd).order_by(odd.c.id))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=2, max_size=4))
def test_rows_come_back_as_they_were_given(connection, rows):
    told = [{"id": f"r{place}", **row} for place, row in enumerate(rows)]
    connection.execute(delete(odd))
    insert_rows(connection, odd, told)
    assert kept(connection) == [{**row, "count": 7} for row in told]


def test_rows_are_kept_as_one_by_one(connection):
    at = datetime(2026, 1, 1, 12, tzinfo=UTC_ZONE)
    row = {
        "told": "x",
        "large": 2,
        "share": 0.1,
        "is_good": True,
        "body": b"\x00\xff",
        "document": {"a": [1]},
        "at": at,
    }
    insert_rows(connection, odd, [{"id": name, **row} for name in "ab"])
    connection.execute(insert(odd).values({"id": "c", **row}))
    bare = [tuple(each)[1:] for each in connection.exec_driver_sql("SELECT * FROM odd ORDER BY id")]
    assert bare[0] == bare[1] == bare[2]


def test_a_time_is_kept_whatever_its_zone(connection):
    at = datetime(2026, 1, 1, 12, 0, 0, 123456, timezone(timedelta(hours=5, minutes=30)))
    insert_rows(connection, odd, [{"id": "a", "at": at}, {"id": "b", "at": None}])
    assert [row["at"] for row in kept(connection)] == [at, None]


def test_a_time_without_zone_is_refused(connection):
    rows = [{"id": name, "at": datetime(2026, 1, 1)} for name in "ab"]  # noqa: DTZ001 - the very thing that is refused
    with pytest.raises(Exception, match="without zone"):
        insert_rows(connection, odd, rows)


def test_what_an_overwriting_row_does_not_tell_stays(connection):
    insert_rows(connection, odd, [{"id": name, "told": name, "count": 1} for name in "abc"])
    overwrite_rows(connection, odd, [{"id": name, "told": "new"} for name in "ab"])
    assert [(row["told"], row["count"]) for row in kept(connection)] == [("new", 1), ("new", 1), ("c", 1)]


def test_of_rows_with_one_key_the_last_one_counts(connection):
    connection.execute(insert(odd).values(id="a", told="old"))
    rows = [{"id": "a", "told": "first"}, {"id": "b", "told": "b"}, {"id": "a", "told": "last"}]
    upsert(connection, odd, rows, ["id"], ["told"])
    assert [(row["id"], row["told"], row["count"]) for row in kept(connection)] == [
        ("a", "last", 7),
        ("b", "b", 7),
    ]


def test_rows_that_are_there_are_left_alone_and_not_counted(connection):
    connection.execute(insert(odd).values(id="a", told="old"))
    rows = [{"id": "a", "told": "new"}, {"id": "b", "told": "new"}, {"id": "c", "told": "new"}]
    assert upsert(connection, odd, rows, ["id"]) == 2
    assert kept(connection)[0]["told"] == "old"


def test_many_counters_come_to_the_sum_of_all_that_was_added(connection):
    rows = [{"id": "a", "large": 2, "count": 0}, {"id": "b", "large": 3, "count": 0}]
    assert count_up_all(connection, odd, rows, "large") == {("a",): 2, ("b",): 3}
    assert count_up_all(connection, odd, [*rows, {"id": "c", "large": 1, "count": 0}], "large") == {
        ("a",): 4, ("b",): 6, ("c",): 1
    }  # fmt: skip
