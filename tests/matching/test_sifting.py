"""What is sifted out would not have been shown, and what is kept has the evidence it would have had."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from matching.circumstances import CIRCUMSTANCE
from matching.index import build_index
from matching.lexicon import Lexicon
from matching.market import NO_MARKET, Habits, lesson_of
from matching.mention import MENTION
from matching.model import Mark, Offer
from matching.scenes import scenes_of, set_stage
from matching.scoring import DEFAULT_POLICY, mention_score
from matching.sifting import circumstances_of, sift
from matching.weighing import least_log_odds, probability

NAMES = ("Zorglub", "Quin Tavo", "Quintavora", "Bale", "Apple", "Sea", "Northern Lights", "501", "Ёлка")
WRITTEN = st.sampled_from(
    [
        *NAMES,
        "zorglb", "zorgblu", "quintavo", "quintabora", "kwintavora", "b@le", "bal3", "appel", "aple",
        "q u i n t a v o r a", "northern light", "for", "replica", "case", "sea", "X501", "\u0430pple",
        "елка", "z*rglub",
    ]
)  # fmt: skip
WORDS = Lexicon({"apple": 5.2, "sea": 5.0, "northern": 4.4, "lights": 4.3, "bale": 2.9, "case": 5.0})
MARKS = [
    Mark(id=name, text=name, rights_holder="h", office="EM", nice_classes=frozenset([9, 25]))
    for name in NAMES
]
INDEX = build_index(MARKS, WORDS)
MARKET = NO_MARKET.taught(lesson_of("Apple zorglb case", "Apple", "other"), 5_000).known_by(
    5_000, Habits(disguise_odds=0.7, review_line=0.4)
)


def scenes(offer, policy, market):
    found = INDEX.search({"title": offer.title, "brand": offer.brand, "description": offer.description})
    return list(scenes_of(set_stage(offer, INDEX, policy, found, market), found))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(WRITTEN, min_size=1, max_size=6).map(" ".join),
    WRITTEN | st.just(""),
    st.sampled_from([0.0, 0.2, 0.5, 0.95]),
    st.sampled_from([NO_MARKET, MARKET]),
    st.sampled_from([frozenset(), frozenset({9}), frozenset({33})]),
)
def test_only_what_would_not_be_shown_is_sifted_out(title, brand, shown, market, classes):
    policy = replace(DEFAULT_POLICY, thresholds=replace(DEFAULT_POLICY.thresholds, shown=shown))
    offer = Offer(title=title, brand=brand, nice_classes=classes, screened_on=date(2026, 1, 1))
    for scene in scenes(offer, policy, market):
        whole = {code: measure(scene) for code, measure in MENTION.items()}
        sifted = sift(scene, policy, least_log_odds(shown))
        assert sifted == whole if sifted is not None else mention_score(whole, policy) < shown


@pytest.mark.parametrize("shown", [0.0002, 0.2, 0.5, 0.9, 0.9999])
def test_the_least_log_odds_lie_below_all_that_is_shown(shown):
    assert probability(least_log_odds(shown), {}) < shown
    assert probability(least_log_odds(shown) + 0.01, {}) > shown - 0.003


def test_candidates_far_from_any_mark_are_sifted_out():
    (scene,) = scenes(Offer(title="zorgblu case", screened_on=date(2026, 1, 1)), DEFAULT_POLICY, NO_MARKET)
    assert sift(scene, DEFAULT_POLICY, least_log_odds(0.2)) is None


def test_what_the_offer_alone_tells_is_measured_once_for_all_its_marks():
    offer = Offer(title="zorglub apple", condition="used", screened_on=date(2026, 1, 1))
    told = {}
    for scene in scenes(offer, DEFAULT_POLICY, NO_MARKET):
        whole = {code: measure(scene) for code, measure in CIRCUMSTANCE.items()}
        assert circumstances_of(scene, told) == whole
    assert told["used_goods"] == 1.0
