"""Sketches: a word in 64 bits that tells most pairs of words apart without a look at their letters.

A word of up to 16 letters is its letters in order, 4 bits each, so that a small distance between two words is
a few shifts and comparisons. A longer one is the set of its letters, of which an error changes at most two.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.compiling import bare_inline
from matching.index.distance import bits_in, signature_of
from matching.index.hashing import Letters
from matching.index.intrinsics import trailing_zeros

MOST_ORDERED: Final = 16
"""Words of more letters are sketched as sets."""
_CLASSES: Final = ("e", "a", "il", "o", "n", "r", "s", "t", "cw", "mvj", "ux", "dfz", "pyq", "hg", "bk")
_1, _4, _8 = np.uint64(1), np.uint64(4), np.uint64(8)
_LETTER: Final = np.uint64(15)
_NIBBLE: Final = np.uint64(60)
_0: Final = np.uint64(0)


def _classes() -> Letters:
    classes = np.full(256, len(_CLASSES), dtype=np.uint8)
    for number, letters in enumerate(_CLASSES, 1):
        for letter in letters:
            classes[ord(letter)] = number
    return classes


CLASSES: Final = _classes()


@bare_inline
def ordered_sketch(letters: Letters, start: int, stop: int) -> np.uint64:
    """The letters of a word of up to 16, the first in the lowest bits."""
    sketch, shift = _0, _0
    for place in range(start, stop):
        sketch |= np.uint64(CLASSES[letters[place]]) << shift
        shift += _4
    return sketch


@bare_inline
def sketch_of(letters: Letters, start: int, stop: int) -> np.uint64:
    """The sketch under which a word of the segment is kept."""
    if stop - start <= MOST_ORDERED:
        return ordered_sketch(letters, start, stop)
    return signature_of(letters, start, stop)


@bare_inline
def differ_by(one: np.uint64, other: np.uint64, most: int) -> bool:
    """Whether the sets of two words rule out that so few errors part the words."""
    return bits_in(one ^ other) > 2 * most


@bare_inline
def within(one: np.uint64, other: np.uint64, most: int) -> bool:
    """Whether so few errors, at most three, may part two words given by their letters in order."""
    if one == other:
        return True
    if most == 0:
        return False
    if most == 1:
        return _within_one(one, other)
    if most == 2:
        return _within_two(one, other)
    shift = trailing_zeros(one ^ other) & _NIBBLE
    one, other = one >> shift, other >> shift
    found = _within_two(one >> _4, other >> _4) or _within_two(one >> _4, other)
    found = found or _within_two(one, other >> _4)
    return found or (_is_swapped(one, other) and _within_two(one >> _8, other >> _8))


@bare_inline
def _within_two(one: np.uint64, other: np.uint64) -> bool:
    if one == other:
        return True
    shift = trailing_zeros(one ^ other) & _NIBBLE
    one, other = one >> shift, other >> shift
    found = _within_one(one >> _4, other >> _4) or _within_one(one >> _4, other)
    found = found or _within_one(one, other >> _4)
    return found or (_is_swapped(one, other) and _within_one(one >> _8, other >> _8))


@bare_inline
def _within_one(one: np.uint64, other: np.uint64) -> bool:
    if one == other:
        return True
    shift = trailing_zeros(one ^ other) & _NIBBLE
    one, other = one >> shift, other >> shift
    rest, others = one >> _4, other >> _4
    if rest in (others, other) or one == others:
        return True
    return bool(_is_swapped(one, other) and one >> _8 == other >> _8)


@bare_inline
def _is_swapped(one: np.uint64, other: np.uint64) -> bool:
    return bool((one & _LETTER) == ((other >> _4) & _LETTER) and ((one >> _4) & _LETTER) == (other & _LETTER))
