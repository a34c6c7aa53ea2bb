"""Marks of many words: two rare pairs of their words lead to them, then the whole mark is compared."""

from __future__ import annotations

from itertools import pairwise

from rapidfuzz.distance import OSA

from matching.blocking import ANCHOR_SALT, whole_keys
from matching.index.postings import look_up
from matching.index.search import Hit
from matching.index.segment import Segment, stretches_of
from matching.index.windows import Window
from matching.model import Field
from matching.normalization import skeleton_of
from matching.reading import Reading

ONE_ERROR_IN = 12
"""A long mark may differ in one letter for each so many of its letters."""
WORDS_MISSING = 0.25
"""A word of a long mark may be missing if it has at most this share of the letters."""


def long_hits(reading: Reading, field: Field, segment: Segment) -> list[Hit]:
    """Long marks found in the plain words of a text."""
    view = reading.views[0]
    if len(view.tokens) < 4 or not len(segment.anchor_entries):
        return []
    words = [skeleton_of(token.key)[:64] for token in view.tokens]
    pairs = [first + second for first, second in pairwise(words)]
    filed = look_up(segment.anchors, whole_keys(*stretches_of(pairs)) ^ ANCHOR_SALT)
    found: dict[int, Hit] = {}
    for place, anchor in zip(filed.probes.tolist(), filed.values.tolist(), strict=True):
        entry = int(segment.anchor_entries[anchor])
        begin = place - int(segment.anchor_words[anchor])
        hit = _best_stretch(Window(field, view, 0, 0, "", is_near=False), segment, entry, begin)
        if hit and (entry not in found or hit.distance < found[entry].distance):
            found[entry] = hit
    return list(found.values())


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
