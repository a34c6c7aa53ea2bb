"""What other sellers write is evidence against a misspelling, never against a visible disguise."""

from datetime import date

import pytest
from msgspec.structs import replace

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.market import NO_MARKET, Habits, lesson_of
from matching.mention import MENTION
from matching.model import Mark, Offer, SellerStanding
from matching.policies import DEFAULT_POLICY
from matching.screening import screen

WORDS = Lexicon({"quintavor": 4.0})
OPEN_EYED = replace(DEFAULT_POLICY, thresholds=replace(DEFAULT_POLICY.thresholds, shown=0.0))
INDEX = build_index([Mark(id="q", text="Quintavora", rights_holder="h", office="EM")], WORDS)


VEXANTO = build_index(
    [Mark(id="v", text="Vexanto", rights_holder="h", office="EM")], Lexicon({"vexanto": 3.5})
)


def values(title, market=NO_MARKET, seller="own", **fields):
    return values_in(INDEX, title, market, seller, **fields)


def values_in(index, title, market, seller="own", **fields):
    offer = Offer(
        title=title, screened_on=date(2026, 1, 1), seller=SellerStanding(reference=seller), **fields
    )
    matches = screen(offer, index, OPEN_EYED, market=market).matches
    return {each.code: each.value for match in matches for each in match.comparisons}


def market_of(title, *sellers):
    market = NO_MARKET
    for seller in sellers:
        market = market.taught(lesson_of(title, "", seller), 1)
    return market


def test_words_of_other_sellers_count_against_a_misspelling():
    title = "Quintavoza bag"
    before = screen(Offer(title=title, screened_on=date(2026, 1, 1)), INDEX).matches[0].score
    market = market_of(title, "a", "b", "c")
    after = screen(Offer(title=title, screened_on=date(2026, 1, 1)), INDEX, market=market).matches
    assert not after or after[0].score < before


def test_the_own_seller_does_not_count():
    assert values("Quintavoza bag", market_of("Quintavoza bag", "own", "one"))["seen_elsewhere"] == 1


@pytest.mark.parametrize(
    "title", ["Qu1ntavora bag", "Q.u.i.n.t.a.v.o.r.a", "Quint⭐vora", "Quin\u200btavora"]
)
def test_a_visible_disguise_is_excused_by_nobody(title):
    market = market_of(title, *map(str, range(50)))
    assert values(title, market)["seen_elsewhere"] == 0
    assert values(title, market) == values(title)


def test_a_spelling_that_no_list_holds_is_excused_by_no_marketplace_alone():
    market = market_of("Quintavoza bag", *map(str, range(40)))
    told = values("Quintavoza bag", market.among([market]))
    assert (told["seen_elsewhere"], told["never_seen"], told["one_error_unlisted"]) == (0, 0, 10)
    attested = market.among([market, market_of("Quintavoza", "a", "b"), market_of("Quintavoza", "c")])
    assert values("Quintavoza bag", attested)["seen_elsewhere"] == 1


def test_plain_naming_is_not_judged_by_who_else_does():
    market = market_of("Quintavora bag", "a", "b")
    assert values("Quintavora bag", market)["seen_elsewhere"] == 0


def test_length_and_rarity_are_weighed_together():
    told = values("Quintavoza bag")
    assert (told["one_error_unlisted"], told["one_error_listed"]) == (10.0, 0.0)
    told = values("Quintavoza bag", market_of("Quintavoza", "a"))
    assert (told["one_error_unlisted"], told["one_error_listed"]) == (0.0, 10.0)


@pytest.mark.parametrize(
    ("title", "count"), [("Quintavor bag", 1), ("Quintavoza bag", 0), ("Qu1ntavor bag", 0)]
)
def test_common_words_that_are_nearly_a_mark_are_counted(title, count):
    assert values(title)["common_words_mistyped"] == count


def test_a_marketplace_may_draw_its_own_line_and_expect_more_disguises():
    usual = values("Quintavoza bag")
    market = NO_MARKET.known_by(0, Habits(review_line=0.9, disguise_odds=1.5))
    told = values("Quintavoza bag", market)
    assert (usual["review_line"], told["review_line"], told["disguise_odds"]) == (0.0, 0.9, 1.5)


@pytest.mark.parametrize("measure", MENTION.values(), ids=MENTION)
def test_each_kind_of_evidence_explains_itself(measure):
    assert measure.__doc__


def test_an_ordinary_word_with_an_error_is_told_by_how_many_use_it():
    market = NO_MARKET
    for seller in ("a", "b", "c"):
        market = market.taught(lesson_of("great vexanto bag", "Brixo", seller), 1)
    told = values_in(VEXANTO, "bag vexanta", market)
    assert told["ordinary_word_mistyped"] == 3.0
    named = NO_MARKET.taught(lesson_of("vexanto bag", "Vexanto", "a"), 1)
    assert values_in(VEXANTO, "bag vexanta", named)["ordinary_word_mistyped"] == 0.0


@pytest.mark.parametrize(("title", "is_masked"), [("bag Q⭐Z", 1.0), ("size Q*Z", 0.0), ("bag QXZ", 0.0)])
def test_an_emoji_in_a_name_of_three_hides_a_letter_and_an_asterisk_may_multiply(title, is_masked):
    index = build_index([Mark(id="m", text="QXZ", rights_holder="h", office="EM")])
    found = screen(Offer(title=title, screened_on=date(2026, 1, 1)), index, OPEN_EYED).matches
    told = {each.code: each.value for match in found for each in match.comparisons}
    assert told.get("short_name_masked", 0.0) == is_masked
    assert {match.verdict for match in found} == {"clear"}
