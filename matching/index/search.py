"""Which marks may be meant where: from texts to what the kernels search, and back from their rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.index.buffers import (
    ANCHORS,
    COLUMNS,
    HITS,
    MISTYPED,
    SHOWN,
    SINGLE,
    Arrays,
    Handed,
    Places,
    Scratch,
    fits,
    make_scratch,
)
from matching.index.hashing import Hashes
from matching.index.other_views import pack_views
from matching.index.scoping import ALL
from matching.index.searching import PROBE_AGAIN, READ_AND_PROBE, search_texts
from matching.index.texts import Text, prepare
from matching.lexicon import Lexicon
from matching.model import Field

CUT, DROPPED = 1, 2
"""Caps that a search may reach, as bits: words left out, candidates left out."""
Buffers = Handed[Scratch]
Segments = Sequence[Handed[Arrays]]
_IDLE: Final[deque[Buffers]] = deque(maxlen=16)
"""Buffers that no search uses at the moment."""
_BITS: Final[Mapping[Field, int]] = {"title": MISTYPED, "brand": MISTYPED | SINGLE, "description": 0}
Texts = Mapping[Field, str]


class Found(NamedTuple):
    """What the kernels found in one segment: rows of hits and of anchors, the words of all hits' windows."""

    hits: Places
    anchors: Places
    shown: str


_NOTHING: Final = Found(
    np.empty((0, COLUMNS["hits"]), dtype=np.int64), np.empty((0, COLUMNS["anchors"]), dtype=np.int64), ""
)


class Read(NamedTuple):
    """The texts of a listing, and what kernels are given of them: texts and views as bytes, with their bits;
    `letters` counts the bytes.
    """

    texts: list[Text]
    rows: list[tuple[bytes, int]]
    letters: int


class Searched(NamedTuple):
    """The texts of a listing, what was found in each segment, and the caps that were reached, as bits."""

    texts: list[Text]
    found: list[Found]
    caps: int


class Words(NamedTuple):
    """Which words are common, as a lexicon and as the kernels' table of it."""

    lexicon: Lexicon
    table: Hashes


def search_segments(texts: Texts, segments: Segments, words: Words, wanted: int = ALL) -> Searched:
    """Look all windows of all texts of a listing up in all segments, for marks whose words meet `wanted`."""
    read = _read(texts, words)
    scratch = _buffers_for(read.letters)
    data, table = _joined(read.rows)
    table[:1, 7] = _unwanted(wanted)
    found: list[Found] = []
    step = READ_AND_PROBE
    caps = 0
    for segment in segments:
        search_texts(data, table, segment.places, scratch.places, words.table, step)
        found.append(_found(scratch))
        caps |= int(table[0, 4]) if read.rows else 0
        step = PROBE_AGAIN
    _IDLE.append(scratch)
    return Searched(read.texts, found, caps)


def search_many(
    listings: Sequence[Texts], segments: Segments, words: Words, wanted: Sequence[int] = ()
) -> Iterator[Searched]:
    """The same for many listings in their order, in few calls.

    `wanted` holds what each listing's marks must meet; empty where all are wanted.
    """
    if len(listings) == 1:
        yield search_segments(listings[0], segments, words, wanted[0] if wanted else ALL)
        return
    read = [_read(texts, words) for texts in listings]
    masks = wanted or [ALL] * len(read)
    asked = [(each, mask) for each, mask in zip(read, masks, strict=True) if each.rows]
    found = _search_at_once(asked, segments, words) if asked else iter(())
    for each in read:
        yield next(found) if each.rows else Searched([], [_NOTHING] * len(segments), 0)


def _search_at_once(listings: list[tuple[Read, int]], segments: Segments, words: Words) -> Iterator[Searched]:
    if len(segments) == 1:
        yield from _search_one(listings, segments[0], words)
        return
    for parts in zip(*[_search_one(listings, segment, words) for segment in segments], strict=True):
        found = [each for part in parts for each in part.found]
        yield Searched(parts[0].texts, found, reduce(or_, [part.caps for part in parts]))


