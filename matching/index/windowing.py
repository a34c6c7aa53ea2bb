"""Windows of a text: runs of one to five neighboring words that may together be a mark."""

from __future__ import annotations

from matching.index.buffers import CHANGED, COMMON, HYPHEN, MAX_WORDS, ODD, PARTED, Places, Query
from matching.index.compiling import inline, kernel
from matching.index.hashing import LEAST_NEAR, MAX_LETTERS, MOST_NEAR


@kernel
def find_windows(query: Query, windows: Places) -> tuple[int, bool]:
    """All windows of all views as rows of view, first word, last word, bits (1 near, 2 crosses).

    Returns how many, and whether there was no room for more.
    """
    at = 0
    for view in range(len(query.views)):
        behind = query.views[view, 1]
        for first in range(query.views[view, 0], behind):
            is_common, is_changed, crosses = True, query.views[view, 4] == 1, False
            for last in range(first, min(first + MAX_WORDS, behind)):
                crosses = crosses or (last > first and query.flags[last] & PARTED != 0)
                size = query.starts[last + 1] - query.starts[first]
                if size > MAX_LETTERS:
                    break
                is_common = is_common and query.flags[last] & COMMON != 0
                is_changed = is_changed or query.flags[last] & CHANGED != 0
                if not is_changed or (size < 2 and query.views[view, 5] == 0):
                    continue
                if at == len(windows):
                    return at, True
                near = not is_common and _may_be_mistyped(query, view, first, last)
                windows[at, 0], windows[at, 1], windows[at, 2] = view, first, last
                windows[at, 3] = (1 if near else 0) | (2 if crosses else 0)
                at += 1
    for run in range(len(query.runs)):
        if at == len(windows):
            return at, True
        windows[at, 0], windows[at, 1], windows[at, 2] = (
            query.runs[run, 0],
            query.runs[run, 1],
            query.runs[run, 2],
        )
        windows[at, 3] = 0
        at += 1
    return at, False


@inline
def _may_be_mistyped(query: Query, view: int, first: int, last: int) -> bool:
    start, stop = query.starts[first], query.starts[last + 1]
    size, least = stop - start, query.views[view, 3]
    if query.views[view, 2] == 0 or size < max(LEAST_NEAR, least) or size > MOST_NEAR:
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
    cut_before = first > query.views[view, 0] and query.flags[first] & HYPHEN != 0
    cut_behind = last + 1 < query.views[view, 1] and query.flags[last + 1] & HYPHEN != 0
    return not cut_before and not cut_behind
