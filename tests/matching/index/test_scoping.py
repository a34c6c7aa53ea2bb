"""A search for some marks answers what an index of only these would; what is not known rules nothing out."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import EVERY_MARK, Scope, build_index, from_image, to_image
from matching.index.scoping import ALL, meets, word_of
from matching.lexicon import NO_WORDS
from matching.model import Mark

NAMES = st.sampled_from(
    ["zorglub", "Zorglub", "quintavo", "brixolan", "a b c", "lovelyn of the northern big sea", "zorglab"]
)
COUNTRIES = st.frozensets(st.sampled_from(["US", "DE", "AT", "EU", "CH", "SE", "BX", "NL", "ZZ"]), max_size=3)
CLASSES = st.frozensets(st.integers(0, 47), max_size=3)
TITLE = "zorglub quintavos brixolna a.b.c lovelyn of the northern big sea z⭐rglub зорглуб"


@st.composite
def marks(draw):
    return [
        Mark(
            id=f"m{number}",
            text=draw(NAMES),
            rights_holder="h",
            office=draw(st.sampled_from(["EM", "XX", "US", "DE", "CH"])),
            status=draw(st.sampled_from(["registered", "Expired", "pending", "unverified"])),
            expires_on=draw(st.sampled_from([None, date(2025, 1, 1), date(2030, 1, 1)])),
            territories=draw(COUNTRIES),
            nice_classes=draw(CLASSES),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


SCOPES = st.builds(
    Scope,
    classes=CLASSES,
    ships_from=st.sampled_from([None, "CN", "DE"]),
    ships_to=COUNTRIES,
    day=st.sampled_from([None, date(2026, 1, 1)]),
)


def answer(found):
    return sorted(map(repr, found.candidates))


@settings(max_examples=80, deadline=None)
@given(marks(), SCOPES, st.integers(0, 8))
def test_a_search_for_some_marks_answers_as_an_index_of_only_these(listed, scope, upto):
    expected = build_index([mark for mark in listed if scope.admits(mark)]).search({"title": TITLE})
    snapshot = build_index(listed[:upto])
    overlaid = snapshot.changed(listed[upto:], [])
    for index in (build_index(listed), overlaid, overlaid.rebuilt()):
        assert answer(index.search({"title": TITLE}, scope)) == answer(expected)
        assert [answer(each) for each in index.search_many([{"title": TITLE}], [scope])] == [answer(expected)]


@settings(deadline=None)
@given(marks(), SCOPES)
def test_no_word_hides_a_mark_that_the_search_is_for(listed, scope):
    for mark in listed:
        assert word_of(mark) != 0
        if scope.admits(mark):
            assert meets(np.uint64(word_of(mark)), np.uint64(scope.mask))


def test_each_listing_of_many_has_a_scope_of_its_own():
    index = build_index(
        [Mark(id="m", text="Zorglub", rights_holder="h", office="EM", nice_classes=frozenset({9}))]
    )
    scopes = [Scope(classes=frozenset({9})), Scope(classes=frozenset({25})), EVERY_MARK]
    found = index.search_many([{"title": "zorglub"}] * 3, scopes)
    assert [len(each.candidates) for each in found] == [1, 0, 1]
    assert [len(rows) for (rows,) in index.rows([{"title": "zorglub"}] * 3, scopes)] == [1, 0, 1]


@pytest.mark.parametrize(
    "fields",
    [
        {"nice_classes": frozenset({25})},
        {"territories": frozenset({"US"})},
        {"status": "cancelled"},
    ],
)
def test_words_tell_without_the_marks_which_are_not_wanted(fields):
    mark = Mark(id="m", text="Zorglub", rights_holder="h", office="XX", **fields)
    scope = Scope(classes=frozenset({9}), ships_to=frozenset({"DE"}), day=date(2026, 1, 1))
    ((rows,),) = build_index([mark]).rows([{"title": "zorglub"}], [scope])
    assert len(rows) == 0


def test_every_mark_is_wanted_where_nothing_is_said():
    assert EVERY_MARK.mask == ALL == Scope().mask


def test_a_removed_mark_is_not_even_among_the_bare_hits():
    marks = [Mark(id=f"m{n}", text="Zorglub", rights_holder="h", office="EM") for n in range(70)]
    index = build_index(marks).changed([], [f"m{n}" for n in range(69)])
    ((rows,),) = index.rows([{"title": "zorglub"}])
    assert [row[2] for row in rows] == [69]


def test_words_are_kept_in_a_snapshot():
    mark = Mark(id="m", text="Zorglub", rights_holder="h", office="EM", nice_classes=frozenset({9}))
    index = from_image(to_image(build_index([mark])), NO_WORDS)
    for number, count in ((9, 1), (25, 0)):
        assert len(index.search({"title": "zorglub"}, Scope(classes=frozenset({number}))).candidates) == count
