"""What a mark is used for, by the words around it."""

import tomllib
from pathlib import Path

import pytest

from matching.model import Span
from matching.usage import (
    comparison_cue,
    compatible_cue,
    strong_replica_cue,
    weak_replica_cue,
    words_of,
)

TABLE = tomllib.loads(Path(__file__).with_name("cases").joinpath("uses.toml").read_text(encoding="utf-8"))
PAIRS = [
    (language, use, text) for language, uses in TABLE.items() for use, texts in uses.items() for text in texts
]


def placed(text, *names):
    spans = [Span("title", name, text.index(name), text.index(name) + len(name)) for name in names]
    words = words_of(text, spans)
    return words, *words.at(spans[-1].start, spans[-1].end)


def use_in(text):
    name = next(name for name in ("Xyra", "XYRA") if name in text)
    words, first, last = placed(text, name)
    if strong_replica_cue(text, words):
        return "replica"
    if compatible_cue(words, first, last):
        return "compatible"
    if comparison_cue(words, first, last):
        return "comparison"
    return "weak" if weak_replica_cue(words) else "origin"


@pytest.mark.parametrize(("language", "use", "text"), PAIRS, ids=[f"{pair[0]}: {pair[2]}" for pair in PAIRS])
def test_words_beside_a_mark_tell_its_use(language, use, text):
    assert use_in(text) == use


@pytest.mark.parametrize(
    "text",
    [
        "Xyra case",
        "Shoes for men Xyra",
        "Schuhe für Herren Xyra",
        "Gift for women - Xyra bag",
        "2 per pack Xyra",
        "Case for tablets | Xyra",
        "LED lamp compatible with Abc by Xyra",
    ],
)
def test_other_use_is_not_excused_as_compatible(text):
    assert not compatible_cue(*placed(text, "Xyra"))


def test_like_and_style_only_compare():
    assert comparison_cue(*placed("Bag like Xyra", "Xyra"))
    assert comparison_cue(*placed("Xyra style bag", "Xyra"))
    assert comparison_cue(*placed("Sac style Xyra", "Xyra"))
    assert not comparison_cue(*placed("Xyra style 4411 bag", "Xyra"))


@pytest.mark.parametrize("text", ["Xyra replica", "Réplica Xyra", "Xyra 1:1", "çakma Xyra", "Xyra kw super"])
def test_replica_words_are_strong_cues(text):
    assert strong_replica_cue(text, placed(text, "Xyra")[0])


@pytest.mark.parametrize(
    "text",
    [
        "Xyra coat with fake fur",
        "Xyra no replica",
        "Xyra model 1:1 scale",
        "Xyra 11:15 clock",
        "Xyra OEM part",
        "Xyra 1:1 Drive Duplicator",
        "Xyra: beware of fakes",
        "Xyra replica jersey",
    ],
)
def test_other_things_are_no_replica_cues(text):
    assert not strong_replica_cue(text, placed(text, "Xyra")[0])


def test_aaa_is_a_weak_cue_only():
    words = placed("Xyra bag AAA", "Xyra")[0]
    assert weak_replica_cue(words) == "aaa"
    assert not strong_replica_cue("Xyra bag AAA", words)
