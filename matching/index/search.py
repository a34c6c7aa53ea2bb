"""Which marks may be meant where: the kernels' rows as hits."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from typing import Final, Literal, NamedTuple

from matching.index.buffers import SOUND, Scratch, make_scratch
from matching.index.probing import probe
from matching.index.segment import Segment
from matching.index.windowing import find_windows
from matching.index.windows import Texts, Window, texts_of
from matching.lexicon import Lexicon
from matching.model import Field
from matching.reading import Reading

Kind = Literal["exact", "edit", "sound", "mask"]
_IDLE: Final[deque[Scratch]] = deque(maxlen=64)
"""Buffers that no search uses at the moment."""


class Hit(NamedTuple):
    """A window that meets an entry of a segment: how, and within how many typing errors."""

    window: Window
    segment: Segment
    entry: int
    kind: Kind
    distance: int


class AnchorHit(NamedTuple):
    """Two words of a text that a long mark may stand around: the view, the first word, the anchor."""

    field: Field
    place: int
    anchor: int


class Rows(NamedTuple):
    """What the kernels found in one segment, in plain numbers."""

    hits: list[list[int]]
    anchors: list[AnchorHit]
    is_cut: bool


class Searched(NamedTuple):
    """What was found in each segment, the texts it refers to, and whether windows were left out."""

    texts: Texts
    rows: list[Rows]
    is_cut: bool


def search_segments(readings: Mapping[Field, Reading], segments: list[Segment], lexicon: Lexicon) -> Searched:
    """Look all windows of all texts up in all segments."""
    texts = texts_of(readings, lexicon)
    try:
        scratch = _IDLE.pop()
    except IndexError:
        scratch = make_scratch()
    count, is_cut = find_windows(texts.query, scratch.starts, scratch.windows)
    rows: list[Rows] = []
    for segment in segments:
        hits, anchors, dropped = probe(segment.arrays, texts.query, count, scratch)
        found = [
            AnchorHit(texts.views[view][0], word - texts.views[view][2], anchor)
            for view, word, anchor in (scratch.anchors[:anchors].tolist() if anchors else ())
        ]
        rows.append(Rows(scratch.hits[:hits].tolist() if hits else [], found, dropped > 0))
    _IDLE.append(scratch)
    return Searched(texts, rows, is_cut or texts.is_cut)


def hits_of(searched: Searched, number: int, segment: Segment, gone: Collection[int]) -> list[Hit]:
    """The hits in one segment, without the marks that are gone from it."""
    hits: list[Hit] = []
    windows: dict[tuple[int, int, int], Window] = {}
    owners = segment.filed.owners
    for view, first, last, bits, word, distance, kind in searched.rows[number].hits:
        place = (view, first, last)
        window = windows.get(place)
        if window is None:
            window = windows[place] = searched.texts.window(view, first, last, bits)
        for entry in segment.entries_at(word):
            if gone and int(owners[entry]) in gone:
                continue
            if distance:
                hits.append(Hit(window, segment, entry, "sound" if kind == SOUND else "edit", distance))
                continue
            key = segment.words_of(entry).replace(" ", "")
            if key == window.key:
                hits.append(Hit(window, segment, entry, "exact", 0))
            elif len(key) > 3:
                hits.append(Hit(window, segment, entry, "edit", 0))
    return hits
