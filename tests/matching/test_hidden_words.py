"""Cues are heard in disguise, and nothing else is taken for one."""

import pytest

from matching.hidden_words import hidden_phrases

PHRASES = frozenset({("replica",), ("fake",), ("super", "fake")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xyra repliсa", "repliсa"),
        ("Xyra 𝐫𝐞𝐩𝐥𝐢𝐜𝐚 bag", "𝐫𝐞𝐩𝐥𝐢𝐜𝐚"),
        ("Xyra repl1ca bag", "repl1ca"),
        ("Xyra R.e.p.l.i.c.a", "R.e.p.l.i.c.a"),
        ("Xyra r e p l i c a bag", "r e p l i c a"),
        ("Xyra réplicá", "réplicá"),
        ("Xyra rep\u200blica", "rep\u200blica"),
        ("super f4ke Xyra", "super f4ke"),
    ],
)
def test_a_cue_in_disguise_is_heard_at_its_place(text, expected):
    start, end = next(hidden_phrases(text, PHRASES))
    assert text[start:end] == expected


@pytest.mark.parametrize(
    "text", ["Xyra r2d2", "Xyra a.b.c.d", "Xyra café", "Xyra 12x replic4", "U.S.A. Xyra"]
)
def test_other_words_are_no_cues(text):
    assert not list(hidden_phrases(text, PHRASES))
