"""The index as a value: what is added is found, what is removed is not, readers are not disturbed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import build_index
from matching.lexicon import COMMON, FREQUENT, Lexicon
from matching.model import Mark

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mark(mark_id, text, **fields):
    return Mark(id=mark_id, text=text, rights_holder="h", office="EM", **fields)


def found(index, title, **texts):
    return {candidate.mark_id for candidate in index.search({"title": title, **texts}).candidates}


def test_a_mark_is_found_by_name_spelling_and_product():
    index = build_index([mark("m", "Zorglub", spellings=("Sorglup",), products=("Air Zor 1",))])
    for title in ("a zorglub b", "the SORGLUP bag", "new air zor 1 shoes"):
        assert found(index, title) == {"m"}


def test_a_mark_is_found_by_the_last_of_hundreds_of_products_and_told_by_its_name():
    products = tuple(f"{first}orgluv {second}intavor" for first in "bcdfghklmnprstvz" for second in LETTERS)
    index = build_index([mark("m", "Kardemil", products=products)]).changed([mark("n", "Other")], [])
    for each in (products[254], products[300], products[-1]):
        texts = {one.matched for one in index.search({"title": each}).candidates if not one.distance}
        assert texts == {each}


def test_a_changed_index_leaves_the_old_one_as_it_was():
    old = build_index([mark("a", "Zorglub"), mark("b", "Quintavo")])
    new = old.changed([mark("c", "Brixolan")], ["a"])
    assert found(old, "zorglub brixolan quintavo") == {"a", "b"}
    assert found(new, "zorglub brixolan quintavo") == {"b", "c"}
    assert (len(old), len(new)) == (2, 2)
    assert new.mark("a") is None


def test_an_added_mark_replaces_the_one_with_its_id():
    index = build_index([mark("a", "Zorglub")]).changed([mark("a", "Quintavo")], [])
    assert found(index, "zorglub quintavo") == {"a"}
    assert index.mark("a").text == "Quintavo"
    assert len(index) == 1


NAMES = st.sampled_from(
    ["zorglub", "quintavo", "brixolan", "kardemil", "a b c", "lovelyn of the northern big sea"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), NAMES), max_size=25))
def test_a_changed_index_answers_as_a_rebuilt_one(steps):
    index, alive = build_index([]), {}
    for is_added, number, name in steps:
        key = f"m{number}"
        index = index.changed([mark(key, name)] if is_added else [], [] if is_added else [key])
        alive.pop(key, None)
        alive |= {key: mark(key, name)} if is_added else {}
    title = "zorglub quintavos brixolna kardemil a.b.c lovelyn of the northern big sea z⭐rglub"
    rebuilt = build_index(alive.values()).search({"title": title})
    for each in (index, index.rebuilt()):
        answer = each.search({"title": title})
        assert sorted(map(repr, answer.candidates)) == sorted(map(repr, rebuilt.candidates))
        assert {item.id for item in each} == set(alive)


def test_a_large_overlay_is_to_be_merged_and_a_small_one_is_merged_at_once():
    index = build_index([mark("a", "Zorglub")])
    assert len(index.changed([mark("b", "Quintavo"), mark("c", "Brixolan")], []).layers) == 1
    index = index.changed([mark(f"n{n}", f"name {n}") for n in range(20_100)], [])
    assert (len(index.layers), index.is_outgrown) == (2, True)
    merged = index.rebuilt()
    assert (len(merged.layers), merged.is_outgrown) == (1, False)
    assert found(merged, "zorglub and name 777") >= {"a", "n777"}


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 9), NAMES), max_size=15)


@settings(max_examples=60, deadline=None)
@given(STEPS, STEPS)
def test_an_index_renewed_in_the_background_knows_what_changed_meanwhile(before, meanwhile):
    index, alive = build_index([]), {}

    def step(is_added, number, name):
        key = f"m{number}"
        alive.pop(key, None)
        alive.update({key: mark(key, name)} if is_added else {})
        return index.changed([mark(key, name)] if is_added else [], [] if is_added else [key])

    for each in before:
        index = step(*each)
    held = index = index.holding()
    for each in meanwhile:
        index = step(*each)
    index = index.renewed(held, held.rebuilt())
    title = {"title": "zorglub quintavos brixolna kardemil a.b.c lovelyn of the northern big sea"}
    expected = build_index(alive.values()).search(title).candidates
    assert sorted(map(repr, index.search(title).candidates)) == sorted(map(repr, expected))
    assert {item.id: item.text for item in index} == {key: item.text for key, item in alive.items()}


def test_marks_of_many_words_are_found_exactly_and_with_an_error():
    index = build_index([mark("m", "United Widget Makers of Upper Zorgland Incorporated")])
    assert found(index, "the United Widget Makers of Upper Zorgland Incorporated logo") == {"m"}
    assert found(index, "United Wigdet Makers of Upper Zorgland Incorporated") == {"m"}
    assert found(index, "United Widget Makers of Upper Incorporated") == {"m"}
    assert found(index, "United Widget Makers of Zorgland Incorporated") == {"m"}
    assert found(index, "Widget Makers of Upper Zorgland Incorporated") == {"m"}
    assert found(index, "United Widget Makers") == set()


@pytest.mark.parametrize("place", range(6))
def test_a_long_mark_is_found_whichever_of_its_words_has_an_error(place):
    words = ["Quintavo", "Brixolan", "Moschavo", "Citroga", "Lumiqo", "Zorglub"]
    index = build_index([mark("m", " ".join(words)), *(mark(word, word) for word in "abc")])
    words[place] = words[place][:2] + "x" + words[place][3:]
    assert found(index, "new " + " ".join(words)) == {"m"}


def test_a_word_of_a_long_mark_may_be_missing_that_is_read_as_several():
    index = build_index([mark("m", "Quintavo Brixolan Holding Zorglub B.V.")])
    assert found(index, "a Quintavo Brixolan Holding Zorglub bag") == {"m"}


def test_a_mark_with_a_comma_is_found_across_it_and_others_are_not():
    index = build_index([mark("m", "Zorg, Lub"), mark("n", "Quintavo")])
    assert found(index, "zorg, lub") == {"m"}
    assert found(index, "quin, tavo") == set()


def test_a_cap_that_is_reached_is_named():
    index = build_index([mark("m", "Zorglub")])
    assert index.search({"title": "word " * 5_000}).limits == ("text_cut",)


def test_frequent_words_are_never_taken_for_errors():
    index = build_index([mark("m", "Leathor")], Lexicon({"leather": FREQUENT}))
    assert found(index, "leather bag") == set()
    assert found(build_index([mark("m", "Leathor")]), "leather bag") == {"m"}


def test_a_common_word_is_taken_for_one_error_of_a_name_of_six_letters_or_more():
    lexicon = Lexicon(dict.fromkeys(("a", "bag", "sensu", "saddle", "margherit", "margheri"), COMMON))
    index = build_index([mark("a", "Sensus"), mark("b", "Saddler"), mark("c", "Margherita")], lexicon)
    assert found(index, "a sensu bag") == set()
    assert found(index, "a saddle bag") == {"b"}
    assert found(index, "a margherit bag") == {"c"}
    assert found(index, "a margheri bag") == set()


def test_frequent_words_together_may_hide_one_error_of_a_longer_name():
    lexicon = Lexicon(dict.fromkeys(("home", "credit", "fund", "found"), FREQUENT))
    index = build_index([mark("a", "Home Credit Fund"), mark("b", "Home Fund")], lexicon)
    assert found(index, "the home credit found") == {"a"}
    assert found(index, "the home found") == set()


def test_a_name_with_a_few_digits_may_have_one_error():
    index = build_index([mark("m", "Zorglub 950")])
    assert found(index, "a zorgub 950 bag") == {"m"}
    assert found(index, "a zogub 950 bag") == set()


def test_a_mark_of_five_words_is_found_when_one_of_them_is_parted():
    index = build_index([mark("m", "Zorglub Brands Group Pty Ltd")])
    assert found(index, "a zorg lub brands group pty ltd bag") == {"m"}


def test_a_mark_of_four_letters_is_found_with_an_error():
    index = build_index([mark("m", "Trek")])
    assert found(index, "a trrk bag") == {"m"}
    assert found(index, "a trk bag") == set()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(NAMES | st.sampled_from(["z⭐rglub", "кардемил", "quin"]), max_size=4), max_size=8))
def test_many_listings_meet_all_layers_as_one_by_one(titles):
    index = build_index([mark("a", "Zorglub"), mark("b", "Quintavo")]).changed(
        [mark("c", "Brixolan"), mark("d", "lovelyn of the northern big sea")], ["a"]
    )
    listings = [{"title": " ".join(words), "brand": "brixolan"} for words in titles]
    assert list(index.search_many(listings)) == [index.search(listing) for listing in listings]


def test_a_listing_of_very_many_hits_is_answered_in_full_behind_others():
    index = build_index([mark(f"m{n}", "Zorglub") for n in range(60)])
    listings = [{"title": "zorglub " * 50}, {"title": "zorglub " * 100}, {"title": "zorglub"}]
    many = list(index.search_many(listings))
    assert [len(found.candidates) for found in many] == [3_000, 6_000, 60]
    assert [found.limits for found in many] == [(), (), ()]
