"""The close look: pairs of a window and a word of the segment, compared letter by letter."""

from __future__ import annotations

import numpy as np

from matching.index.buffers import EXACT, NEAR, SEEN, SOUND, Arrays, Query, Scratch
from matching.index.compiling import inline
from matching.index.distance import bits_in, distance_of, forget_places, mark_places, signature_of
from matching.index.hashing import LEAST_NEAR, LEAST_TWO, MAX_LETTERS
from matching.index.sounding import sound_into


@inline
def look_closely(arrays: Arrays, query: Query, scratch: Scratch, pairs: int, hits: int) -> tuple[int, int]:
    """Compare windows with words letter by letter; pairs come in the order of their windows."""
    kept, window, turn, signature = 0, -1, scratch.turn[0], np.uint64(0)
    start = stop = size = 0
    for pair in range(pairs):
        owner, number = scratch.pairs[pair, 0], scratch.pairs[pair, 1]
        if owner >> 2 != window:
            window = owner >> 2
            turn += 1
            start = scratch.starts[scratch.windows[window, 1]]
            stop = scratch.starts[scratch.windows[window, 2] + 1]
            signature = signature_of(query.letters, start, stop)
            size = stop - start
        if not _is_new(scratch, turn, number):
            continue
        most = 4 if size >= LEAST_TWO else 2
        most += 2 if owner & 3 == SOUND else 0
        if scratch.windows[window, 3] & 1 == 0:
            most = 0
        if bits_in(signature ^ arrays.signatures[number]) <= most:
            scratch.pairs[kept, 0], scratch.pairs[kept, 1] = owner, number
            kept += 1
    scratch.turn[0] = turn
    return _measure(arrays, query, scratch, kept, hits)


@inline
def _is_new(scratch: Scratch, turn: int, number: int) -> bool:
    """Whether a word of the segment was not yet looked at for this window."""
    slot = (number * 0x9E3779B1 + turn * 0x85EBCA6B) & (SEEN - 1)
    for _ in range(16):
        if scratch.turns[slot] != turn:
            scratch.turns[slot], scratch.seen[slot] = turn, number
            return True
        if scratch.seen[slot] == number:
            return False
        slot = (slot + 1) & (SEEN - 1)
    return True


@inline
def _measure(arrays: Arrays, query: Query, scratch: Scratch, pairs: int, hits: int) -> tuple[int, int]:
    window, lost = -1, 0
    start = stop = length = 0
    for pair in range(pairs):
        owner, number = scratch.pairs[pair, 0], scratch.pairs[pair, 1]
        if owner >> 2 != window:
            forget_places(query.letters, start, stop, scratch.places)
            window = owner >> 2
            start = scratch.starts[scratch.windows[window, 1]]
            stop = scratch.starts[scratch.windows[window, 2] + 1]
            mark_places(query.letters, start, stop, scratch.places)
        size = stop - start
        length = max(1, size - 3)
        while number >= arrays.firsts[length + 1]:
            length += 1
        base = arrays.bases[length] + (number - arrays.firsts[length]) * length
        distance = distance_of(scratch.places, size, arrays.letters, base, base + length)
        errors = 0
        if scratch.windows[window, 3] & 1:
            errors = 2 if min(size, length) >= LEAST_TWO else 1
        kind = EXACT if distance == 0 else NEAR
        if distance > errors:
            if owner & 3 != SOUND or distance > errors + 1:
                continue
            if not _sounds_alike(arrays, query, scratch, (start, stop, base, base + length)):
                continue
            kind = SOUND
        if distance > 0 and length < LEAST_NEAR:
            continue
        if hits == len(scratch.hits):
            lost += 1
            continue
        scratch.hits[hits, 0:4] = scratch.windows[window]
        scratch.hits[hits, 4], scratch.hits[hits, 5], scratch.hits[hits, 6] = number, distance, kind
        hits += 1
    forget_places(query.letters, start, stop, scratch.places)
    return hits, lost


@inline
def _sounds_alike(arrays: Arrays, query: Query, scratch: Scratch, places: tuple[int, int, int, int]) -> bool:
    start, stop, begin, end = places
    half = 2 * MAX_LETTERS
    one, other = scratch.sound[:half], scratch.sound[half:]
    count = sound_into(query.letters, start, stop, scratch.spare, one)
    if sound_into(arrays.letters, begin, end, scratch.spare, other) != count:
        return False
    return bool(np.array_equal(one[:count], other[:count]))
