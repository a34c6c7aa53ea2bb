"""The distance between two words: letters left out, put in, exchanged for another or with their neighbor.

Bit-parallel: H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.compiling import bare_inline
from matching.index.hashing import Hashes, Letters
from matching.index.intrinsics import count_bits

UNCLEAR: Final = -1
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
def clear_distance(one: Letters, here: tuple[int, int], other: Letters, there: tuple[int, int]) -> int:
    """The same distance of two stretches if little is left once both begin and end otherwise.

    UNCLEAR if it is two or more and more must be seen to tell.
    """
    start, stop = here
    begin, end = there
    while start < stop and begin < end and one[start] == other[begin]:
        start += 1
        begin += 1
    while start < stop and begin < end and one[stop - 1] == other[end - 1]:
        stop -= 1
        end -= 1
    left, right = stop - start, end - begin
    if left == 0 or right == 0:
        return left + right
    if left + right <= 3:
        return left + right - 1
    if left == 2 and right == 2:
        return 1 if one[start] == other[begin + 1] and one[start + 1] == other[begin] else 2
    return UNCLEAR


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
