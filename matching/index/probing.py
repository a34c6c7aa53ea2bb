"""The search of a segment: the hashes of all windows, the lines these lead to, and what is filed there.

Steps are loops of their own, so that the waits for memory overlap.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import BLOCK, EXACT, LONG, NEAR, SOUND, Arrays, Places, Query, Scratch
from matching.index.compiling import inline, kernel
from matching.index.hashing import (
    LEAST_SOUND,
    LEAST_TWO,
    MAX_LETTERS,
    MOST_SOUND,
    SOUND_SALT,
    Letters,
    mixed,
    sought_hashes_into,
    sum_of,
    sums_into,
)
from matching.index.lines import EMPTY, WIDTH, Numbers, bit_of, line_of
from matching.index.looking import look_closely
from matching.index.sounding import sound_into

ANCHOR_SHARE: Final = 0.45
"""So much of a long mark's letters must stand in equal words around its anchor for a closer look."""


@kernel
def probe(arrays: Arrays, query: Query, count: int, scratch: Scratch) -> tuple[int, int, int]:
    """Look all windows up in a segment.

    Hits are rows of a window's four numbers, word of the segment, distance, kind; anchors rows of view, first
    word, anchor.
    Returns how many of each, and how many more were dropped.
    """
    hits, filled = 0, 0
    counts = np.zeros(3, dtype=np.int64)
    for window in range(count):
        filled = _hash_window(arrays, query, window, scratch, filled)
        if filled < BLOCK and window + 1 < count:
            continue
        filled = _filter(arrays, scratch, filled)
        pairs = _read_lines(arrays, query, scratch, filled, counts)
        hits, lost = look_closely(arrays, query, scratch, pairs, hits)
        counts[2] += lost
        filled = 0
    return hits, counts[1], counts[2]


@inline
def _hash_window(arrays: Arrays, query: Query, window: int, scratch: Scratch, at: int) -> int:
    start = scratch.starts[scratch.windows[window, 1]]
    size = scratch.starts[scratch.windows[window, 2] + 1] - start
    word = query.letters[start : start + size]
    first, sums = at, scratch.sums
    sums_into(word, arrays.powers, size, sums)
    scratch.hashes[at] = mixed(sum_of(sums, arrays.powers, 0, size))
    scratch.owners[at] = window * 4 + EXACT
    at += 1
    if scratch.windows[window, 3] & 1 == 0:
        return at
    if LEAST_SOUND <= size <= MOST_SOUND:
        heard = sound_into(word, 0, size, scratch.spare, scratch.sound)
        value = np.uint64(0)
        for place in range(heard):
            value = value * arrays.powers[1] + np.uint64(scratch.sound[place])
        scratch.hashes[at] = mixed(value) ^ SOUND_SALT
        scratch.owners[at] = window * 4 + SOUND
        at += 1
    first = at
    at = sought_hashes_into(word, sums, arrays.powers, (0, size), scratch.hashes, at)
    scratch.owners[first:at] = window * 4 + NEAR
    return at


