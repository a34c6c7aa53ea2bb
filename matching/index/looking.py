"""The close look: pairs of a window and a word of the segment, compared by sketch, then letter by letter."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    DROPPED,
    EXACT,
    KEPT_FREE,
    NEAR,
    NEARLY,
    ONCE,
    SEEN,
    SOUND,
    Arrays,
    Scratch,
)
from matching.index.compiling import part
from matching.index.distance import (
    UNCLEAR,
    clear_distance,
    distance_of,
    forget_places,
    mark_places,
    signature_of,
)
from matching.index.filing import file_hits
from matching.index.hashing import LEAST_NEAR, LEAST_PARTS, LEAST_TWO, MAX_LETTERS
from matching.index.intrinsics import prefetch
from matching.index.scoping import EVERYTHING, meets
from matching.index.sketches import MOST_ORDERED, differ_by, ordered_sketch, within
from matching.index.sounding import sound_into

FEWEST_IN_SET: Final = MOST_ORDERED - 3
"""Shorter windows meet no word that is sketched as a set."""
_NOTHING: Final = np.uint64(0)
_NUMBER: Final = np.uint64(32)


@part
def look_closely(arrays: Arrays, scratch: Scratch, pairs: int) -> None:
    """Compare windows with words; pairs come in the order of their windows, their sketches asked for."""
    pairs = _drop_repeated(scratch, pairs)
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
        kept += 1 if meets(arrays.palette[arrays.words[number]], wanted) else 0
    return kept


@part
def _drop_repeated(scratch: Scratch, pairs: int) -> int:
    """Keep the first of equal pairs, as far as they are remembered: words share many hashes with a window."""
    kept, turn, last = 0, scratch.turn[0], np.uint64(0)
    for pair in range(pairs):
        owner, number = scratch.pair_owners[pair], scratch.pair_numbers[pair]
        last = np.uint64(owner >> np.uint32(2))
        slot = int(number) & (SEEN - 1)
        entry = ((turn + last) << _NUMBER) | np.uint64(number)
        scratch.pair_owners[kept], scratch.pair_numbers[kept] = owner, number
        kept += 0 if scratch.seen[slot] == entry else 1
        scratch.seen[slot] = entry
    scratch.turn[0] = turn + last + np.uint64(1)
    return kept


@part
def _compare_sketches(arrays: Arrays, scratch: Scratch, pairs: int) -> int:
    """Keep the pairs that may meet, and ask for their letters."""
    kept, window = 0, -1
    size, errors = 0, 0
    ordered, mixture = _NOTHING, _NOTHING
    first_set = arrays.firsts[MOST_ORDERED + 1]
    for pair in range(pairs):
        owner, number = int(scratch.pair_owners[pair]), int(scratch.pair_numbers[pair])
        if owner >> 2 != window:
            window = owner >> 2
            row = scratch.windows[window]
            size = row[5] - row[4]
            errors = errors_of(row[3], size)
            ordered = ordered_sketch(scratch.letters, row[4], row[5]) if size <= MOST_ORDERED else _NOTHING
            mixture = signature_of(scratch.letters, row[4], row[5]) if size > FEWEST_IN_SET else _NOTHING
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
    return kept


@part
def errors_of(bits: int, size: int) -> int:
    """How many errors a window may have."""
    if bits & NEARLY == 0:
        return 0
    return 2 if size >= LEAST_TWO and bits & ONCE == 0 else 1


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
        base, length = _letters_of(arrays, number, max(1, stop - start - 3))
        distance = clear_distance(scratch.letters, (start, stop), arrays.letters, (base, base + length))
        if distance == UNCLEAR:
            if errors == 1 and owner & 3 != SOUND:
                continue
            if not is_marked:
                mark_places(scratch.letters, start, stop, scratch.places)
                is_marked = True
            distance = distance_of(scratch.places, stop - start, arrays.letters, base, base + length)
        kind = _kind_of(arrays, scratch, (owner, errors, distance), (start, stop, base, base + length))
        if kind < 0:
            continue
        room = len(scratch.found)
        if found >= (room - room // KEPT_FREE if distance else room):
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
    if owner & 3 == NEAR and places[1] - places[0] >= LEAST_PARTS > length:
        allowed = 1  # their hashes promise no more
    kind = NEAR
    if distance > allowed:
        if owner & 3 != SOUND or distance > allowed + 1 or not _sounds_alike(arrays, scratch, places):
            return -1
        kind = SOUND
    return kind if length >= LEAST_NEAR else -1


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
