"""A reliability curve says what came true of each score, and how sure that is."""

from __future__ import annotations

import random
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.calibration import Judged
from matching.reliability import bins_of, error_of, reliability_of, wilson


@pytest.mark.parametrize(("confirmed", "judged"), [(0, 1), (1, 1), (0, 30), (7, 30), (30, 30), (450, 1_000)])
def test_the_bounds_are_those_of_wilson(confirmed, judged):
    """They are the shares from which what was seen is just 1.96 standard errors away."""
    for bound in wilson(confirmed, judged):
        if 0 < bound < 1:
            error = sqrt(bound * (1 - bound) / judged)
            assert abs(confirmed / judged - bound) / error == pytest.approx(1.96, abs=0.02)
    assert wilson(confirmed, judged) != (0, 1)


def test_of_nothing_judged_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_bin_tells_its_mean_score_and_what_was_confirmed():
    [low, high] = bins_of([(0.11, True), (0.13, False), (0.95, True), (1.0, True)])
    assert (low.low, low.high, low.judged, low.score, low.confirmed) == (0.1, 0.2, 2, 0.12, 0.5)
    assert (high.low, high.judged, high.confirmed) == (0.9, 2, 1.0)
    assert low.at_least < 0.5 < low.at_most


def test_the_error_is_the_mean_distance_of_score_and_share():
    assert error_of(bins_of([(0.1, True)] * 30 + [(0.9, True)] * 10)) == pytest.approx(0.7)
    assert error_of(()) == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=200))
def test_every_judgement_is_in_one_bin(pairs):
    bins = bins_of(pairs)
    assert sum(each.judged for each in bins) == len(pairs)
    assert all(each.low <= each.score + 1e-4 and each.score - 1e-4 <= each.high for each in bins)


def test_calibrated_scores_hold_better_than_estimates_on_judgements_they_were_not_made_of():
    chance = random.Random(3)  # noqa: S311 - a test
    estimates = [round(chance.random(), 4) for _ in range(6_000)]
    judged = [Judged(each, chance.choice("abcde"), chance.random() < each**3) for each in estimates]
    told = reliability_of(judged)
    assert told.error_of_estimates > 0.2
    assert told.error_of_scores < 0.03
    assert sum(each.judged for each in told.scores) == len(judged)


def test_judgements_of_which_half_make_no_table_tell_no_curve():
    chance = random.Random(3)  # noqa: S311 - a test
    estimates = [round(chance.random(), 4) for _ in range(500)]
    judged = [Judged(each, chance.choice("aaaaaaaabc"), chance.random() < each) for each in estimates]
    assert reliability_of(judged) is None
