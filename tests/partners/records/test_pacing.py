"""The breaker and the rate, as pure rules, and shared through the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.records.pacing import (
    Observation,
    Pacing,
    count_tokens,
    forget_pacing,
    hold_pacing,
    judge,
    observe,
    spend_tokens,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(pacing, *outcomes, at=NOW):
    """The pacing after attempts: "ok", "failed" or "slow", all at one time."""
    for outcome in outcomes:
        seen = Observation(pacing.endpoint_id, at, outcome == "failed", outcome == "slow")
        pacing = judge(pacing, seen, at)
    return pacing


def test_five_failures_in_a_row_open_the_breaker_for_thirty_seconds():
    assert after(Pacing(endpoint_id="end_1"), *["failed"] * 4).open_until is None
    opened = after(Pacing(endpoint_id="end_1"), *["failed"] * 5)
    assert (opened.opens, opened.open_until) == (1, NOW + 30 * SECOND)
    assert opened.is_shut(NOW + 29 * SECOND)
    assert not opened.is_shut(NOW + 31 * SECOND)


def test_a_success_in_between_begins_the_count_anew():
    assert after(Pacing(endpoint_id="end_1"), *["failed"] * 4, "ok", *["failed"] * 4).opens == 0


def test_a_failing_trial_opens_it_for_twice_as_long_up_to_a_quarter_of_an_hour():
    pacing, pauses = after(Pacing(endpoint_id="end_1"), *["failed"] * 5), []
    for _ in range(7):
        at = pacing.open_until
        pacing = after(pacing, "failed", at=at)
        pauses.append((pacing.open_until - at).total_seconds())
    assert pauses == [60, 120, 240, 480, 900, 900, 900]


def test_a_trial_that_goes_well_closes_it():
    opened = after(Pacing(endpoint_id="end_1"), *["failed"] * 5)
    closed = after(opened, "ok", at=opened.open_until)
    assert (closed.opens, closed.failures, closed.open_until) == (0, 0, None)


def test_what_was_under_way_when_it_opened_does_not_count():
    opened = after(Pacing(endpoint_id="end_1"), *["failed"] * 5)
    assert after(opened, *["failed"] * 8, at=NOW + SECOND) == opened


def test_an_endpoint_whose_slowest_twentieth_is_too_slow_is_given_a_pause():
    assert after(Pacing(endpoint_id="end_1"), *(["ok"] * 39 + ["slow"]) * 10).opens == 0
    assert after(Pacing(endpoint_id="end_1"), *["slow"] * 3).opens == 1


@settings(max_examples=60, deadline=None)
@given(st.floats(0.2, 300), st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(1, 50)), max_size=40))
def test_no_span_of_time_sees_more_than_the_rate_and_what_was_saved_up(rate, asked):
    pacing, at, spent = Pacing(endpoint_id="end_1"), NOW, []
    for pause, wanted in asked:
        at += timedelta(seconds=pause)
        taken = min(wanted, count_tokens(pacing, rate, at)) if not pacing.is_shut(at) else 0
        if taken:
            pacing = spend_tokens(pacing, rate, taken, at)
            spent.append((at, taken))
    for begin, (first, _) in enumerate(spent):
        for end, (last, _) in enumerate(spent[begin:], begin):
            total = sum(taken for _, taken in spent[begin : end + 1])
            assert total <= rate * (last - first).total_seconds() + max(1, rate) + 1


@pytest.fixture
def pacing_of(act):
    return lambda endpoint: act(lambda c: hold_pacing(c, [endpoint.id]))[endpoint.id]


def observed(act, endpoint, outcomes, now):
    seen = [Observation(endpoint.id, now, outcome == "failed", outcome == "slow") for outcome in outcomes]
    act(lambda c: observe(c, seen, now))


def test_a_breaker_counts_over_groups_and_workers(act, endpoint, fill, claim, pacing_of, now):
    one = endpoint()
    fill(one, 10)
    observed(act, one, ["failed"] * 3, now)
    observed(act, one, ["failed"] * 2, now)
    assert pacing_of(one).opens == 1
    assert claim(worker="a") == claim(worker="b") == []
    assert len(claim(at=now + 31 * SECOND)) == 1  # half-open: one delivery
    assert claim(at=now + 31 * SECOND, worker="b") == []


def test_an_open_breaker_leaves_deliveries_due_and_unattempted(act, endpoint, fill, claim, read, now):
    one = endpoint()
    (first,) = fill(one, 1)
    observed(act, one, ["failed"] * 5, now)
    assert claim() == []
    assert (read(first).state, read(first).attempt) == ("due", 0)
    act(lambda c: forget_pacing(c, one.id))
    assert [leased.id for leased in claim()] == [first]
