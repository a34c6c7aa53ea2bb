"""The end of a view: its words are told apart from those of others, its runs of single letters noted."""

from __future__ import annotations

import numpy as np

from matching.index.buffers import (
    CHANGED,
    CUT,
    GUESSED,
    HYPHEN,
    MAX_WORDS,
    PARTED,
    RUNS,
    SPELLED,
    TOKENS,
    VIEWS,
    Scratch,
)
from matching.index.compiling import part
from matching.index.tokenizing import UNEVENLY, settle_singles, stretches_into


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
    runs = (
        _clusters_into(scratch, begin, behind)
        if kind == GUESSED
        else stretches_into(scratch, begin, behind, UNEVENLY)
    )
    for run in range(runs):
        first, last = scratch.folds[run, 0], scratch.folds[run, 1]
        if last - first <= MAX_WORDS:
            continue
        if scratch.counts[RUNS] == len(scratch.runs):
            scratch.counts[CUT] = 1
            return
        found = scratch.runs[scratch.counts[RUNS]]
        found[0], found[1], found[2] = view, first, last
        scratch.counts[RUNS] += 1


@part
def _clusters_into(scratch: Scratch, begin: int, behind: int) -> int:
    """Write the runs of clusters that no sign parts to `folds`, as `stretches_into` does; tells how many."""
    made, first = 0, begin
    for place in range(begin, behind + 1):
        flags = scratch.flags[place] if place < behind else np.uint16(0)
        if flags & CHANGED and (place == first or flags & (PARTED | HYPHEN) == 0):
            continue
        if place - first > MAX_WORDS and made < len(scratch.folds):
            scratch.folds[made, 0], scratch.folds[made, 1] = first, place
            made += 1
        first = place if flags & CHANGED else place + 1
    return made
