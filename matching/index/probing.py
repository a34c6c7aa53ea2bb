"""The search of a segment: the hashes of all windows, the lines these lead to, and what is filed there.

Steps are loops of their own, each after one that asks for the memory it will read, so that the waits overlap.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    ANCHORS,
    BLOCK,
    DROPPED,
    EXACT,
    KEPT_FREE,
    LETTERS,
    LONG,
    NEAR,
    NEARLY,
    ONCE,
    SOUND,
    WINDOWS,
    Arrays,
    Scratch,
)
from matching.index.compiling import part
from matching.index.hashing import (
    LEAST_SOUND,
    MAX_LETTERS,
    MOST_SOUND,
    SOUND_SALT,
    Letters,
    Summed,
    mixed,
    sought_hashes_into,
    sought_once_into,
    sum_of,
    sums_into,
)
from matching.index.intrinsics import LANES, alike, prefetch, trailing_zeros
from matching.index.lines import WIDTH, Numbers, bit_of, line_of
from matching.index.looking import errors_of, look_closely
from matching.index.sounding import sound_into

ANCHOR_SHARE: Final = 0.45
"""So much of a long mark's letters must stand in equal words around its anchor for a closer look."""

_NOTHING, _1, _6, _63, _FULL = (np.uint64(number) for number in (0, 1, 6, 63, LANES))


@part
def probe(arrays: Arrays, scratch: Scratch) -> None:
    """Look all windows up in a segment; hits and anchors are added to those of earlier texts."""
    sums_into(scratch.letters, arrays.powers, scratch.counts[LETTERS], scratch.sums)
    filled, count = 0, scratch.counts[WINDOWS]
    for window in range(count):
        _bound_window(arrays, scratch, window)
        filled = _hash_window(arrays, window, scratch, filled)
        if filled < BLOCK and window + 1 < count:
            continue
        filled = _filter(arrays, scratch, filled)
        pairs = _read_lines(arrays, scratch, filled)
        look_closely(arrays, scratch, pairs)
        filled = 0


@part
def _bound_window(arrays: Arrays, scratch: Scratch, window: int) -> None:
    """Note which words of the segment have a length that may meet a window."""
    row = scratch.windows[window]
    size = row[5] - row[4]
    reach = errors_of(row[3], size)
    row[6] = arrays.firsts[max(1, size - reach)]
    row[7] = arrays.firsts[min(MAX_LETTERS, size + reach) + 1]


@part
def _hash_window(arrays: Arrays, window: int, scratch: Scratch, at: int) -> int:
    row = scratch.windows[window]
    start, stop = row[4], row[5]
    size = stop - start
    scratch.hashes[at] = mixed(sum_of(scratch.sums, arrays.powers, start, stop))
    scratch.owners[at] = window * 4 + EXACT
    at += 1
    if row[3] & NEARLY == 0:
        return at
    once = row[3] & ONCE != 0
    if not once and LEAST_SOUND <= size <= MOST_SOUND:
        heard = sound_into(scratch.letters, start, stop, scratch.spare, scratch.sound)
        value = np.uint64(0)
        for place in range(heard):
            value = value * arrays.powers[1] + np.uint64(scratch.sound[place])
        scratch.hashes[at] = mixed(value) ^ SOUND_SALT
        scratch.owners[at] = window * 4 + SOUND
        at += 1
    first = at
    summed = Summed(scratch.letters, scratch.sums, arrays.powers, scratch.terms)
    if once:
        at = sought_once_into(summed, (start, stop), scratch.hashes, at)
    else:
        at = sought_hashes_into(summed, (start, stop), scratch.hashes, at)
    for place in range(first, at):
        scratch.owners[place] = window * 4 + NEAR
    return at


@part
def _filter(arrays: Arrays, scratch: Scratch, filled: int) -> int:
    """Keep the hashes whose bit is set, and ask for their lines."""
    kept, words, lines = 0, len(arrays.filter), arrays.sizes[2]
    for place in range(filled):
        bit = bit_of(scratch.hashes[place], words)
        scratch.bits[place] = bit
        prefetch(arrays.filter, int(bit >> _6))
    for place in range(filled):
        bit = scratch.bits[place]
        scratch.hashes[kept], scratch.owners[kept] = scratch.hashes[place], scratch.owners[place]
        kept += int((arrays.filter[bit >> _6] >> (bit & _63)) & _1)
    for place in range(kept):
        prefetch(arrays.lines, line_of(scratch.hashes[place], lines) * WIDTH)
    return kept


