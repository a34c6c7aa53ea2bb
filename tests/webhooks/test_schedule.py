from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.schedule import Schedule, read_retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]


@pytest.mark.parametrize(("failures", "seconds"), list(enumerate(SECONDS, start=1)))
def test_each_failure_waits_its_step(failures, seconds):
    assert Schedule().pause(failures, 0.5) == timedelta(seconds=seconds)


def test_after_the_last_step_a_delivery_is_exhausted():
    assert Schedule().pause(len(SECONDS) + 1, 0.5) is None


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_a_fifth(failures, chance):
    pause, step = Schedule().pause(failures, chance), timedelta(seconds=SECONDS[failures - 1])
    assert step * 0.8 <= pause <= step * 1.2


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True), st.timedeltas(timedelta(0)))
def test_a_receiver_may_ask_for_later_but_never_for_sooner_nor_beyond_a_day(failures, chance, asked):
    pause, step = Schedule().pause(failures, chance, asked), Schedule().pause(failures, chance)
    assert step <= pause <= max(step, timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("99999999999999999999", 10**9),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text, seconds):
    assert read_retry_after(text, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", [None, "", "-5", "soon", "1e3", "²", "٣", "x" * 1000, "0" * 41])
def test_retry_after_that_says_nothing_sane_is_passed_over(text):
    assert read_retry_after(text, NOW) is None


@given(st.text(max_size=50))
def test_any_retry_after_can_be_read(text):
    pause = read_retry_after(text, NOW)
    assert pause is None or pause >= timedelta(0)
