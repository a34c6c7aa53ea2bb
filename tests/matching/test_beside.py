"""Beside a word that says an imitation is sold, a mark's exact letters name it, however they are spaced."""

from datetime import date

import pytest

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark, Offer
from matching.screening import screen

LEXICON = Lexicon(
    {"boss": 4.8, "apple": 4.8, "bosss": 4.8, "timber": 4.0, "land": 5.2, "xl": 4.3, "uk": 5.1},
    frozenset({"xl", "uk"}),
)


def verdict_on(name, title):
    index = build_index([Mark(id="m", text=name, rights_holder="h", office="EM")], LEXICON)
    return screen(Offer(title=title, screened_on=date(2026, 1, 1)), index).verdict


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Zor-Ban", "ZorBan replica"),
        ("Louzor Vuitlub", "#louzorvuitlub #replica"),
        ("Zorglub", "zor glub fake"),
        ("J.Q.L.", "jql replica"),
        ("LV", "LV replica bag"),
        ("H&M", "H&M counterfeit bag"),
        ("3M", "3M counterfeit tape"),
        ("Zorglub", "zorglub_replica"),
        ("Zorglub", "Zorglub 1to1 bag"),
    ],
)
def test_exact_letters_beside_a_strong_cue_are_an_alert(name, title):
    assert verdict_on(name, title) == "alert"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("BOSS", "BOSS replica suit"),
        ("Apple", "Apple replica charger"),
        ("Timberland", "timber land replica bag"),
        ("Boss's", "Bosss replica suit"),
    ],
)
def test_a_dictionary_word_in_its_own_spelling_beside_a_strong_cue_is_a_review(name, title):
    assert verdict_on(name, title) == "review"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Zor-Ban", "ZorBan glasses"),  # no cue
        ("LV", "lv replica bag"),  # small letters
        ("LV", "NEW LV REPLICA BAG"),  # everything is in capitals
        ("BOSS", "boss replica suit"),
        ("Apple", "fake apple fruit"),
        ("LV", "replica bag for the summer with a blue ribbon LV"),  # far from the cue
        ("Zorglub", "Zorglub no replica"),
    ],
)
def test_other_letters_or_no_cue_are_clear(name, title):
    assert verdict_on(name, title) == "clear"