@part
def _read_lines(arrays: Arrays, scratch: Scratch, filled: int) -> int:
    """The words filed under each hash, as pairs of owner and number; those of a wrong length are left out."""
    shift, first_list = np.uint32(arrays.sizes[0]), np.uint32(arrays.sizes[1])
    low, lines = (np.uint32(1) << shift) - np.uint32(1), arrays.sizes[2]
    first_anchor = np.uint32(arrays.firsts[MAX_LETTERS + 1])
    pairs = 0
    for place in range(filled):
        value, owner = scratch.hashes[place], scratch.owners[place]
        row = scratch.windows[owner >> np.uint32(2)]
        least, most = np.uint32(row[6]), np.uint32(row[7])
        sought = np.uint32((value << np.uint64(shift)) & np.uint64(0xFFFFFFFF)) >> shift
        slot = line_of(value, lines) * WIDTH
        found = alike(arrays.lines, slot, shift, sought)
        while found != _NOTHING:
            lane = trailing_zeros(found)
            found &= found - _1
            if lane == _FULL:
                slot += WIDTH
                found = alike(arrays.lines, slot, shift, sought)
                continue
            number = arrays.lines[slot + int(lane)] & low
            if least <= number < most:
                pairs = _note_pair(arrays, scratch, owner, number, pairs)
            elif number >= first_list:
                pairs = _read_list(arrays, scratch, owner, int(number - first_list), pairs)
            elif number >= first_anchor and owner & np.uint32(3) == np.uint32(EXACT):
                _note_anchor(arrays, scratch, int(owner >> np.uint32(2)), int(number - first_anchor))
    return pairs


@part
def _note_pair(arrays: Arrays, scratch: Scratch, owner: np.uint32, number: np.uint32, pairs: int) -> int:
    room = len(scratch.pair_owners)
    if pairs >= (room if owner & np.uint32(3) == np.uint32(EXACT) else room - room // KEPT_FREE):
        scratch.counts[DROPPED] += 1
        return pairs
    scratch.pair_owners[pairs], scratch.pair_numbers[pairs] = owner, number
    prefetch(arrays.sketches, int(number))
    return pairs + 1


@part
def _behind(lists: Numbers, begin: int, end: int, number: int) -> int:
    """The first place of a list in order whose number is not smaller."""
    while begin < end:
        middle = (begin + end) >> 1
        if int(lists[middle]) < number:
            begin = middle + 1
        else:
            end = middle
    return begin


@part
def _read_list(arrays: Arrays, scratch: Scratch, owner: np.uint32, listed: int, pairs: int) -> int:
    begin, end = int(np.int64(arrays.list_bounds[listed])), int(np.int64(arrays.list_bounds[listed + 1]))
    row = scratch.windows[owner >> np.uint32(2)]
    for place in range(_behind(arrays.lists, begin, end, row[6]), _behind(arrays.lists, begin, end, row[7])):
        pairs = _note_pair(arrays, scratch, owner, arrays.lists[place], pairs)
    if owner & np.uint32(3) == np.uint32(EXACT):
        first = arrays.firsts[MAX_LETTERS + 1]
        for place in range(_behind(arrays.lists, begin, end, first), end):
            _note_anchor(arrays, scratch, int(owner >> np.uint32(2)), int(arrays.lists[place]) - first)
    return pairs


@part
def _note_anchor(arrays: Arrays, scratch: Scratch, window: int, anchor: int) -> None:
    """Note an anchor of a long mark if enough of the mark's words stand around it."""
    view, first, last = scratch.windows[window, 0], scratch.windows[window, 1], scratch.windows[window, 2]
    if last != first + 1 or scratch.views[view, 2] & LONG == 0:
        return
    at = scratch.counts[ANCHORS]
    if at == len(scratch.anchors):
        scratch.counts[DROPPED] += 1
        return
    begins = scratch.views[view - 1, 0] if view else 0
    entry = int(arrays.anchor_entries[anchor])
    begin = first - int(arrays.anchor_words[anchor])
    start, stop = int(arrays.bounds[entry]), int(arrays.bounds[entry + 1])
    word, total, met, place = begin, 0, 0, start
    while place < stop:
        behind = place
        while behind < stop and arrays.texts[behind] != 32:
            behind += 1
        total += behind - place
        for other in range(max(word - 3, begins), min(word + 4, scratch.views[view, 0])):
            if _is_word(arrays.texts, place, behind, scratch, other):
                met += behind - place
                break
        word += 1
        place = behind + 1
    if met >= ANCHOR_SHARE * total:
        scratch.anchors[at, 0], scratch.anchors[at, 1] = scratch.views[view, 3], first - begins
        scratch.anchors[at, 2], scratch.anchors[at, 3] = anchor, scratch.views[view, 4]
        scratch.counts[ANCHORS] = at + 1


@part
def _is_word(texts: Letters, start: int, stop: int, scratch: Scratch, word: int) -> bool:
    begin = scratch.starts[word]
    if scratch.starts[word + 1] - begin != stop - start:
        return False
    for place in range(stop - start):
        letter = texts[start + place]
        if scratch.letters[begin + place] != (105 if letter == 108 else letter):
            return False
    return True
