"""What is sifted out would not have been shown, and what is kept has the evidence it would have had."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from matching.circumstances import CIRCUMSTANCE
from matching.index import build_index
from matching.lexicon import Lexicon
from matching.market import NO_MARKET, Habits, lesson_of
from matching.mention import MENTION
from matching.model import Mark, Money, Offer, SellerStanding, UsualPrice
from matching.scenes import scenes_of, set_stage
from matching.scoring import DEFAULT_POLICY, mention_score
from matching.sifting import OF_OFFER, asked_of_marks, circumstances_of
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
    Mark(
        id=name,
        text=name,
        rights_holder="h",
        office="EM",
        nice_classes=frozenset([9, 25]),
        licensees=frozenset({"l"}),
    )
    for name in NAMES
]
INDEX = build_index(MARKS, WORDS)
MARKET = NO_MARKET.taught(lesson_of("Apple zorglb case", "Apple", "other"), 5_000).known_by(
    5_000, Habits(disguise_odds=0.7, review_line=0.4)
)


def staged(offer, policy, market):
    found = INDEX.search({"title": offer.title, "brand": offer.brand, "description": offer.description})
    return set_stage(offer, INDEX, policy, found, market), found


def scenes(offer, policy, market):
    """All scenes, whether they are shown or not."""
    lenient = replace(policy, thresholds=replace(policy.thresholds, shown=0.0))
    return [scene for scene, _ in scenes_of(*staged(offer, lenient, market))]


def sifted(scene, sifter):
    look = sifter.look(scene.candidate)
    told = look and sifter.sift(scene, look)
    return told and told.values


@settings(max_examples=300, deadline=None)
@given(
    st.lists(WRITTEN, min_size=1, max_size=6).map(" ".join),
    WRITTEN | st.just(""),
    st.sampled_from([0.0, 0.2, 0.5, 0.95]),
    st.sampled_from([NO_MARKET, MARKET]),
    st.sampled_from(
        [(frozenset(), ""), (frozenset({9}), ""), (frozenset({33}), "Shoes"), (frozenset(), "Shoes")]
    ),
)
def test_only_what_would_not_be_shown_is_sifted_out(title, brand, shown, market, goods):
    policy = replace(DEFAULT_POLICY, thresholds=replace(DEFAULT_POLICY.thresholds, shown=shown))
    offer = Offer(
        title=title, brand=brand, nice_classes=goods[0], category=goods[1], screened_on=date(2026, 1, 1)
    )
    stage, found = staged(offer, policy, market)
    every = scenes(offer, policy, market)
    assert len(every) == len(found.candidates)
    for scene in every:
        whole = {code: value for code, measure in MENTION.items() if (value := measure(scene))}
        told = sifted(scene, stage.sifter)
        assert told == whole if told is not None else mention_score(whole, policy) < shown


@pytest.mark.parametrize("shown", [0.0002, 0.2, 0.5, 0.9, 0.9999])
def test_the_least_log_odds_lie_below_all_that_is_shown(shown):
    assert probability(least_log_odds(shown), {}) < shown
    assert probability(least_log_odds(shown) + 0.01, {}) > shown - 0.003


def test_candidates_far_from_any_mark_are_sifted_out():
    offer = Offer(title="zorgblu case", screened_on=date(2026, 1, 1))
    (scene,) = scenes(offer, DEFAULT_POLICY, NO_MARKET)
    assert sifted(scene, staged(offer, DEFAULT_POLICY, NO_MARKET)[0].sifter) is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SellerStanding(), SellerStanding(reference="s"), SellerStanding(id="l", risk="high")]),
    st.sampled_from([None, Money(Decimal(5), "EUR")]),
    st.sampled_from([frozenset(), frozenset({"US"}), frozenset({"DE"})]),
    st.sampled_from([None, "4006381333931", "4006381333932"]),
    st.sampled_from([frozenset(), frozenset({"h"}), frozenset({"other"})]),
)
def test_circumstances_an_offer_says_nothing_of_are_not_asked(seller, price, ships_to, gtin, holders):
    offer = Offer(
        title="zorglub apple", condition="used", screened_on=date(2026, 1, 1), seller=seller, price=price,
        ships_to=ships_to, gtin=gtin, barcode_holders=holders,
        usual_price=UsualPrice(Decimal(90), Decimal(3), "EUR"),
    )  # fmt: skip
    for scene in scenes(offer, DEFAULT_POLICY, NO_MARKET):
        whole = {code: value for code, measure in CIRCUMSTANCE.items() if (value := measure(scene))}
        of_offer = circumstances_of(scene, OF_OFFER)
        assert {**of_offer, **circumstances_of(scene, asked_of_marks(offer))} == whole
        assert of_offer["used_goods"] == 1.0
