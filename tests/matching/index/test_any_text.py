"""Arbitrary Unicode never stops a search, and every answer stands where it says."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark, Offer
from matching.normalization import MASK
from matching.reading import read
from matching.screening import screen, screen_many

NAMES = (
    "Zorglub",
    "Quin Tavo",
    "A-1",
    "乐酷",
    "Ёлка",
    "B.A.L.E",
    "Widget Makers of the Upper Zorgland Big Sea",
)
DISGUISES = st.sampled_from(
    ["z0rglub", "Z⭐rgl⭐b", "q u i n t a v o", "ΖΟRGLUB", "zor\u200bglub", "乐 酷", "еlka", "b|ale"]
)
TEXT = st.lists(st.text(max_size=12) | st.sampled_from(NAMES) | DISGUISES, max_size=9).map("".join)
SPACED = st.lists(st.text(max_size=8) | st.sampled_from(NAMES) | DISGUISES, max_size=12).map(" ".join)
INDEX = build_index(
    [Mark(id=name, text=name, rights_holder="h", office="EM") for name in NAMES], Lexicon({"sea": 5.0})
)
DAY = date(2026, 1, 1)


@settings(max_examples=400, deadline=None)
@given(TEXT | SPACED, TEXT, SPACED)
def test_any_text_is_searched_and_answers_stand_in_it(title, brand, description):
    texts = {"title": title, "brand": brand, "description": description}
    for each in INDEX.search(texts).candidates:
        span = each.span
        assert texts[span.field][span.start : span.end] == span.text != ""
        assert 0 <= each.similarity <= 1
        assert each.mark_id in NAMES


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT | SPACED, TEXT, SPACED), max_size=6))
def test_many_listings_at_once_are_answered_as_one_by_one(listings):
    offers = [
        Offer(title=title, brand=brand, description=text, screened_on=DAY) for title, brand, text in listings
    ]
    assert list(screen_many(offers, INDEX)) == [screen(offer, INDEX) for offer in offers]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="ascii"), max_size=30))
def test_any_name_is_found_where_it_is_written(name):
    size = sum(len(token.key) for token in read(name).tokens)
    index = build_index([Mark(id="m", text=name, rights_holder="h", office="EM")])
    found = {each.mark_id for each in index.search({"title": name}).candidates}
    assert found == ({"m"} if size > 1 else set()) or MASK in name


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT | SPACED, max_size=6))
def test_any_name_can_be_filed(names):
    marks = [
        Mark(id=str(number), text=name, rights_holder="h", office="EM") for number, name in enumerate(names)
    ]
    index = build_index(marks).changed(marks[:1], ["1"])
    assert [mark.id for mark in index.rebuilt()] == [mark.id for mark in index]
    index.search({"title": " ".join(names), "brand": "".join(names)})
