"""Evidence on what differs where a mark is not written letter by letter: the kind of the slip, and how rare
the words are that it makes.

A docstring is the public help text of its evidence.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Literal

from matching.comparison import Scene, undoubled
from matching.lexicon import UNLISTED

Slip = Literal["", "sound", "vowel", "key", "ending"]
VOWELS: Final = frozenset("aeiouy")
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBORS: Final = frozenset(pair for row in ROWS for pair in itertools.pairwise(row))
PLURALS: Final = ("s", "es")
SOUNDS: Final = (("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"))
SAME_SOUND: Final = str.maketrans("cqzvy", "kksfi")
MOST_RARE: Final = 8.0
LEAST_ORDINARY: Final = 2.0
HARDLY_A_BRAND: Final = 0.1
"""What a word is that is no name: met so often in all languages, and so seldom given as a brand."""


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


def rare_parts(scene: Scene) -> float:
    """How rare the parts are that a word of the mark is cut into, added up: 1 for each power of ten by which
    a word is met less than once in ten.
    """
    found = scene.candidate
    if not scene.is_open or not len(found.words) > len(found.mark_words):
        return 0.0
    often = scene.lexicon.frequency
    return round(sum(max(0.0, MOST_RARE - often.get(word, UNLISTED)) for word in found.words), 1)


def ordinary_letters(scene: Scene) -> float:
    """The letters that ordinary words lend to a mark, written as they are beside the word that differs."""
    found = scene.candidate
    count = len(found.mark_words)
    if not scene.is_open or not found.distance or count < 2 or len(found.words) != count:
        return 0.0
    same = [word for word, own in zip(found.words, found.mark_words, strict=True) if word == own]
    return float(sum(map(len, filter(scene.lexicon.is_common, same))))


def ordinary_word_mistyped(scene: Scene) -> float:
    """How many of this marketplace's other sellers use the mark's word, an ordinary one that hardly anybody
    gives as a brand, where what stands there is that word with an error.
    """
    if not scene.is_open or not scene.candidate.distance or len(scene.candidate.mark_words) > 1:
        return 0.0
    if scene.lexicon.ordinariness(scene.key) < LEAST_ORDINARY:
        return 0.0
    is_brand = scene.market.brandness(scene.key, scene.own) >= HARDLY_A_BRAND
    return 0.0 if is_brand else float(scene.market.tellers(scene.key, scene.own))


SLIPS: Final[Mapping[str, Callable[[Scene], float]]] = {
    each.__name__: each
    for each in (
        spelled_by_sound, vowel_for_vowel, neighboring_key, with_ending, rare_parts,
        ordinary_letters, ordinary_word_mistyped,
    )
}  # fmt: skip
"""Evidence that is 0 wherever a mark is plainly written."""
