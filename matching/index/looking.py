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
from matching.index.hashing import LEAST_NEAR, LEAST_TWO, MAX_LETTERS, Hashes
from matching.index.intrinsics import prefetch
from matching.index.sketches import MOST_ORDERED, differ_by, ordered_sketch, within
from matching.index.sounding import sound_into

_NOTHING: Final = np.uint64(0)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_BITS: Final = np.uint64(51)
_NUMBER: Final = np.uint64(32)


@part
def look_closely(arrays: Arrays, scratch: Scratch, pairs: int) -> None:
    """Compare windows with words; pairs come in the order of their windows."""
    for pair in range(pairs):
        prefetch(arrays.sketches, int(scratch.pair_numbers[pair]))
    kept = _compare_sketches(arrays, scratch, pairs)
    file_hits(arrays, scratch, _measure(arrays, scratch, kept))


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
            mixture = signature_of(scratch.letters, row[4], row[5])
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
    window, start, stop, errors, found = -1, 0, 0, 0, 0
    for pair in range(pairs):
        owner, number = int(scratch.pair_owners[pair]), int(scratch.pair_numbers[pair])
        if owner >> 2 != window:
            forget_places(scratch.letters, start, stop, scratch.places)
            window = owner >> 2
            start, stop = scratch.windows[window, 4], scratch.windows[window, 5]
            errors = errors_of(scratch.windows[window, 3], stop - start)
            mark_places(scratch.letters, start, stop, scratch.places)
        size = stop - start
        base, length = _letters_of(arrays, number, max(1, size - 3))
        distance = distance_of(scratch.places, size, arrays.letters, base, base + length)
        allowed = min(errors, 2 if length >= LEAST_TWO else 1)
        kind = EXACT if distance == 0 else NEAR
        if distance > allowed:
            if owner & 3 != SOUND or distance > allowed + 1:
                continue
            if not _sounds_alike(arrays, scratch, (start, stop, base, base + length)):
                continue
            kind = SOUND
        if distance > 0 and length < LEAST_NEAR:
            continue
        if found == len(scratch.found):
            scratch.counts[DROPPED] += 1
            continue
        row = scratch.found[found]
        row[0], row[1], row[2], row[3] = window, number, distance, kind
        prefetch(arrays.word_bounds, number)
        found += 1
    forget_places(scratch.letters, start, stop, scratch.places)
    return found


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
