"""Marks of many words: two rare pairs of their words lead to them, then the whole mark is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rapidfuzz.distance import OSA

from matching.index.search import AnchorHit, Hit
from matching.index.segment import Segment
from matching.index.windows import Window
from matching.model import Field
from matching.normalization import skeleton_of
from matching.reading import Reading

ONE_ERROR_IN = 12
"""A long mark may differ in one letter for each so many of its letters."""
WORDS_MISSING = 0.25
"""A word of a long mark may be missing if it has at most this share of the letters."""


def long_hits(
    found: list[AnchorHit], readings: Mapping[Field, Reading], segment: Segment, gone: Collection[int]
) -> list[Hit]:
    """Long marks found around their anchors in the plain words of texts."""
    best: dict[tuple[Field, int], Hit] = {}
    for field, place, anchor in found:
        entry = int(segment.arrays.anchor_entries[anchor])
        if gone and int(segment.filed.owners[entry]) in gone:
            continue
        begin = place - int(segment.arrays.anchor_words[anchor])
        hit = _best_stretch(Window(field, readings[field].views[0], 0, 0, ""), segment, entry, begin)
        if hit and ((field, entry) not in best or hit.distance < best[field, entry].distance):
            best[field, entry] = hit
    return list(best.values())


def _best_stretch(start: Window, segment: Segment, entry: int, begin: int) -> Hit | None:
    """The stretch of words around `begin` that is closest to a long mark, if close enough."""
    words = skeleton_of(segment.words_of(entry)).split()
    tokens, sought = start.view.tokens, "".join(words)
    best: Hit | None = None
    for first in (begin, begin + 1, begin - 1):
        for count in (len(words), len(words) - 1, len(words) + 1):
            if first < 0 or first + count > len(tokens) or (best and best.distance == 0):
                continue
            key = "".join(token.key for token in tokens[first : first + count])
            errors = max(1, len(sought) // ONE_ERROR_IN)
            allowed = max(errors, int(len(sought) * WORDS_MISSING)) if count < len(words) else errors
            distance = OSA.distance(skeleton_of(key), sought, score_cutoff=allowed)
            if distance <= allowed and (best is None or distance < best.distance):
                window = start._replace(first=first, last=first + count - 1, key=key)
                best = Hit(window, segment, entry, "exact" if distance == 0 else "edit", distance)
    return best
