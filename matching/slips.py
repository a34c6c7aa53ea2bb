"""Evidence on what differs where a mark is not written letter by letter: the kind of the slip, and how rare
the words are that it makes.

A docstring is the public help text of its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Literal

from matching.comparison import Scene
from matching.lexicon import UNLISTED

Slip = Literal["", "sound", "vowel", "key", "ending"]
VOWELS: Final = frozenset("aeiouy")
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBORS: Final = frozenset(pair for row in ROWS for pair in zip(row, row[1:], strict=False))
PLURALS: Final = ("s", "es")
SOUNDS: Final = (("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"))
SAME_SOUND: Final = str.maketrans("cqzvy", "kksfi")
MOST_RARE: Final = 8.0
LONG_ENOUGH: Final = 9
"""Letters from which the words that differ tell enough by themselves."""


@lru_cache(maxsize=8_192)
def slip_of(written: str, key: str) -> Slip:
    """What kind of slip makes one word of the other, where it is one that people often make or mean."""
    if _heard(written) == _heard(key):
        return "sound"
    if written.startswith(key) and written[len(key) :] in PLURALS:
        return "ending"
    if len(written) != len(key):
        return ""
    apart = [pair for pair in zip(written, key, strict=True) if pair[0] != pair[1]]
    if len(apart) != 1:
        return ""
    one, other = apart[0]
    if VOWELS >= {one, other}:
        return "vowel"
    return "key" if not NEIGHBORS.isdisjoint({(one, other), (other, one)}) else ""


def _heard(word: str) -> str:
    for letters, sound in SOUNDS:
        word = word.replace(letters, sound)
    return word.translate(SAME_SOUND)


def _is(scene: Scene, kind: Slip) -> float:
    if not scene.is_open or not scene.candidate.distance:
        return 0.0
    return float(slip_of("".join(scene.candidate.words), scene.key) == kind)


def spelled_by_sound(scene: Scene) -> float:
    """1 if the letters that differ stand for the same sound: c or k, s or z, f or ph, x or ks."""
    return _is(scene, "sound")


def vowel_for_vowel(scene: Scene) -> float:
    """1 if one vowel stands in the place of another."""
    return _is(scene, "vowel")


def neighboring_key(scene: Scene) -> float:
    """1 if one letter is that of the key beside the right one."""
    return _is(scene, "key")


def with_ending(scene: Scene) -> float:
    """1 if the mark is written with the ending of a plural."""
    return _is(scene, "ending")


def written_as_one(scene: Scene) -> float:
    """The letters of a mark of several words that is written as one word, in no word list."""
    found = scene.candidate
    if not scene.is_open or len(found.words) > 1 or len(found.mark_words) < 2:
        return 0.0
    return 0.0 if found.words[0] in scene.lexicon.frequency else float(len(scene.key))


def rare_parts(scene: Scene) -> float:
    """How rare the parts are that a word of the mark is cut into, added up: 1 for each power of ten by which
    a word is met less than once in ten.
    """
    found = scene.candidate
    if not scene.is_open or not len(found.words) > len(found.mark_words):
        return 0.0
    often = scene.lexicon.frequency
    return round(sum(max(0.0, MOST_RARE - often.get(word, UNLISTED)) for word in found.words), 1)


def few_letters_tell(scene: Scene) -> float:
    """How far the words that differ fall short of nine letters, if all other words of the mark are ordinary
    ones, written as they are.
    """
    found = scene.candidate
    if not scene.is_open or not found.distance or len(found.words) != len(found.mark_words) > 1:
        return 0.0
    pairs = list(zip(found.words, found.mark_words, strict=True))
    same = [word for word, own in pairs if word == own]
    if not same or not all(map(scene.lexicon.is_common, same)):
        return 0.0
    letters = sum(len(own) for word, own in pairs if word != own)
    return float(max(0, LONG_ENOUGH - letters))


SLIPS: Final[Mapping[str, Callable[[Scene], float]]] = {
    each.__name__: each
    for each in (
        spelled_by_sound, vowel_for_vowel, neighboring_key, with_ending, written_as_one, rare_parts,
        few_letters_tell,
    )
}  # fmt: skip
"""Evidence that is 0 wherever a mark is plainly written."""
