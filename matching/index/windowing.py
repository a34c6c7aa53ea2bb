"""Windows of a text: runs of one to five neighboring words that may together be a mark."""

from __future__ import annotations

from matching.index.buffers import (
    CHANGED,
    CHANGED_ALL,
    COMMON,
    HYPHEN,
    MAX_WORDS,
    MISTYPED,
    ODD,
    PARTED,
    SINGLE,
    Places,
    Query,
)
from matching.index.compiling import inline, kernel
from matching.index.hashing import LEAST_NEAR, MAX_LETTERS, MOST_NEAR


@kernel
def find_windows(query: Query, starts: Places, windows: Places) -> tuple[int, bool]:
    """All windows of all views as rows of view, first word, last word, bits (1 near, 2 crosses).

    Writes to `starts` where each word begins. Returns how many windows, and whether there was no room for
    more.
    """
    starts[0] = 0
    for word in range(len(query.sizes)):
        starts[word + 1] = starts[word] + query.sizes[word]
    at, begin = 0, 0
    for view in range(len(query.views)):
        behind, bits = query.views[view, 0], query.views[view, 2]
        least_size = 1 if bits & SINGLE else 2
        for first in range(begin, behind):
            is_common, is_changed, crosses = True, bits & CHANGED_ALL != 0, False
            for last in range(first, min(first + MAX_WORDS, behind)):
                crosses = crosses or (last > first and query.flags[last] & PARTED != 0)
                size = starts[last + 1] - starts[first]
                if size > MAX_LETTERS:
                    break
                is_common = is_common and query.flags[last] & COMMON != 0
                is_changed = is_changed or query.flags[last] & CHANGED != 0
                if not is_changed or size < least_size:
                    continue
                if at == len(windows):
                    return at, True
                near = not is_common and _may_be_mistyped(query, starts, view, (begin, first, last))
                windows[at, 0], windows[at, 1], windows[at, 2] = view, first, last
                windows[at, 3] = (1 if near else 0) | (2 if crosses else 0)
                at += 1
        begin = behind
    for run in range(len(query.runs)):
        if at == len(windows):
            return at, True
        windows[at, 0], windows[at, 1] = query.runs[run, 0], query.runs[run, 1]
        windows[at, 2], windows[at, 3] = query.runs[run, 2], 0
        at += 1
    return at, False


@inline
def _may_be_mistyped(query: Query, starts: Places, view: int, words: tuple[int, int, int]) -> bool:
    begin, first, last = words
    behind, least, bits = query.views[view, 0], query.views[view, 1], query.views[view, 2]
    start, stop = starts[first], starts[last + 1]
    size = stop - start
    if bits & MISTYPED == 0 or size < max(LEAST_NEAR, least) or size > MOST_NEAR:
        return False
    digits = 0
    for place in range(start, stop):
        digits += 1 if query.letters[place] < 58 else 0
    if digits > 1:
        return False
    if least:
        for word in range(first, last + 1):
            if query.flags[word] & ODD:
                return False
    cut_before = first > begin and query.flags[first] & HYPHEN != 0
    cut_behind = last + 1 < behind and query.flags[last + 1] & HYPHEN != 0
    return not cut_before and not cut_behind
