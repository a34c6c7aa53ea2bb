"""Categories as Nice classes: a guess from their words, in many languages."""

from datetime import date

import pytest

from matching.goods_classes import are_related, classes_of_category
from matching.index import build_index
from matching.model import Mark, Offer
from matching.screening import screen


@pytest.mark.parametrize(
    ("category", "number"),
    [
        ("Clothing > Women's Clothing > Lingerie, Sleep & Swimwear", 25),
        ("electronics - general", 9),
        ("Uhren & Schmuck", 14),
        ("Vêtements et chaussures", 25),
        ("Televisi & Video > Televisi Digital", 9),
        ("Joyería y relojes", 14),
        ("Сумки и рюкзаки", 18),
        ("女装/连衣裙", 25),
        ("手机配件", 9),
        ("レディースバッグ", 18),
        ("여성 신발", 25),
        ("حقائب نسائية", 18),
        ("กระเป๋าผู้หญิง", 18),
        ("Ayakkabı", 25),
        ("Parfüm & Kosmetik", 3),
    ],
)
def test_a_category_speaks_for_a_class(category, number):
    assert number in classes_of_category(category)


def test_an_unknown_category_speaks_for_none():
    assert classes_of_category("miscellaneous xyz") == frozenset()
    assert classes_of_category("") == frozenset()


def test_shoes_are_related_to_bags_and_not_to_wine():
    assert are_related(frozenset({25}), frozenset({18}))
    assert not are_related(frozenset({25}), frozenset({33}))
    assert not are_related(frozenset({25}), frozenset({35}))


def score_in(category, **given):
    mark = Mark(id="m", text="Portobello", rights_holder="", office="EM", nice_classes=frozenset({25}))
    offer = Offer(title="Fresh Portobelo deluxe", screened_on=date(2026, 1, 1), category=category, **given)
    return max((match.score for match in screen(offer, build_index([mark])).matches), default=0.0)


def test_goods_like_the_marks_speak_for_it_and_unlike_ones_against():
    assert score_in("shoes") > score_in("") > score_in("wine")


def test_a_class_that_is_given_beats_the_guess():
    assert score_in("wine", nice_classes=frozenset({25})) == score_in("", nice_classes=frozenset({25}))
