"""The one call of a search: from the bytes of texts to rows of hits, without the interpreter."""

from __future__ import annotations

import numpy as np

from matching.index.buffers import (
    ANCHORS,
    CUT,
    DROPPED,
    HITS,
    MAX_ANCHORS,
    MAX_HITS,
    SHOWN,
    Places,
)
from matching.index.compiling import bare_kernel
from matching.index.handing import arrays_at, scratch_at
from matching.index.hashing import Hashes, Letters
from matching.index.probing import probe
from matching.index.viewing import read_texts
from matching.index.windowing import find_windows

READ, PROBE_AGAIN, READ_AND_PROBE = range(3)
"""Steps of a search: only read the texts, only search what was read again, in another segment, or all."""
_CUT, _DROPPED = 1, 2


@bare_kernel
def search_texts(
    data: Letters, texts: Places, segment: Places, buffers: Places, common: Hashes, step: int
) -> int:
    """Search texts in a segment; it and the buffers are as `matching.index.buffers.Handed` tells of them.

    Rows of `texts`: where each begins in `data`, where it ends, bits, which listing it belongs to, and,
    written here for the first of a listing: whether text was cut (1) or candidates dropped (2), where its
    hits end, where its anchors end; last, of the first of a listing, the bits that are not wanted. Steps
    other than READ_AND_PROBE are for one listing. Returns how many texts were done; the rest has to wait for
    room.
    """
    arrays, scratch = arrays_at(segment), scratch_at(buffers)
    scratch.counts[HITS] = scratch.counts[ANCHORS] = scratch.counts[SHOWN] = 0
    first = 0
    while first < len(texts):
        behind = first + 1
        hits, anchors = scratch.counts[HITS], scratch.counts[ANCHORS]
        while behind < len(texts) and texts[behind, 3] == texts[first, 3]:
            behind += 1
        if step in (READ, READ_AND_PROBE):
            read_texts(data, texts, (first, behind), scratch, common)
        if step == READ_AND_PROBE:
            find_windows(scratch)
        if step != READ:
            scratch.wanted[0] = ~np.uint64(texts[first, 7])
            scratch.counts[DROPPED] = 0
            probe(arrays, scratch)
            if scratch.counts[DROPPED] and first > 0:  # once more, with all room for itself
                scratch.counts[HITS], scratch.counts[ANCHORS] = hits, anchors
                break
        texts[first, 4] = (_CUT if scratch.counts[CUT] else 0) | (_DROPPED if scratch.counts[DROPPED] else 0)
        texts[first, 5], texts[first, 6] = scratch.counts[HITS], scratch.counts[ANCHORS]
        first = behind
        if scratch.counts[HITS] > MAX_HITS or scratch.counts[ANCHORS] > MAX_ANCHORS:
            break
    return first
