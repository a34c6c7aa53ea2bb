import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.demo.listings import Product
from api.demo.market import Market, percentile


def line(verdict, use):
    matches = [{"use": use, "evasions": ["leetspeak"]}] if use else []
    return {"reference": "a", "result": {"screening": {"verdict": verdict, "matches": matches}}}


@pytest.fixture
def market():
    market = Market()
    for verdict, use in [
        ("clear", "origin"),
        ("clear", ""),
        ("alert", "replica"),
        ("alert", "replica"),
        ("review", "origin"),
    ]:
        market.note(Product({}, ""), line(verdict, use))
    return market


def test_answers_are_counted_by_verdict_use_and_evasion(market):
    assert market.verdicts == {"clear": 2, "alert": 2, "review": 1}
    assert market.uses == {"origin": 2, "replica": 2}
    assert (market.matches, market.evasions) == (4, {"leetspeak": 4})


def test_examples_are_of_different_kinds_before_a_kind_comes_again(market):
    shown = [(one.screening["verdict"], one.screening["matches"][0]["use"]) for one in market.pick(3)]
    assert shown == [("alert", "replica"), ("review", "origin"), ("clear", "origin")]


def test_a_refused_line_is_kept_with_its_reason(market):
    market.note(Product({}, ""), {"reference": "b", "problem": {"detail": "No title."}})
    assert market.refused == ["b: No title."]
    assert market.answered == 6


def test_percentiles_are_values_that_were_measured():
    assert [percentile(list(range(1, 101)), share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]


@given(st.lists(st.floats(0, 9), min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 0.99]))
def test_the_share_of_values_up_to_a_percentile_is_large_enough(values, share):
    at = percentile(values, share)
    assert sum(value <= at for value in values) >= share * len(values) - 1e-9
