"""Screening never fails, keeps at most three marks a window and says why."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark, Offer
from matching.reason_codes import REASON_CODES
from matching.screening import screen


def mark(mark_id, text, **fields):
    return Mark(id=mark_id, text=text, rights_holder="h", office="EM", **fields)


def offer(title, **fields):
    return Offer(title=title, screened_on=date(2026, 1, 1), **fields)


INDEX = build_index([mark("z", "Zorglub"), mark("s", "S"), mark("1", "501"), mark("q", "Quin & Tavo")])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.text(max_size=20), st.text(max_size=200))
def test_any_text_is_screened(title, brand, description):
    verdict = screen(offer(title, brand=brand, description=description), INDEX)
    assert 0 <= verdict.score <= 1
    assert all(reason.code in REASON_CODES for match in verdict.matches for reason in match.reasons)


@pytest.mark.parametrize(
    "text", ["", "\x00", "@'", "'" * 999, "⭐" * 500, "\ud800", "a " * 4_000, "z" * 99_999]
)
def test_hard_texts_are_screened(text):
    screen(offer(text, brand=text[:50], description=text), INDEX)


def test_at_most_three_marks_stand_on_one_window():
    index = build_index(mark(f"m{n}", "Zorglub") for n in range(9))
    assert len(screen(offer("zorglub"), index).matches) == 3


def test_every_occurrence_of_a_mark_is_named():
    (match,) = screen(offer("Zorglub bag, real Zorglub", brand="Zorglub"), INDEX).matches
    assert len(match.also_found) == 2


def test_a_reason_names_the_mark_and_what_is_written():
    (match,) = screen(offer("Z0rglub bag"), INDEX).matches
    assert match.reasons[0].text == "The title names Zorglub, written Z0rglub."


def test_origin_use_anywhere_decides_the_use():
    (match,) = screen(offer("Zorglub charger for Zorglub phones"), INDEX).matches
    assert match.use == "origin"


def test_a_description_is_read_too():
    (match,) = screen(offer("Nice bag", description="Made by Zorglub."), INDEX).matches
    assert (match.found.field, match.found.start) == ("description", 8)


def test_of_equal_marks_the_rarest_comes_first():
    lexicon = Lexicon({"glorzub": 2.0}, frozenset({"glorzub"}))
    index = build_index([mark("a", "Glorzub"), mark("b", "Zorglub")], lexicon)
    found = screen(offer("Glorzub Zorglub fake"), index)
    assert [match.mark_id for match in found.matches] == ["b", "a"]


def test_goods_of_related_classes_are_not_foreign():
    index = build_index([mark("z", "Zorglub", nice_classes=frozenset({25}))])
    related = screen(offer("Zorglub replica bag", nice_classes=frozenset({18})), index)
    foreign = screen(offer("Zorglub replica drill", nice_classes=frozenset({7})), index)
    assert (related.verdict, related.score > foreign.score) == ("alert", True)


def test_a_mark_applied_for_later_is_not_in_force():
    index = build_index([mark("z", "Zorglub", filed_on=date(2026, 1, 2))])
    assert screen(offer("Zorglub replica"), index).verdict == "clear"
    index = build_index([mark("z", "Zorglub", filed_on=date(2026, 1, 1))])
    assert screen(offer("Zorglub replica"), index).verdict == "alert"
