"""A marketplace's own line: from how probable misspellings were there, within bounds, each spelling once."""

import pytest

from matching.habits import habits_of
from matching.market import NO_MARKET, unite
from matching.own_line import BEFORE, ENOUGH, lesson_of_score
from matching.policies import DEFAULT_POLICY
from matching.scoring import verdict_of

MISSPELLED = {"letters": 8.0, "differs": 1.0, "review_line": 0.6}


def market(scores, listings=20_000, per_1000=2.0):
    """A market that met misspellings of these probabilities, each another spelling."""
    lesson: dict[int, int] = {}
    for number, score in enumerate(scores):
        unite(lesson, lesson_of_score(f"spelling {number}", score))
    return NO_MARKET.taught(lesson, BEFORE + listings).known_by(BEFORE + listings, habits_of(per_1000, 0.05))


def test_without_enough_listings_the_shipped_line_holds():
    shipped = habits_of(2, 0.05).review_line
    assert market([], 0).review_line == market([0.9] * 500, ENOUGH - 1).review_line == shipped


def test_the_line_spends_the_budget_of_its_own_listings():
    many = [0.3] * 400 + [0.5] * 60 + [0.65] * 15
    assert 0.5 <= market(many).review_line < 0.55
    assert market(many, per_1000=0.5).review_line > market(many).review_line
    assert market([]).review_line == habits_of(2, 0.05).lowest_line


def test_one_spelling_never_raises_the_line_over_itself():
    alone = market([0.3] * 60)
    lesson: dict[int, int] = {}
    for _ in range(10_000):
        unite(lesson, lesson_of_score("always the same", 0.95))
    assert alone.taught(lesson, 0).review_line == alone.review_line


def test_many_spellings_raise_it_to_a_bound_only():
    assert market([0.99] * 3_000).review_line == habits_of(2, 0.05).highest_line


@pytest.mark.parametrize(("score", "expected"), [(-3.0, "clear"), (9.0, "review")])
def test_a_rights_holders_own_line_goes_before_the_marketplaces(score, expected):
    lines = DEFAULT_POLICY.thresholds
    sure = DEFAULT_POLICY.__class__(
        version="own",
        plain_bias=0,
        plain={},
        disguised_bias=score,
        disguised={},
        action_bias=0,
        action={},
        thresholds=lines.__class__(disguise=0.95),
    )
    assert verdict_of(MISSPELLED, "origin", sure) == expected
    assert verdict_of(MISSPELLED | {"review_line": 0.99999}, "origin", sure) == expected
