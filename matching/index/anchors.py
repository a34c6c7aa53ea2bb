"""Marks of many words: two rare pairs of their words lead to them, then the whole mark is compared."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from rapidfuzz.distance import OSA

from matching.index.buffers import PLAIN, Places
from matching.index.hits import Hit, Kind, place_of
from matching.index.other_views import VIEW_NAMES
from matching.index.segment import Segment
from matching.index.texts import Text
from matching.normalization import Token, skeleton_of

ONE_ERROR_IN = 12
"""A long mark may differ in one letter for each so many of its letters."""
WORDS_MISSING = 0.4
"""A word of a long mark may be missing if it has at most this share of the letters."""
MOST_MISSING = 3
"""A word of a mark may be read as so many: B.V., multi-brand."""


def long_hits(found: Places, texts: list[Text], segment: Segment, gone: Collection[int]) -> list[Hit]:
    """Long marks found around their anchors in the words of texts; a row is text, word, anchor, view.

    In the view that spells other scripts only whole ones are, letter by letter: Han characters are its words.
    """
    best: dict[tuple[int, int], Hit] = {}
    tokens = cache(lambda text, view: texts[text].plain if view == PLAIN else texts[text].spelled)
    for text, place, anchor, view in found.tolist():
        entry = int(segment.arrays.anchor_entries[anchor])
        owner = segment.owner_of(entry)
        if gone and owner in gone:
            continue
        words = skeleton_of(segment.words_of(entry)).split()
        begin = place - int(segment.arrays.anchor_words[anchor])
        stretch = _best_stretch(words, tokens(text, view), begin)
        if stretch and view != PLAIN and stretch[0]:
            continue
        if stretch and ((text, entry) not in best or stretch[0] < best[text, entry].distance):
            distance, seen = stretch
            kind: Kind = "edit" if distance else "exact"
            met = place_of(texts[text], VIEW_NAMES[view], seen)
            best[text, entry] = Hit(met, segment, entry, owner, kind, distance)
    return list(best.values())


def _best_stretch(
    words: list[str], tokens: tuple[Token, ...], begin: int
) -> tuple[int, tuple[Token, ...]] | None:
    """The stretch of tokens around `begin` that is closest to a long mark, if close enough."""
    sought = "".join(words)
    best: tuple[int, tuple[Token, ...]] | None = None
    for first in (begin, begin + 1, begin - 1, begin + 2, begin + 3):
        for count in (len(words), *range(len(words) - 1, len(words) - 1 - MOST_MISSING, -1), len(words) + 1):
            if first < 0 or count < 2 or first + count > len(tokens) or (best and best[0] == 0):
                continue
            key = "".join(token.key for token in tokens[first : first + count])
            errors = max(1, len(sought) // ONE_ERROR_IN)
            allowed = max(errors, int(len(sought) * WORDS_MISSING)) if count < len(words) else errors
            distance = OSA.distance(skeleton_of(key), sought, score_cutoff=allowed)
            if distance <= allowed and (best is None or distance < best[0]):
                best = distance, tokens[first : first + count]
    return best
