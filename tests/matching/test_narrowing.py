"""Fewer marks are looked for where whoever asks says so; advice that is not clear is never lost by it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import EVERY_MARK, Scope, build_index
from matching.model import Mark, Offer, SellerStanding
from matching.narrowing import scope_of
from matching.screening import screen_many

DAY = date(2026, 1, 1)


def offer(title, **fields):
    return Offer(title=title, screened_on=DAY, **fields)


@pytest.mark.parametrize(
    ("classes", "sought"),
    [(frozenset(), frozenset()), ({25}, {14, 18, 25, 35}), ({45}, {45, 35}), ({9, 3}, {9, 28, 3, 5, 35})],
)
def test_related_goods_and_retail_are_looked_for_beside_the_own(classes, sought):
    scope = scope_of(offer("zorglub", nice_classes=frozenset(classes)), "related")
    assert (scope.classes, scope.day) == (sought, DAY)


def test_every_mark_is_looked_for_unless_said_otherwise():
    assert scope_of(offer("zorglub", nice_classes=frozenset({9})), "every") == EVERY_MARK
    assert scope_of(offer("zorglub", ships_to=frozenset({"DE"})), "enforceable") == Scope(
        ships_to=frozenset({"DE"}), day=DAY
    )


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["registered", "expired", "pending"]),
    st.sampled_from([None, date(2025, 1, 1), date(2030, 1, 1)]),
    st.sampled_from([frozenset(), frozenset({"US"}), frozenset({"EU"})]),
    st.sampled_from([frozenset(), frozenset({"DE"}), frozenset({"US", "DE"})]),
    st.sampled_from(["Zorglub shoes", "Z0rglub shoes 1:1 replica", "zorgulb bag"]),
)
def test_only_marks_that_would_be_clear_are_not_enforceable(status, expires_on, territories, ships_to, title):
    mark = Mark(
        id="m",
        text="Zorglub",
        rights_holder="h",
        office="XX",
        status=status,
        expires_on=expires_on,
        territories=territories,
    )
    index = build_index([mark])
    asked = [offer(title, ships_to=ships_to, seller=SellerStanding(risk="high"))]
    [every], [narrow] = (screen_many(asked, index, narrowness=each) for each in ("every", "enforceable"))
    assert narrow.verdict == every.verdict
    assert narrow.matches == every.matches or {match.verdict for match in every.matches} == {"clear"}
