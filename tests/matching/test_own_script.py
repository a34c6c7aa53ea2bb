"""The word lists are asked in the script a name was written in."""

from datetime import date

import pytest

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark, Offer
from matching.screening import screen

LEXICON = Lexicon({"nai": 5.0, "ke": 5.0, "xiaomi": 4.0, "nayky": 4.5, "zorglub": 4.5, "经典": 5.0})


def verdict_on(name, title):
    index = build_index([Mark(id="m", text=name, rights_holder="h", office="EM")], LEXICON)
    found = screen(Offer(title=title, screened_on=date(2026, 1, 1)), index)
    return found.verdict


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("耐克", "耐克 高仿"),
        ("小米", "小米 高仿"),
        ("نايكي", "حذاء نايكي تقليد"),
        ("Zorglub", "Зорглуб реплика"),
    ],
)
def test_a_name_in_its_script_is_no_word_of_another(name, title):
    assert verdict_on(name, title) == "alert"


def test_an_ordinary_word_of_its_own_script_remains_one():
    assert verdict_on("经典", "经典 高仿") == "clear"


def test_other_letters_of_the_same_sound_are_not_the_name():
    assert verdict_on("耐克", "奈课 新款") == "clear"
