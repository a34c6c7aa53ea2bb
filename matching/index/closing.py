"""The end of a view: its words are told apart from those of others, its runs of single letters noted."""

from __future__ import annotations

from matching.index.buffers import (
    CUT,
    MAX_WORDS,
    RUNS,
    SPELLED,
    TOKENS,
    VIEWS,
    Scratch,
)
from matching.index.compiling import part
from matching.index.tokenizing import settle_singles, stretches_into


@part
def end_view(scratch: Scratch, known: tuple[int, int, int, int], begin: int) -> None:
    """Make the words since `begin` a view of a text, with its bits, least letters for errors and kind."""
    text, bits, least, kind = known
    view, behind = scratch.counts[VIEWS], scratch.counts[TOKENS]
    if view == len(scratch.views):
        scratch.counts[CUT] = 1
        return
    settle_singles(scratch, begin, behind)
    row = scratch.views[view]
    row[0], row[1], row[2], row[3], row[4] = behind, least, bits, text, kind
    scratch.counts[VIEWS] = view + 1
    if kind == SPELLED:
        return
    for run in range(stretches_into(scratch, begin, behind)):
        first, last = scratch.folds[run, 0], scratch.folds[run, 1]
        if last - first <= MAX_WORDS:
            continue
        if scratch.counts[RUNS] == len(scratch.runs):
            scratch.counts[CUT] = 1
            return
        found = scratch.runs[scratch.counts[RUNS]]
        found[0], found[1], found[2] = view, first, last
        scratch.counts[RUNS] += 1
