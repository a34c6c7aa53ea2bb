"""What listings teach: sellers are counted, not listings, and what is learned in any order is the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.market import FRESH, MANY, NO_MARKET, bit_of, hash_of, lesson_of, unite

TITLE = "Blue cotton shirt"


def taught(*told, market=NO_MARKET):
    for title, brand, seller in told:
        market = market.taught(lesson_of(title, brand, seller), 1)
    return market


def test_a_seller_is_counted_once_however_many_listings():
    market = taught(*[(TITLE, "", "one")] * 500)
    assert market.sellers("cotton") == 1
    assert market.sellers("bluecottonshirt") == 1
    assert market.sellers("linen") == 0


def test_the_own_seller_is_left_out():
    market = taught((TITLE, "", "one"), (TITLE, "", "two"))
    assert market.sellers("cotton") == 2
    assert market.sellers("cotton", bit_of("one")) == 1


def test_many_sellers_are_counted_roughly():
    market = taught(*[(TITLE, "", f"seller {n}") for n in range(40)])
    assert 25 <= market.sellers("cotton") <= 60
    assert taught(*[(TITLE, "", f"{n}") for n in range(2_000)]).sellers("cotton") == MANY


def test_counts_that_were_sorted_among_others_are_found_as_fresh_ones_are():
    lesson = {hash_of(f"word {n}"): 1 + n % 7 for n in range(FRESH)}
    few = NO_MARKET.taught(lesson, 1)
    many = few.taught({0: 1, 2**64 - 1: 1}, 1)
    asked = [f"word {n}" for n in range(0, FRESH, 997)] + ["never told"]
    assert [many.sellers(each) for each in asked] == [few.sellers(each) for each in asked]
    assert many.sellers("never told") == 0 < many.sellers("word 0")


def test_who_tells_neither_seller_nor_brand_teaches_nothing():
    assert not len(taught((TITLE, "", "")))


def test_a_word_given_as_brand_is_told_from_an_ordinary_one():
    market = taught(*[("Canon camera black", "Canon", f"s{n}") for n in range(9)])
    assert market.brandness("canon") > 0.7
    assert 0 < market.brandness("black") < 0.1
    assert market.brandness("unheard") == 0


def test_one_seller_says_little_of_a_brand():
    assert taught(*[("Zork bag", "Zork", "one")] * 99).brandness("zork") < 0.5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=9), st.sampled_from("abcdef")), max_size=8))
def test_the_order_of_learning_does_not_matter(told):
    lessons = [lesson_of(*each) for each in told]
    united = {}
    for lesson in lessons:
        unite(united, lesson)
    forth, back = NO_MARKET.taught(united, 0), NO_MARKET
    for lesson in reversed(lessons):
        back = back.taught(lesson, 0)
    assert not back.news(united)
    assert not forth.news(united)


def test_a_large_market_keeps_what_a_small_one_knows():
    market = NO_MARKET
    for start in range(0, 60_000, 20_000):
        lesson = {hash_of(f"w{n}"): bit_of(f"s{n % 3}") for n in range(start, start + 20_000)}
        market = market.taught(lesson, 1)
    market = market.taught({hash_of("w5"): bit_of("another")}, 1)
    assert market.sellers("w5") == 2
    assert market.sellers("w59999") == 1
    assert len(market) <= 60_001


def test_a_brand_field_that_names_no_brand_teaches_no_word():
    market = taught(*[("Zorglub bag", "Unbranded", f"s{n}") for n in range(9)])
    assert market.sellers("zorglub") > 5
    assert market.tellers("zorglub") == 0


def test_among_other_markets_a_count_is_worth_what_two_of_them_attest():
    own = taught(*[("Zorgluv shirt", "", f"s{n}") for n in range(40)])
    assert own.attested("zorgluv") == own.sellers("zorgluv") > 25
    assert own.among([own]).attested("zorgluv") == 0
    other = taught(("Zorgluv shirt", "", "one"), ("Zorgluv shirt", "", "two"))
    assert own.among([own, other]).attested("zorgluv") == 0
    assert own.among([own, other, other.taught({}, 1)]).attested("zorgluv") == 2
    assert own.among([own, other]).sellers("zorgluv") == own.sellers("zorgluv")
