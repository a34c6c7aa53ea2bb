"""Names with hidden letters: N*KE, RI*K O**NS. Stars, emoji and blanks each hide one letter."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from matching.index.buffers import MAX_WORDS
from matching.index.completing import SIZES, completions, loosened
from matching.index.search import Hit
from matching.index.segment import Segment
from matching.index.windows import PARTING, Window
from matching.lexicon import Lexicon
from matching.model import Field
from matching.normalization import MASK, Token
from matching.reading import Reading, View

MAX_COMPLETIONS = 200
MAX_MASKED = 2_000
"""No more windows of a text with hidden letters are completed; the answer says so."""
KEPT = 3
FEWEST_SHOWN = 2

Alive = tuple[tuple[Segment, Collection[int]], ...]
"""Segments, and the places of marks that are gone from each."""


def masked_hits(reading: Reading, field: Field, segments: Alive, lexicon: Lexicon) -> tuple[list[Hit], bool]:
    """The three best completions of each masked name; longer windows win over their parts."""
    view = View("plain", reading.masked)
    hits: list[Hit] = []
    is_cut = False
    covered = -1
    looked_up = 0
    for window in _masked_windows(view, field):
        if window.first <= covered:
            continue
        looked_up += 1
        if looked_up > MAX_MASKED:
            return hits, True
        found, cut = _completed(window, segments)
        is_cut = is_cut or cut
        if found:
            found.sort(key=lambda hit: _rank(hit, lexicon))
            hits += found[:KEPT]
            covered = window.last
    return hits, is_cut


def _masked_windows(view: View, field: Field) -> Iterator[Window]:
    """Windows with a letter hidden between letters, the longest from each place first."""
    for first in range(len(view.tokens)):
        windows = list(_windows_from(view, field, first))
        yield from reversed(windows)


def _windows_from(view: View, field: Field, first: int) -> Iterator[Window]:
    key = ""
    for last in range(first, min(first + MAX_WORDS, len(view.tokens))):
        if last > first and PARTING.search(view.tokens[last].gap):
            return
        key += view.tokens[last].key
        if len(key) >= SIZES.stop:
            return
        if _hides_a_name(key, view.tokens[first : last + 1]):
            yield Window(field, view, first, last, key)


def _hides_a_name(key: str, tokens: tuple[Token, ...]) -> bool:
    """Whether signs stand between letters; a sign behind a word is an ornament or a footnote."""
    shown = len(key) - key.count(MASK)
    inside = key.strip(MASK)
    if len(key) not in SIZES or shown < FEWEST_SHOWN or MASK not in inside:
        return False
    starts_well = key[0] != MASK and tokens[-1].key != MASK
    return starts_well and shown * 3 >= len(key) and not _is_a_product(inside)


def _is_a_product(inside: str) -> bool:
    """2*DDR3 and 4*6 multiply; they hide nothing."""
    parts = inside.split(MASK)
    return parts[0].isdigit() or parts[-1].isdigit()


def _completed(window: Window, segments: Alive) -> tuple[list[Hit], bool]:
    exact = _hits(window, window.key, segments, 0)
    if exact or len(window.key) < 5:
        return exact[:MAX_COMPLETIONS], len(exact) > MAX_COMPLETIONS
    loose = [hit for pattern in loosened(window.key) for hit in _hits(window, pattern, segments, 1)]
    return loose[:MAX_COMPLETIONS], len(loose) > MAX_COMPLETIONS


def _hits(window: Window, pattern: str, segments: Alive, distance: int) -> list[Hit]:
    return [
        Hit(window, segment, entry, "mask", distance)
        for segment, gone in segments
        for entry in completions(segment, pattern)
        if not gone or int(segment.filed.owners[entry]) not in gone
    ]


def _rank(hit: Hit, lexicon: Lexicon) -> tuple[int, int, float, str]:
    words = hit.segment.words_of(hit.entry).split()
    sizes = [len(word) for word in words]
    shown = [len(token.key) for token in hit.window.tokens]
    agreement = 0 if sizes == shown else 1 if len(sizes) == len(shown) else 2
    known = lexicon.frequency.get("".join(words), 0.0)
    return hit.distance, agreement, -known, hit.segment.words_of(hit.entry)