def _search_one(
    listings: list[tuple[Read, int]], segment: Handed[Arrays], words: Words
) -> Iterator[Searched]:
    scratch = _buffers_for(max(each.letters for each, _ in listings))
    try:
        yield from _search_in(scratch, listings, segment, words)
    finally:  # whoever asks may stop at the last answer, before this has come to its end
        _IDLE.append(scratch)


def _search_in(
    scratch: Buffers, listings: list[tuple[Read, int]], segment: Handed[Arrays], words: Words
) -> Iterator[Searched]:
    data, table = _joined([row for each, _ in listings for row in each.rows])
    sizes = [len(each.rows) for each, _ in listings]
    table[:, 3] = np.repeat(np.arange(len(listings)), sizes)
    table[:, 7] = np.repeat(np.array([_unwanted(mask) for _, mask in listings], dtype=np.int64), sizes)
    done = at = 0
    while done < len(table):
        part = table[done:]
        behind = done + search_texts(data, part, segment.places, scratch.places, words.table, READ_AND_PROBE)
        found = _found(scratch)
        told = part[:, 4:7].tolist()
        hit = anchor = first = 0
        while done + first < behind:
            caps, hits, anchors = told[first]
            mine = Found(found.hits[hit:hits], found.anchors[anchor:anchors], found.shown)
            yield Searched(listings[at][0].texts, [mine], caps)
            hit, anchor, first, at = hits, anchors, first + sizes[at], at + 1
        done = behind


def _read(texts: Texts, words: Words) -> Read:
    prepared: list[Text] = []
    rows: list[tuple[bytes, int]] = []
    letters, is_folded = 0, False
    for field, text in texts.items():
        if text:
            each = prepare(field, text)
            prepared.append(each)
            rows.append((each.data, _BITS[field]))
            letters += len(each.data)
            is_folded = is_folded or each.folded is not None
    if is_folded:
        for number, each in enumerate(prepared):
            bits = _BITS[each.field] | number << 16
            views = pack_views(each, words.lexicon) if each.folded is not None else ()
            rows += [(view.data, bits | view.kind << 8) for view in views]
        letters = sum([len(data) for data, _ in rows])
    return Read(prepared, rows, letters)


def _joined(rows: list[tuple[bytes, int]]) -> tuple[NDArray[np.uint8], Places]:
    """Texts and packed views behind each other, and the kernels' table of them."""
    table = np.zeros((len(rows), 8), dtype=np.int64)
    if len(rows) == 1:
        data, table[0, 2] = rows[0]
        table[0, 1] = len(data)
    else:
        data = b"".join([each for each, _ in rows])
        ends = np.cumsum([len(each) for each, _ in rows], dtype=np.int64)
        table[1:, 0] = ends[:-1]
        table[:, 1], table[:, 2] = ends, [bits for _, bits in rows]
    return np.frombuffer(data, dtype=np.uint8), table


def _unwanted(wanted: int) -> int:
    """The bits that are not wanted, as a signed number."""
    rest = ~wanted & ALL
    return rest - (1 << 64) if rest >> 63 else rest


def _found(buffers: Buffers) -> Found:
    """What the buffers hold, as arrays of its own."""
    scratch = buffers.arrays
    counts = scratch.counts.tolist()
    if not counts[HITS] and not counts[ANCHORS]:
        return _NOTHING
    shown = str(scratch.shown.data[: counts[SHOWN]], "ascii")
    return Found(scratch.hits[: counts[HITS]].copy(), scratch.anchors[: counts[ANCHORS]].copy(), shown)


def _buffers_for(letters: int) -> Buffers:
    """Buffers for texts of so many bytes, of an earlier search where there are some."""
    try:
        buffers = _IDLE.pop()
    except IndexError:
        buffers = Handed(make_scratch())
    return buffers if fits(buffers.arrays, letters) else Handed(make_scratch(4 * letters))
