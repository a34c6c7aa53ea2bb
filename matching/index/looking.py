"""The close look: pairs of a window and a word of the segment, compared by sketch, then letter by letter."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    DROPPED,
    EXACT,
    NEAR,
    NEARLY,
    ONCE,
    SEEN,
    SOUND,
    Arrays,
    Scratch,
)
from matching.index.compiling import part
from matching.index.distance import distance_of, forget_places, mark_places, signature_of
from matching.index.filing import file_hits
from matching.index.hashing import LEAST_NEAR, LEAST_TWO, MAX_LETTERS, Hashes, Letters
from matching.index.intrinsics import prefetch
from matching.index.scoping import EVERYTHING, meets
from matching.index.sketches import MOST_ORDERED, differ_by, ordered_sketch, within
from matching.index.sounding import sound_into

FEWEST_IN_SET: Final = MOST_ORDERED - 3
"""Shorter windows meet no word that is sketched as a set."""
_NOTHING: Final = np.uint64(0)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_BITS: Final = np.uint64(51)
_NUMBER: Final = np.uint64(32)


@part
def look_closely(arrays: Arrays, scratch: Scratch, pairs: int) -> None:
    """Compare windows with words; pairs come in the order of their windows, their sketches asked for."""
    if scratch.wanted[0] != EVERYTHING:
        pairs = _compare_words(arrays, scratch, pairs)
    kept = _compare_sketches(arrays, scratch, pairs)
    file_hits(arrays, scratch, _measure(arrays, scratch, kept))


@part
def _compare_words(arrays: Arrays, scratch: Scratch, pairs: int) -> int:
    """Keep the pairs whose word has a mark that is wanted."""
    kept, wanted = 0, scratch.wanted[0]
    for pair in range(pairs):
        prefetch(arrays.words, int(scratch.pair_numbers[pair]))
    for pair in range(pairs):
        number = scratch.pair_numbers[pair]
        scratch.pair_owners[kept], scratch.pair_numbers[kept] = scratch.pair_owners[pair], number
        kept += 1 if meets(arrays.words[number], wanted) else 0
    return kept


@part
def _compare_sketches(arrays: Arrays, scratch: Scratch, pairs: int) -> int:
    """Keep the pairs that may meet, and ask for their letters."""
    kept, window, turn = 0, -1, scratch.turn[0]
    size, errors = 0, 0
    ordered, mixture = _NOTHING, _NOTHING
    first_set = arrays.firsts[MOST_ORDERED + 1]
    for pair in range(pairs):
        owner, number = int(scratch.pair_owners[pair]), int(scratch.pair_numbers[pair])
        if owner >> 2 != window:
            window = owner >> 2
            turn += np.uint64(1)
            row = scratch.windows[window]
            size = row[5] - row[4]
            errors = errors_of(row[3], size)
            ordered = ordered_sketch(scratch.letters, row[4], row[5]) if size <= MOST_ORDERED else _NOTHING
            mixture = signature_of(scratch.letters, row[4], row[5]) if size > FEWEST_IN_SET else _NOTHING
        if not _is_new(scratch.seen, (turn << _NUMBER) | np.uint64(number)):
            continue
        most = errors + 1 if owner & 3 == SOUND else errors
        sketch = arrays.sketches[number]
        if number >= first_set:
            if differ_by(mixture, sketch, most):
                continue
        elif size <= MOST_ORDERED and not within(ordered, sketch, most):
            continue
        prefetch(arrays.letters, _letters_of(arrays, number, max(1, size - 3))[0])
        scratch.pair_owners[kept], scratch.pair_numbers[kept] = owner, number
        kept += 1
    scratch.turn[0] = turn
    return kept


@part
def errors_of(bits: int, size: int) -> int:
    """How many errors a window may have."""
    if bits & NEARLY == 0:
        return 0
    return 2 if size >= LEAST_TWO and bits & ONCE == 0 else 1


@part
def _is_new(seen: Hashes, pair: np.uint64) -> bool:
    """Whether a word of the segment was not yet looked at for this window, as far as is remembered."""
    slot = int((pair * _SPREAD) >> _BITS)
    for step in range(8):
        at = (slot + step) & (SEEN - 1)
        if seen[at] == pair:
            return False
        if seen[at] >> _NUMBER != pair >> _NUMBER:
            seen[at] = pair
            return True
    return True


@part
def _letters_of(arrays: Arrays, number: int, length: int) -> tuple[int, int]:
    """Where the letters of a word begin, and how many, given a length that is not too great."""
    while number >= arrays.firsts[length + 1]:
        length += 1
    return arrays.bases[length] + (number - arrays.firsts[length]) * length, length


@part
def _measure(arrays: Arrays, scratch: Scratch, pairs: int) -> int:
    """Write the pairs that meet to `found`: window, number, distance, kind; returns how many."""
    window, start, stop, errors, found, is_marked = -1, 0, 0, 0, 0, False
    for pair in range(pairs):
        owner, number = int(scratch.pair_owners[pair]), int(scratch.pair_numbers[pair])
        if owner >> 2 != window:
            if is_marked:
                forget_places(scratch.letters, start, stop, scratch.places)
            window, is_marked = owner >> 2, False
            start, stop = scratch.windows[window, 4], scratch.windows[window, 5]
            errors = errors_of(scratch.windows[window, 3], stop - start)
        size = stop - start
        base, length = _letters_of(arrays, number, max(1, size - 3))
        distance = 0
        if length != size or not _is_same(scratch.letters, start, arrays.letters, base, size):
            if not is_marked:
                mark_places(scratch.letters, start, stop, scratch.places)
                is_marked = True
            distance = distance_of(scratch.places, size, arrays.letters, base, base + length)
        kind = _kind_of(arrays, scratch, (owner, errors, distance), (start, stop, base, base + length))
        if kind < 0:
            continue
        if found == len(scratch.found):
            scratch.counts[DROPPED] += 1
            continue
        row = scratch.found[found]
        row[0], row[1], row[2], row[3] = window, number, distance, kind
        prefetch(arrays.word_bounds, number)
        found += 1
    if is_marked:
        forget_places(scratch.letters, start, stop, scratch.places)
    return found


@part
def _kind_of(
    arrays: Arrays, scratch: Scratch, known: tuple[int, int, int], places: tuple[int, int, int, int]
) -> int:
    """How a window meets a word, of the owner of their pair, the errors allowed and the distance; -1: not."""
    owner, errors, distance = known
    if distance == 0:
        return EXACT
    length = places[3] - places[2]
    allowed = min(errors, 2 if length >= LEAST_TWO else 1)
    kind = NEAR
    if distance > allowed:
        if owner & 3 != SOUND or distance > allowed + 1 or not _sounds_alike(arrays, scratch, places):
            return -1
        kind = SOUND
    return kind if length >= LEAST_NEAR else -1


@part
def _is_same(one: Letters, start: int, other: Letters, begin: int, size: int) -> bool:
    for place in range(size):  # noqa: SIM110 - kernels know no generators
        if one[start + place] != other[begin + place]:
            return False
    return True


@part
def _sounds_alike(arrays: Arrays, scratch: Scratch, places: tuple[int, int, int, int]) -> bool:
    start, stop, begin, end = places
    half = 2 * MAX_LETTERS
    one, other = scratch.sound[:half], scratch.sound[half:]
    count = sound_into(scratch.letters, start, stop, scratch.spare, one)
    if sound_into(arrays.letters, begin, end, scratch.spare, other) != count:
        return False
    for place in range(count):  # noqa: SIM110 - kernels know no generators
        if one[place] != other[place]:
            return False
    return True