@inline
def _filter(arrays: Arrays, scratch: Scratch, filled: int) -> int:
    """Keep the hashes whose bit is set."""
    kept, words = 0, len(arrays.filter)
    for place in range(filled):
        value = scratch.hashes[place]
        bit = bit_of(value, words)
        is_set = (arrays.filter[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & np.uint64(1)
        scratch.hashes[kept] = value
        scratch.owners[kept] = scratch.owners[place]
        kept += int(is_set)
    return kept


@inline
def _read_lines(arrays: Arrays, query: Query, scratch: Scratch, filled: int, counts: Places) -> int:
    """The words filed under each hash, as rows of owner and number; words of a wrong length are left out."""
    id_bits, first_list, lines = arrays.sizes[0], arrays.sizes[1], arrays.sizes[2]
    low = (1 << id_bits) - 1
    counts[0] = 0
    for place in range(filled):
        value, owner = scratch.hashes[place], scratch.owners[place]
        window = owner >> 2
        size = scratch.starts[scratch.windows[window, 2] + 1] - scratch.starts[scratch.windows[window, 1]]
        reach = 0
        if scratch.windows[window, 3] & 1:
            reach = 2 if size >= LEAST_TWO else 1
        least = arrays.firsts[max(1, size - reach)]
        most = arrays.firsts[min(MAX_LETTERS, size + reach) + 1]
        sought = int((value << np.uint64(id_bits)) & np.uint64(0xFFFFFFFF)) >> id_bits
        slot = line_of(value, lines) * WIDTH
        while arrays.lines[slot] != EMPTY:
            number = int(arrays.lines[slot])
            slot += 1
            if number >> id_bits != sought:
                continue
            number &= low
            if least <= number < most:
                _note_pair(scratch, owner, number, counts)
            elif number >= first_list:
                _read_list(arrays, query, scratch, (owner, number - first_list, least, most), counts)
            elif owner & 3 == EXACT and number >= arrays.firsts[MAX_LETTERS + 1]:
                _note_anchor(arrays, query, scratch, (window, number), counts)
    return int(counts[0])


@inline
def _note_pair(scratch: Scratch, owner: int, number: int, counts: Places) -> None:
    if counts[0] == len(scratch.pairs):
        counts[2] += 1
        return
    scratch.pairs[counts[0], 0], scratch.pairs[counts[0], 1] = owner, number
    counts[0] += 1


@inline
def _behind(lists: Numbers, begin: int, end: int, number: int) -> int:
    """The first place of a list in order whose number is not smaller."""
    while begin < end:
        middle = (begin + end) >> 1
        if int(lists[middle]) < number:
            begin = middle + 1
        else:
            end = middle
    return begin


@inline
def _read_list(
    arrays: Arrays, query: Query, scratch: Scratch, sought: tuple[int, int, int, int], counts: Places
) -> None:
    owner, listed, least, most = sought
    begin, end = arrays.list_bounds[listed], arrays.list_bounds[listed + 1]
    for place in range(_behind(arrays.lists, begin, end, least), _behind(arrays.lists, begin, end, most)):
        _note_pair(scratch, owner, int(arrays.lists[place]), counts)
    if owner & 3 == EXACT:
        for place in range(_behind(arrays.lists, begin, end, arrays.firsts[MAX_LETTERS + 1]), end):
            _note_anchor(arrays, query, scratch, (owner >> 2, int(arrays.lists[place])), counts)


@inline
def _note_anchor(
    arrays: Arrays, query: Query, scratch: Scratch, found: tuple[int, int], counts: Places
) -> None:
    """Note an anchor of a long mark if enough of the mark's words stand around it."""
    window, number = found
    anchor = number - arrays.firsts[MAX_LETTERS + 1]
    view, first, last = scratch.windows[window, 0], scratch.windows[window, 1], scratch.windows[window, 2]
    if last != first + 1 or query.views[view, 2] & LONG == 0:
        return
    if counts[1] == len(scratch.anchors):
        counts[2] += 1
        return
    begins = query.views[view - 1, 0] if view else 0
    entry = int(arrays.anchor_entries[anchor])
    begin = first - int(arrays.anchor_words[anchor])
    start, stop = arrays.bounds[entry], arrays.bounds[entry + 1]
    word, total, met, place = begin, 0, 0, start
    while place < stop:
        behind = place
        while behind < stop and arrays.texts[behind] != 32:
            behind += 1
        total += behind - place
        for other in range(max(word - 2, begins), min(word + 3, query.views[view, 0])):
            if _is_word(arrays.texts, place, behind, query, scratch.starts[other : other + 2]):
                met += behind - place
                break
        word += 1
        place = behind + 1
    if met >= ANCHOR_SHARE * total:
        at = counts[1]
        scratch.anchors[at, 0], scratch.anchors[at, 1], scratch.anchors[at, 2] = view, first, anchor
        counts[1] += 1


@inline
def _is_word(texts: Letters, start: int, stop: int, query: Query, word: Places) -> bool:
    begin = word[0]
    if word[1] - begin != stop - start:
        return False
    for place in range(stop - start):
        letter = texts[start + place]
        if query.letters[begin + place] != (105 if letter == 108 else letter):
            return False
    return True
