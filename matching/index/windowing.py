"""Windows of a text: runs of one to five neighboring words that may together be a mark."""

from __future__ import annotations

from typing import Final

from matching.index.buffers import (
    CHANGED,
    CHANGED_ALL,
    COMMON,
    CROSSES,
    CUT,
    FREQUENT,
    HYPHEN,
    MAX_RUN,
    MAX_WORDS,
    MISTYPED,
    NEARLY,
    ODD,
    ONCE,
    PARTED,
    RUNS,
    SINGLE,
    VIEWS,
    WINDOWS,
    Scratch,
)
from matching.index.compiling import part
from matching.index.hashing import LEAST_NEAR, LEAST_PARTS, MAX_LETTERS, MOST_NEAR

LETTERS_A_DIGIT: Final = 3
LETTERS_OF_LONG: Final = 4
"""A long name with so many letters and digits for each digit may be mistyped as others are."""
LEAST_KNOWN: Final = 6
LEAST_FREQUENT: Final = 15
"""Where all words are common, or even frequent, only longer names are looked for, with one error."""


@part
def find_windows(scratch: Scratch) -> None:
    """Write all windows of all views."""
    begin = 0
    for view in range(scratch.counts[VIEWS]):
        behind, bits = scratch.views[view, 0], scratch.views[view, 2]
        least_size = 1 if bits & SINGLE else 2
        for first in range(begin, behind):
            known, is_changed, crosses = COMMON | FREQUENT, bits & CHANGED_ALL != 0, False
            for last in range(first, min(first + MAX_WORDS, behind)):
                flags = scratch.flags[last]
                crosses = crosses or (last > first and flags & PARTED != 0)
                size = scratch.starts[last + 1] - scratch.starts[first]
                if size > MAX_LETTERS:
                    break
                known &= flags
                is_changed = is_changed or flags & CHANGED != 0
                if not is_changed or size < least_size:
                    continue
                near = _errors_with(known, size)
                if near:
                    near = _errors_here(scratch, view, (begin, first, last), near)
                if not _add(scratch, (view, first, last), near | (CROSSES if crosses else 0)):
                    return
        begin = behind
    for run in range(scratch.counts[RUNS]):
        if not _add_run(scratch, scratch.runs[run, 0], scratch.runs[run, 1], scratch.runs[run, 2]):
            return


@part
def _errors_with(known: int, size: int) -> int:
    """Bits of a window that tell how many errors are looked for, by how well known all its words are."""
    if known == 0:
        return NEARLY
    least = LEAST_FREQUENT if known & FREQUENT else LEAST_KNOWN
    return NEARLY | ONCE if size >= least else 0


@part
def _add(scratch: Scratch, place: tuple[int, int, int], bits: int) -> bool:
    """Add a window; tells whether there was room."""
    at = scratch.counts[WINDOWS]
    if at == len(scratch.windows):
        scratch.counts[CUT] = 1
        return False
    row = scratch.windows[at]
    row[0], row[1], row[2] = place
    row[3] = bits
    row[4], row[5] = scratch.starts[place[1]], scratch.starts[place[2] + 1]
    scratch.counts[WINDOWS] = at + 1
    return True


@part
def _add_run(scratch: Scratch, view: int, begin: int, behind: int) -> bool:
    """Add a run of more than five single letters, whole and in part; tells whether there was room."""
    is_plain = scratch.views[view, 2] & CHANGED_ALL != 0
    for first in range(begin, behind - MAX_WORDS):
        is_changed = is_plain
        for last in range(first, min(behind, first + MAX_RUN)):
            is_changed = is_changed or scratch.flags[last] & CHANGED != 0
            if is_changed and last >= first + MAX_WORDS and not _add(scratch, (view, first, last), 0):
                return False
    return True


@part
def _errors_here(scratch: Scratch, view: int, words: tuple[int, int, int], near: int) -> int:
    """What is left of these bits by the window's letters and by where it stands; numbers differ by
    themselves.
    """
    begin, first, last = words
    behind, least, bits = scratch.views[view, 0], scratch.views[view, 1], scratch.views[view, 2]
    start, stop = scratch.starts[first], scratch.starts[last + 1]
    size = stop - start
    if bits & MISTYPED == 0 or size < max(LEAST_NEAR, least) or size > MOST_NEAR:
        return 0
    digits = 0
    for place in range(start, stop):
        digits += 1 if scratch.letters[place] < 58 else 0
    if digits > 1 and digits * LETTERS_A_DIGIT > size + 1:
        return 0
    if least:
        for word in range(first, last + 1):
            if scratch.flags[word] & ODD:
                return 0
    cut_before = first > begin and scratch.flags[first] & HYPHEN != 0
    cut_behind = last + 1 < behind and scratch.flags[last + 1] & HYPHEN != 0
    if cut_before or cut_behind:
        return 0
    is_mostly_letters = size >= LEAST_PARTS and digits * LETTERS_OF_LONG <= size
    return near | ONCE if digits > 1 and not is_mostly_letters else near
