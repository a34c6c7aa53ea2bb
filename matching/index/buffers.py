"""What the kernels of a search read and write: a query, a segment, and buffers that belong to the caller."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.index.hashing import MAX_LETTERS, Hashes, Letters
from matching.index.lines import Numbers

Places = NDArray[np.int64]
MAX_WORDS: Final = 5
"""Windows of a text have up to this many words; longer marks are found by two rare pairs of words."""
MAX_WINDOWS: Final = 12_000
MAX_TOKENS: Final = 40_000
MAX_HITS: Final = 4_000
MAX_ANCHORS: Final = 1_000
BLOCK: Final = 8_192
"""So many hashes are looked up at once."""
SEEN: Final = 1 << 14
COMMON, PARTED, CHANGED, ODD, HYPHEN = 1, 2, 4, 8, 16
"""What is known of a word of a text, as bits."""
EXACT, NEAR, SOUND = 0, 1, 2
"""How a hash was made, and how a hit came about."""
MISTYPED, CHANGED_ALL, SINGLE, LONG = 1, 2, 4, 8
"""What is known of a view, as bits."""
_PAIRS: Final = 1 << 16


class Query(NamedTuple):
    """The words of all views of all texts of a search.

    `letters` are the words' skeletons one behind the other, `sizes` their lengths. Each row of `views`:
    behind its last word, the least letters for errors, bits (MISTYPED ... LONG). Each row of `runs`: view,
    first and last word of a run of single letters.
    """

    letters: Letters
    sizes: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    views: Places
    runs: Places


class Scratch(NamedTuple):
    """Buffers of one search at a time; `seen` and `turns` remember which pairs were looked at."""

    starts: Places
    windows: Places
    hashes: Hashes
    owners: Places
    pairs: Places
    hits: Places
    anchors: Places
    seen: Places
    turns: Places
    turn: Places
    places: Hashes
    sums: Hashes
    words: Hashes
    spare: Letters
    sound: Letters


class Arrays(NamedTuple):
    """What a search reads of a segment; see `matching.index.segment`."""

    lines: Numbers
    filter: Hashes
    lists: Numbers
    list_bounds: Places
    letters: Letters
    firsts: Places
    bases: Places
    signatures: Hashes
    anchor_entries: Numbers
    anchor_words: Numbers
    texts: Letters
    bounds: Places
    powers: Hashes
    sizes: Places


def make_scratch() -> Scratch:
    """New buffers."""
    return Scratch(
        starts=np.empty(MAX_TOKENS + 1, dtype=np.int64),
        windows=np.empty((MAX_WINDOWS, 4), dtype=np.int64),
        hashes=np.empty(BLOCK + 512, dtype=np.uint64),
        owners=np.empty(BLOCK + 512, dtype=np.int64),
        pairs=np.empty((_PAIRS, 2), dtype=np.int64),
        hits=np.empty((MAX_HITS, 7), dtype=np.int64),
        anchors=np.empty((MAX_ANCHORS, 3), dtype=np.int64),
        seen=np.zeros(SEEN, dtype=np.int64),
        turns=np.zeros(SEEN, dtype=np.int64),
        turn=np.ones(1, dtype=np.int64),
        places=np.zeros(256, dtype=np.uint64),
        sums=np.empty(1 << 12, dtype=np.uint64),
        words=np.empty(1 << 12, dtype=np.uint64),
        spare=np.empty(4 * MAX_LETTERS, dtype=np.uint8),
        sound=np.empty(4 * MAX_LETTERS, dtype=np.uint8),
    )
