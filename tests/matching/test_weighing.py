"""Evidence adds what the steps it reaches add, whatever else is in the table."""

import pytest

from matching.weighing import probability, weigh, weight_of

TABLE = {"letters": ((3, 0.8), (5, 0.6)), "errors": ((2, -2.8), (1, -2.0)), "nothing": ()}


@pytest.mark.parametrize(("value", "added"), [(2, None), (3, 0.8), (4.9, 0.8), (5, 1.4), (99, 1.4)])
def test_the_steps_of_one_code_add_up(value, added):
    assert weigh(TABLE, {"letters": value}).get("letters") == added
    assert weight_of(TABLE, "letters", value) == (added or 0.0)


def test_steps_count_in_any_order():
    assert weigh(TABLE, {"errors": 1.0}) == {"errors": -2.0}
    assert weigh(TABLE, {"errors": 2.0}) == {"errors": -4.8}


def test_what_is_zero_or_not_in_the_table_adds_nothing():
    assert weigh(TABLE, {"letters": 0.0, "errors": -1.0, "nothing": 5.0, "color": 9.0}) == {}
    assert weight_of(TABLE, "color", 9.0) == 0.0


def test_weights_come_in_the_order_of_the_table():
    assert list(weigh(TABLE, {"errors": 1.0, "letters": 4.0})) == ["letters", "errors"]


def test_tables_are_told_apart_however_many_there_are():
    tables = [{"letters": ((1, float(number)),)} for number in range(200)]
    assert [weigh(table, {"letters": 1.0})["letters"] for table in tables] == [float(n) for n in range(200)]


def test_log_odds_become_a_probability():
    assert probability(0.0, {}) == 0.5
    assert probability(-1.0, {"letters": 3.0}) == 0.8808
