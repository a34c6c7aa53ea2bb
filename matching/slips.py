"""Evidence on what differs where a mark is not written letter by letter: the kind of the slip, and how rare
the words are that it makes.

A docstring is the public help text of its evidence.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Literal

from matching.lexicon import UNLISTED
from matching.writing import OF_WRITING, Writing, undoubled

Slip = Literal["", "sound", "vowel", "key", "ending"]
VOWELS: Final = frozenset("aeiouy")
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBORS: Final = frozenset(pair for row in ROWS for pair in itertools.pairwise(row))
PLURALS: Final = ("s", "es")
SOUNDS: Final = (("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"))
SAME_SOUND: Final = str.maketrans("cqzvy", "kksfi")
MOST_RARE: Final = 8.0


@lru_cache(maxsize=8_192)
def slip_of(written: str, key: str) -> Slip:
    """What kind of slip makes one word of the other, where it is one that people often make or mean."""
    if sorted(written) == sorted(key) or undoubled(written) == undoubled(key):
        return ""  # a typing error, which is evidence of its own
    if _heard(written) == _heard(key):
        return "sound"
    if written.startswith(key) and written[len(key) :] in PLURALS:
        return "ending"
    return _letter_slip(written, key) if len(written) == len(key) else ""


def _letter_slip(written: str, key: str) -> Slip:
    apart = [pair for pair in zip(written, key, strict=True) if pair[0] != pair[1]]
    if len(apart) != 1:
        return ""
    one, other = apart[0]
    if {one, other} <= VOWELS:
        return "vowel"
    return "" if NEIGHBORS.isdisjoint({(one, other), (other, one)}) else "key"


def _heard(word: str) -> str:
    for letters, sound in SOUNDS:
        word = word.replace(letters, sound)
    return word.translate(SAME_SOUND)


def _is(writing: Writing, kind: Slip) -> float:
    if not writing.is_open or not writing.candidate.distance:
        return 0.0
    return float(slip_of("".join(writing.candidate.words), writing.key) == kind)


def spelled_by_sound(writing: Writing) -> float:
    """1 if the letters that differ stand for the same sound: c or k, s or z, f or ph, x or ks."""
    return _is(writing, "sound")


def vowel_for_vowel(writing: Writing) -> float:
    """1 if one vowel stands in the place of another."""
    return _is(writing, "vowel")


def neighboring_key(writing: Writing) -> float:
    """1 if one letter is that of the key beside the right one."""
    return _is(writing, "key")


def with_ending(writing: Writing) -> float:
    """1 if the mark is written with the ending of a plural."""
    return _is(writing, "ending")


def rare_parts(writing: Writing) -> float:
    """How rare the parts are that a word of the mark is cut into, added up: 1 for each power of ten by which
    a word is met less than once in ten.
    """
    found = writing.candidate
    if not writing.is_open or not len(found.words) > len(found.mark_words):
        return 0.0
    often = writing.lexicon.frequency
    return round(sum(max(0.0, MOST_RARE - often.get(word, UNLISTED)) for word in found.words), 1)


def written_as_one(writing: Writing) -> float:
    """The letters of the mark, if its words are written as one, which is in no word list."""
    found = writing.candidate
    if not writing.is_open or found.distance or len(found.words) >= len(found.mark_words):
        return 0.0
    joined = (word for word in found.words if word not in found.mark_words)
    is_listed = any(writing.lexicon.frequency.get(word) for word in joined)
    return 0.0 if is_listed else float(len(writing.key))


def ordinary_letters(writing: Writing) -> float:
    """The letters that ordinary words lend to a mark, written as they are beside the word that differs."""
    found = writing.candidate
    count = len(found.mark_words)
    if not writing.is_open or not found.distance or count < 2 or len(found.words) != count:
        return 0.0
    same = [word for word, own in zip(found.words, found.mark_words, strict=True) if word == own]
    return float(sum(map(len, filter(writing.lexicon.is_common, same))))


SLIPS: Final[Mapping[str, Callable[[Writing], float]]] = {
    each.__name__: each
    for each in (
        spelled_by_sound, vowel_for_vowel, neighboring_key, with_ending, rare_parts, written_as_one,
        ordinary_letters,
    )
}  # fmt: skip
"""Evidence that is 0 wherever a mark is plainly written."""
WRITTEN: Final[Mapping[str, Callable[[Writing], float]]] = {**OF_WRITING, **SLIPS}
"""All evidence that a writing gives."""
