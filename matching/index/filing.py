"""From words of a segment to its entries: the rows that a search answers."""

from __future__ import annotations

from typing import Final

from matching.index.buffers import DROPPED, EXACT, HITS, KEPT_FREE, NEAR, SHOWN, Arrays, Scratch
from matching.index.compiling import part
from matching.index.hashing import Letters
from matching.index.intrinsics import prefetch
from matching.index.scoping import EVERYTHING, is_gone, meets

TEXT, VIEW, OWNER, ENTRY, DISTANCE, KIND, START, END, SIGNS, FIRST_SHOWN, BEHIND_SHOWN, WORDS, BITS = range(
    13
)
"""Columns of a hit: its text, kind of view, mark, entry, errors, how it came about, where it starts and ends
in the folded text, what its reading rests on, the stretch of `shown` with its words, how many, what is known
of its window."""
SPACE: Final = 32
LEAST_BLURRED: Final = 4
"""Shorter names are not taken for others that merely look alike."""


@part
def file_hits(arrays: Arrays, scratch: Scratch, found: int) -> None:
    """Write a row for each entry that a found word stands for and the search is for."""
    wanted = scratch.wanted[0]
    for place in range(found):
        entry = int(arrays.word_bounds[scratch.found[place, 1]])
        prefetch(arrays.owners, entry)
        prefetch(arrays.bounds, entry)
    for place in range(found):
        prefetch(arrays.texts, int(arrays.bounds[arrays.word_bounds[scratch.found[place, 1]]]))
    shown = -1
    for place in range(found):
        window, number, distance = scratch.found[place, 0], scratch.found[place, 1], scratch.found[place, 2]
        kind = scratch.found[place, 3]
        for entry in range(int(arrays.word_bounds[number]), int(arrays.word_bounds[number + 1])):
            owner = int(arrays.owners[entry])
            if is_gone(arrays.gone, owner) or (
                wanted != EVERYTHING and not meets(arrays.palette[arrays.mark_words[owner]], wanted)
            ):
                continue
            if distance == 0:
                kind = _kind_of_same(arrays, scratch, window, entry)
                if kind < 0:
                    continue
            at = scratch.counts[HITS]
            room = len(scratch.hits)
            if at >= (room - room // KEPT_FREE if distance else room):
                scratch.counts[DROPPED] += 1
                continue
            if shown != window:
                shown = window
                _show(scratch, window)
            row = scratch.hits[at]
            _describe(scratch, window, row)
            row[OWNER], row[ENTRY], row[DISTANCE], row[KIND] = owner, entry, distance, kind
            scratch.counts[HITS] = at + 1


@part
def _kind_of_same(arrays: Arrays, scratch: Scratch, window: int, entry: int) -> int:
    """EXACT if an entry is written letter by letter, NEAR if it only looks so, -1 if that is too little."""
    place, stop = scratch.windows[window, 4], scratch.windows[window, 5]
    size = stop - place
    for each in range(int(arrays.bounds[entry]), int(arrays.bounds[entry + 1])):
        letter = arrays.texts[each]
        if letter == SPACE:
            continue
        if scratch.keys[place] != letter:
            return NEAR if size >= LEAST_BLURRED else -1
        place += 1
    return EXACT


@part
def _show(scratch: Scratch, window: int) -> None:
    """Write the words of a window, parted by spaces."""
    row, at = scratch.windows[window], scratch.counts[SHOWN]
    for word in range(row[1], row[2] + 1):
        at = _write(scratch.keys, scratch.starts[word], scratch.starts[word + 1], scratch.shown, at)
        scratch.shown[at] = SPACE
        at += 1
    scratch.counts[SHOWN] = at


@part
def _write(letters: Letters, start: int, stop: int, out: Letters, at: int) -> int:
    for place in range(start, stop):
        out[at] = letters[place]
        at += 1
    return at


@part
def _describe(scratch: Scratch, window: int, row: Letters) -> None:
    seen = scratch.windows[window]
    view, first, last = seen[0], seen[1], seen[2]
    signs = 0
    for word in range(first, last + 1):
        signs |= scratch.spots[word, 2]
    row[TEXT], row[VIEW], row[SIGNS], row[BITS] = (
        scratch.views[view, 3],
        scratch.views[view, 4],
        signs,
        seen[3],
    )
    row[START], row[END] = scratch.spots[first, 0], scratch.spots[last, 1]
    row[WORDS], row[BEHIND_SHOWN] = last - first + 1, scratch.counts[SHOWN] - 1
    row[FIRST_SHOWN] = scratch.counts[SHOWN] - (seen[5] - seen[4]) - row[WORDS]
