"""Every reason that rests on a place of the text tells it."""

from datetime import date

import msgspec
import pytest

from matching.index import build_index
from matching.model import Mark, Offer, Reason, Spot
from matching.screening import screen

INDEX = build_index([Mark(id="m", text="Zorglub", rights_holder="h", office="EM")])


def places(title, **fields):
    offer = Offer(title=title, screened_on=date(2026, 1, 1), **fields)
    texts = {"title": title, "brand": offer.brand, "description": offer.description}
    reasons = screen(offer, INDEX).matches[0].reasons
    return {each.code: each.at and texts[each.at.field][each.at.start : each.at.end] for each in reasons}


@pytest.mark.parametrize(
    ("title", "code", "expected"),
    [
        ("new Zorglub bag", "mark_named", "Zorglub"),
        ("new Zоrglub bag", "disguised", "Zоrglub"),
        ("Zorglub repl1ca", "replica_cue", "repl1ca"),
        ("Zorglub shoes aaa", "weak_replica_cue", "aaa"),
        ("case for Zorglub", "compatible_use", "for"),
        ("like Zorglub", "comparison_use", "like"),
        ("lot of Zorglub", "bundle_use", "lot"),
    ],
)
def test_a_reason_tells_the_place_it_rests_on(title, code, expected):
    assert places(title)[code] == expected


def test_a_reason_on_the_brand_field_tells_it():
    assert places("Zorglub bag", brand="Quux")["brand_field_differs"] == "Quux"


def test_a_reason_beside_the_text_tells_no_place():
    assert places("Zorglub bag", condition="used")["used_goods"] is None


def test_a_reason_stored_without_a_place_stays_readable():
    stored = {"code": "mark_named", "text": "The title names it.", "weight": 1.0}
    assert msgspec.convert(stored, Reason).at is None
    assert msgspec.to_builtins(msgspec.convert(stored, Reason)) == stored
    told = stored | {"at": {"field": "title", "start": 0, "end": 4}}
    assert msgspec.convert(told, Reason).at == Spot("title", 0, 4)
