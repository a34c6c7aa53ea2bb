"""What the kernels of a search read and write: a segment, and buffers that belong to the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.index.hashing import MAX_LETTERS, Hashes, Letters
from matching.index.lines import Numbers

A = TypeVar("A", "Arrays", "Scratch")
Places = NDArray[np.int64]
MAX_WORDS: Final = 5
"""Windows of a text have up to this many words; longer marks are found by two rare pairs of words."""
MAX_RUN: Final = 32
"""Runs of single letters are windows up to this many."""
MAX_WINDOWS: Final = 12_000
MAX_VIEW: Final = 4_000
"""No more words of a text are read."""
MAX_TOKENS: Final = 40_000
MAX_HITS: Final = 4_000
MAX_ANCHORS: Final = 1_000
BLOCK: Final = 8_192
"""So many hashes are looked up at once."""
SEEN: Final = 1 << 11
COMMON, PARTED, CHANGED, ODD, HYPHEN, ROOM, WIDE, DISGUISED, FREQUENT = (1 << n for n in range(9))
"""What is known of a word of a text and of the gap before it, as bits; DISGUISED is a digit among letters."""
EXACT, NEAR, SOUND = 0, 1, 2
"""How a hash was made, and how a hit came about."""
MISTYPED, CHANGED_ALL, SINGLE, LONG = 1, 2, 4, 8
"""What is known of a view, as bits."""
NEARLY, CROSSES, ONCE = 1, 2, 4
"""What is known of a window: errors are looked for, a comma or bracket stands inside, one error at most."""
PLAIN, LEETED, PRINTED, PARTED_ANEW, SPELLED, GUESSED = range(6)
"""Kinds of views; the last three are read by the caller."""
TOKENS, LETTERS, VIEWS, RUNS, WINDOWS, HITS, ANCHORS, DROPPED, CUT, SHOWN = range(10)
"""Places of `Scratch.counts`."""
KEPT_FREE: Final = 8
"""Of each buffer of what is found one part in so many is left to names without an error: whatever is like
them fills the others.
"""
_PAIRS: Final = 1 << 16
_VIEWS: Final = 64
_RUNS: Final = 8_192
_FOLDS: Final = 8_192

COLUMNS: Final[Mapping[str, int]] = {
    "spots": 3,
    "views": 5,
    "runs": 3,
    "folds": 5,
    "windows": 8,
    "found": 4,
    "hits": 13,
    "anchors": 4,
}
"""Buffers of rows, and how many numbers each row has."""


class Scratch(NamedTuple):
    """Buffers of one search at a time.

    Words of all views one behind the other: `letters` as they are looked up, `keys` as they are read, word w
    at starts[w] to starts[w + 1]; `spots` where it stands in its text and what signs its reading rests on;
    `flags` what is known of it. Rows of `views`: behind its last word, least letters for errors, bits, text,
    kind. Rows of `windows`: view, first and last word, bits, first letter, behind the last, least and most
    number of a word of the segment that may meet it. Rows of `found`: window, word of the segment, distance,
    kind. Rows of `hits`: see the columns of `matching.index.filing`; `shown` holds their windows' words.
    Rows of `anchors`: text, first of two words of its view, anchor, kind of the view. `wanted` is what the
    words of marks must meet (see `matching.index.scoping`).
    """

    counts: Places
    letters: Letters
    keys: Letters
    starts: Places
    spots: Places
    flags: NDArray[np.uint16]
    views: Places
    runs: Places
    folds: Places
    windows: Places
    hashes: Hashes
    owners: Numbers
    bits: Hashes
    pair_owners: Numbers
    pair_numbers: Numbers
    found: Places
    hits: Places
    anchors: Places
    shown: Letters
    seen: Hashes
    turn: Hashes
    wanted: Hashes
    places: Hashes
    sums: Hashes
    terms: Hashes
    spare: Letters
    sound: Letters


class Arrays(NamedTuple):
    """What a search reads of a segment; see `matching.index.segment`.

    `words` and `mark_words` are what a word of the segment and a mark meet (see `matching.index.scoping`), as
    places in the `palette` of all such.
    """

    lines: Numbers
    filter: Hashes
    lists: Numbers
    list_bounds: Numbers
    letters: Letters
    firsts: Places
    bases: Places
    sketches: Hashes
    anchor_entries: Numbers
    anchor_words: NDArray[np.uint16]
    texts: Letters
    bounds: Numbers
    powers: Hashes
    sizes: Places
    owners: Numbers
    word_bounds: Numbers
    words: Numbers
    mark_words: Numbers
    palette: Hashes
    gone: Hashes


class _Told(bytearray):
    """The memory of a list of places; it holds the arrays that lie there, so that they live as long."""

    arrays: tuple[NDArray[Any], ...] = ()


class Handed(Generic[A]):
    """Arrays as kernels are handed them: where each lies and how many numbers it has, as one array.

    To unpack dozens of arrays a call takes longer than to search a short text.
    """

    __slots__ = ("arrays", "places")
    arrays: A

    def __init__(self, arrays: A) -> None:
        whole: list[NDArray[Any]] = list(arrays)
        if not all(each.flags.c_contiguous for each in whole):
            raise ValueError("kernels read arrays without gaps only")
        self.arrays = arrays
        places = np.array([(each.ctypes.data, each.size) for each in whole], dtype=np.int64)
        told = _Told(places.tobytes())
        told.arrays = tuple(whole)
        self.places: Places = np.frombuffer(told, dtype=np.int64)


def make_scratch(letters: int = 1 << 16) -> Scratch:
    """New buffers for texts of up to a quarter as many bytes."""
    return Scratch(
        counts=np.zeros(16, dtype=np.int64),
        letters=np.empty(letters, dtype=np.uint8),
        keys=np.empty(letters, dtype=np.uint8),
        starts=np.zeros(MAX_TOKENS + 1, dtype=np.int64),
        spots=np.empty((MAX_TOKENS, COLUMNS["spots"]), dtype=np.int64),
        flags=np.empty(MAX_TOKENS, dtype=np.uint16),
        views=np.empty((_VIEWS, COLUMNS["views"]), dtype=np.int64),
        runs=np.empty((_RUNS, COLUMNS["runs"]), dtype=np.int64),
        folds=np.empty((_FOLDS, COLUMNS["folds"]), dtype=np.int64),
        windows=np.empty((MAX_WINDOWS, COLUMNS["windows"]), dtype=np.int64),
        hashes=np.empty(BLOCK + 512, dtype=np.uint64),
        owners=np.empty(BLOCK + 512, dtype=np.uint32),
        bits=np.empty(BLOCK + 512, dtype=np.uint64),
        pair_owners=np.empty(_PAIRS, dtype=np.uint32),
        pair_numbers=np.empty(_PAIRS, dtype=np.uint32),
        found=np.empty((MAX_HITS, COLUMNS["found"]), dtype=np.int64),
        hits=np.empty((2 * MAX_HITS, COLUMNS["hits"]), dtype=np.int64),
        anchors=np.empty((2 * MAX_ANCHORS, COLUMNS["anchors"]), dtype=np.int64),
        shown=np.empty(2 * MAX_HITS * (MAX_LETTERS + MAX_RUN), dtype=np.uint8),
        seen=np.zeros(SEEN, dtype=np.uint64),
        turn=np.ones(1, dtype=np.uint64),
        wanted=np.zeros(1, dtype=np.uint64),
        places=np.zeros(256, dtype=np.uint64),
        sums=np.zeros(letters + 1, dtype=np.uint64),
        terms=np.empty(2 * MAX_LETTERS, dtype=np.uint64),
        spare=np.empty(4 * MAX_LETTERS, dtype=np.uint8),
        sound=np.empty(4 * MAX_LETTERS, dtype=np.uint8),
    )


def fits(scratch: Scratch, letters: int) -> bool:
    """Whether texts of so many bytes in all can be read into the buffers."""
    return 4 * letters <= len(scratch.letters)
