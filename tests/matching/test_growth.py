"""The work on a listing grows with its length, not with the square of it, whatever stands in it."""

from __future__ import annotations

import sys
from datetime import date
from itertools import islice, product

import pytest
from msgspec.structs import replace

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Candidate, Mark, Offer, Span
from matching.scenes import MAX_JUDGED, foremost
from matching.screening import MAX_MATCHES, screen

SIZES = (5_000, 10_000, 20_000)
MOST = 2.5
"""Times the work for twice the text; four times where work grows with the square."""
DAY = date(2026, 1, 1)


SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
MADE_UP = ("".join(each) for each in islice(product(SYLLABLES, repeat=3), 0, None, 101))
NAMES = ["zorglub", "quintavo", "bale", "lari", *MADE_UP]
WORDS = ("orange", "canal", "polar", "castle")
COMPANIES = [f"{word} {form}" for word in WORDS for form in ("GmbH", "Ltd", "LLC")]
INDEX = build_index(
    [
        Mark(id=f"m{n}", text=name, rights_holder="h", office="EM")
        for n, name in enumerate([*NAMES, *COMPANIES])
    ],
    Lexicon(dict.fromkeys(WORDS, 4.4)),
)
TEXTS = {
    "hidden letters": "ba*e l**i " * 2_000,
    "one mark": "zorglub " * 2_500,
    "three marks": "zorglub quintavo bale " * 1_000,
    "many marks": " ".join(NAMES)[:20_000],
    "no mark": "leather belt brown classic for men " * 600,
    "single letters": "b a l e " * 2_500,
    "companies without their form": "orange canal polar castle " * 800,
    "one to one": "1:1 zorglub " * 1_700,
}


def offer(description, title="x", **fields):
    return Offer(title=title, description=description, screened_on=DAY, **fields)


def steps(description):
    """How many lines of Python run while a description is screened."""
    count = 0

    def trace(_frame, _event, _argument):
        nonlocal count
        count += 1
        return trace

    known = sys.gettrace()
    sys.settrace(trace)
    try:
        screen(offer(description), INDEX)
    finally:
        sys.settrace(known)
    return count


@pytest.mark.parametrize("kind", TEXTS)
def test_twice_the_text_is_at_most_about_twice_the_work(kind):
    screen(offer(TEXTS[kind]), INDEX)
    small, middle, large = (steps(TEXTS[kind][:size]) for size in SIZES)
    assert middle < MOST * small
    assert large < MOST * middle


def test_what_is_not_judged_or_not_answered_is_named():
    verdict = screen(offer(TEXTS["many marks"]), INDEX)
    assert len(verdict.matches) == MAX_MATCHES
    assert set(verdict.limits) >= {"candidates_cut", "matches_cut"}


def test_repeated_mentions_do_not_hide_another_mark():
    verdict = screen(offer("zorglub " * (MAX_JUDGED * 2) + "quintavo"), INDEX)
    assert {NAMES[int(match.mark_id[1:])] for match in verdict.matches} == {"zorglub", "quintavo"}
    assert verdict.limits == ("candidates_cut",)


def test_a_heap_of_names_does_not_hide_a_disguise_behind_it():
    span = Span("description", "zorglub", 0, 7)
    plain = Candidate(mark_id="", span=span, matched="", kind="exact", distance=0, similarity=1.0)
    heap = tuple(replace(plain, mark_id=f"m{number}") for number in range(2 * MAX_JUDGED))
    hidden = replace(plain, mark_id="hidden", evasions=("leetspeak",))
    judged = foremost((*heap, hidden), INDEX.lexicon)
    assert (len(judged), hidden in judged) == (MAX_JUDGED, True)


def test_a_full_description_does_not_hide_the_mark_in_the_title():
    verdict = screen(offer(TEXTS["many marks"], title="Quintavo bag"), INDEX)
    assert "title" in {match.found.field for match in verdict.matches}


def test_an_exact_name_is_found_beyond_hundreds_of_names_like_it():
    name, letters = "Zorglubix", "abcdefghijkmnopqrstuvwxyz"
    near = dict.fromkeys(
        name[:place] + letter + name[place + more :]
        for more in (0, 1)
        for place in range(1, len(name))
        for letter in letters
    )
    marks = [each for each in near if each != name][:499]
    index = build_index(Mark(id=each, text=each, rights_holder="h", office="EM") for each in (*marks, name))
    verdict = screen(offer("", title="Zorglubux " * 40 + name), index)
    assert verdict.limits == ("candidates_cut",)
    assert {"Zorglubix", "Zorglubux"} <= {match.mark_id for match in verdict.matches}
    assert screen(offer("", title=f"{name} replica"), index).matches[0].mark_id == name
