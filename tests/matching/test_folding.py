"""Folding: any script to plain words, and words to how they sound."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.folding import fold_words, sound_of, split_digits


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Müller & Söhne", ("muller", "and", "sohne")),
        ("ＦＵＬＬ Width", ("full", "width")),
        ("O'Neill's", ("oneills",)),
        ("L.L.C.", ("llc",)),
        ("Sp. z o.o.", ("sp", "z", "oo")),
        ("深圳市恒达利贸易", ("shenzhen", "city", "hengdali", "trading")),
        ("Ромашка", ("romashka",)),
    ],
)
def test_text_of_any_script_becomes_plain_words(text, words):
    assert fold_words(text) == words


@pytest.mark.parametrize(
    ("left", "right"),
    [("mohammed", "muhamad"), ("wladimir", "vladimir"), ("fridrich", "friedrich"), ("osama", "usama")],
)
def test_spellings_of_one_sound_share_a_key(left, right):
    assert sound_of(left) == sound_of(right)


def test_letters_and_digits_part():
    assert split_digits(("f7", "12b")) == ("f", "7", "12", "b")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_folding_never_fails_and_leaves_only_plain_letters(text):
    words = fold_words(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert all(isinstance(sound_of(word), str) for word in words)
