"""The distance between two words: letters left out, put in, exchanged for another or with their neighbor.

Bit-parallel: H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003).
"""

from __future__ import annotations

import numpy as np

from matching.index.compiling import bare_inline
from matching.index.hashing import Hashes, Letters
from matching.index.intrinsics import count_bits

_1 = np.uint64(1)
_0 = np.uint64(0)


@bare_inline
def mark_places(letters: Letters, start: int, stop: int, places: Hashes) -> None:
    """Note for every letter where it stands in a word of at most 64 letters."""
    for place in range(start, stop):
        places[letters[place]] |= _1 << np.uint64(place - start)


@bare_inline
def forget_places(letters: Letters, start: int, stop: int, places: Hashes) -> None:
    """Clear what `mark_places` noted."""
    for place in range(start, stop):
        places[letters[place]] = _0


@bare_inline
def distance_of(places: Hashes, size: int, other: Letters, start: int, stop: int) -> int:
    """The optimal string alignment distance of the word noted in `places` to a stretch of `other`."""
    up, down, diagonal, before = ~_0, _0, _0, _0
    last = _1 << np.uint64(size - 1)
    distance = size
    for place in range(start, stop):
        here = places[other[place]]
        swapped = ((~diagonal & here) << _1) & before
        diagonal = (((here & up) + up) ^ up) | here | down | swapped
        right, left = down | ~(diagonal | up), diagonal & up
        if right & last:
            distance += 1
        elif left & last:
            distance -= 1
        right, left = (right << _1) | _1, left << _1
        up, down = left | ~(diagonal | right), right & diagonal
        before = here
    return distance


@bare_inline
def signature_of(letters: Letters, start: int, stop: int) -> np.uint64:
    """Which letters a word has, and which of them twice, as bits: an error changes at most two of them."""
    once, twice = _0, _0
    for place in range(start, stop):
        letter = letters[place]
        bit = _1 << np.uint64(letter - 48 if letter < 58 else letter - 87)
        twice |= once & bit
        once |= bit
    return once | ((twice >> np.uint64(10)) << np.uint64(36))


@bare_inline
def bits_in(value: np.uint64) -> int:
    """How many bits are set."""
    return int(count_bits(value))
