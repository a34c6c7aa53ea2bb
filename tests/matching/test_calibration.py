"""A table of scores is monotone, certain of nothing, the same for the same judgements, and nobody's alone."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.calibration import (
    LEAST_OF_STEP,
    MOST_STEPS,
    Calibration,
    Judged,
    Knot,
    fit,
    score_by,
    score_of,
    stretch_of,
)

HOLDERS = ("org_a", "org_b", "org_c", "org_d")
TABLE = (
    Knot(estimate=0.2, score=0.1, judgements=200),
    Knot(estimate=0.5, score=0.4, judgements=200),
    Knot(estimate=0.8, score=0.9, judgements=200),
)
CALIBRATION = Calibration(version=3, policy_version="2026.6", judgements=600, organizations=4, knots=TABLE)


def judgements(count, share, holders=HOLDERS, seed=1):
    """So many, of estimates of all sizes; `share` tells how many of an estimate are confirmed."""
    chance = random.Random(seed)  # noqa: S311 - a test
    estimates = [round(chance.random(), 4) for _ in range(count)]
    return [
        Judged(each, holders[place % len(holders)], chance.random() < share(each))
        for place, each in enumerate(estimates)
    ]


# Judgements of any size, share and unevenness, repeatable by a seed: long lists of lists are slow to draw.
taught = st.builds(
    judgements,
    st.integers(300, 1_200),
    st.sampled_from([lambda estimate: estimate, lambda estimate: 1 - estimate, lambda _: 0.5, lambda _: 1.1]),
    st.sampled_from([HOLDERS, HOLDERS[:3], (*HOLDERS, *["org_a"] * 4)]),
    st.integers(0, 1_000),
)


@settings(max_examples=20, deadline=None)
@given(taught)
def test_the_order_of_judgements_does_not_matter(known):
    assert fit(known[::-1]) == fit([*known[1::2], *known[::2]]) == fit(known)


@settings(max_examples=20, deadline=None)
@given(taught)
def test_no_step_falls_and_none_is_certain(known):
    knots = fit(known)
    for one, other in pairwise(knots):
        assert one.estimate < other.estimate
        assert one.score <= other.score
    assert all(0 < knot.score < 1 for knot in knots)
    assert sum(knot.judgements for knot in knots) in {0, len(known)}


@settings(max_examples=40, deadline=None)
@given(
    taught,
    st.lists(st.integers(0, 10_000).map(lambda number: number / 10_000), min_size=2, max_size=50),
)
def test_no_order_of_estimates_is_turned_round(known, estimates):
    knots = fit(known)
    scores = [score_of(knots, each) for each in sorted(estimates)]
    assert scores == sorted(scores)


def test_scores_come_near_what_people_confirm():
    knots = fit(judgements(20_000, lambda estimate: estimate**2))
    assert all(abs(score_of(knots, x / 100) - (x / 100) ** 2) < 0.04 for x in range(5, 95))


def test_a_step_rests_on_many_judgements_and_there_are_few_steps():
    knots = fit(judgements(600, lambda estimate: estimate))
    assert len(knots) <= MOST_STEPS
    assert all(knot.judgements >= LEAST_OF_STEP for knot in knots)


def test_where_all_is_confirmed_nothing_is_certain():
    knots = fit(judgements(5_000, lambda _: 1.1))
    assert 0.95 < knots[-1].score < 1


@pytest.mark.parametrize("holders", [("org_a",), ("org_a", "org_b")])
def test_one_or_two_organizations_make_no_table(holders):
    assert fit(judgements(2_000, lambda estimate: estimate, holders)) == ()


def test_where_people_confirm_what_was_estimated_low_there_is_no_table():
    """It would give nearly all listings one score."""
    assert fit(judgements(2_000, lambda estimate: 1 - estimate)) == ()
    assert len(fit(judgements(2_000, lambda estimate: estimate))) > 2


def test_few_judgements_make_no_table():
    assert fit(judgements(80, lambda estimate: estimate)) == ()


def test_an_organization_that_judges_most_moves_no_score_by_more_than_its_third():
    honest = judgements(3_000, lambda estimate: estimate / 2)
    flood = judgements(9_000, lambda _: 1.1, ("org_flood",), seed=2)
    knots, flooded = fit(honest), fit([*honest, *flood])
    assert flooded != knots
    assert all(abs(score_of(flooded, x / 100) - score_of(knots, x / 100)) < 0.4 for x in range(101))


def test_an_organization_that_floods_one_place_moves_no_score_there_by_more_than_its_third():
    honest = judgements(3_000, lambda estimate: estimate / 2)
    flood = [Judged(0.1, "org_flood", True)] * 30_000
    assert score_of(fit([*honest, *flood]), 0.1) < 0.4


def test_between_steps_scores_lie_on_a_line():
    assert score_of(TABLE, 0.35) == 0.25
    assert score_of(TABLE, 0.5) == 0.4
    assert score_of(TABLE, 0.1) == 0.05


def test_nothing_found_stays_nothing_and_beyond_the_last_step_nothing_is_promised():
    assert score_of(TABLE, 0.0) == 0.0
    assert score_of(TABLE, 0.95) == 0.9


def test_a_line_has_two_ends_and_the_last_step_is_both():
    line = stretch_of(TABLE, 0.6)
    assert (line.below, line.above) == (TABLE[1], TABLE[2])
    assert stretch_of(TABLE, 0.1).below.estimate == 0
    assert stretch_of(TABLE, 0.9).below == stretch_of(TABLE, 0.9).above == TABLE[2]


def test_an_estimate_is_scored_by_the_table_of_its_own_policy_only():
    assert score_by(CALIBRATION, 0.5, "2026.6") == (0.4, "calibrated", 3)
    assert score_by(CALIBRATION, 0.5, "2026.5") == (0.5, "estimate", None)
    assert score_by(None, 0.5, "2026.6") == (0.5, "estimate", None)
