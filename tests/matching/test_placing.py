"""The place of a cue is that of the words that told it."""

import pytest

from matching.placing import place_of
from matching.usage import words_of


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("Xyra super fake bag", "super fake", "super fake"),
        ("Xyra 1 : 1 bag", "1:1", "1 : 1"),
        ("Xyra repl1ca", "repl1ca", "repl1ca"),
        ("新款Xyra高仿包", "高仿", "高仿"),
    ],
)
def test_a_cue_is_placed_where_it_is_written(text, cue, expected):
    start, end = place_of(text, words_of(text), cue)
    assert text[start:end] == expected


def test_of_several_the_nearest_is_told():
    text = "for men, case for Xyra"
    assert place_of(text, words_of(text), "for", (18, 22)) == (14, 17)


def test_what_is_not_there_has_no_place():
    assert place_of("Xyra", words_of("Xyra"), "fake") is None
