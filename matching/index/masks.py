"""Names with hidden letters: N*KE, RI*K O**NS. Stars, emoji and blanks each hide one letter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from matching.index.buffers import MAX_WORDS
from matching.index.completing import SIZES, completions, loosened
from matching.index.hits import Hit, Place, place_of
from matching.index.segment import Segment
from matching.index.texts import Text
from matching.lexicon import Lexicon
from matching.normalization import MASK, Token
from matching.reading import PARTING

MAX_COMPLETIONS = 200
MAX_MASKED = 2_000
"""No more windows of a text with hidden letters are completed; the answer says so."""
KEPT = 3
FEWEST_SHOWN = 2

Alive = tuple[tuple[Segment, Collection[int]], ...]
"""Segments, and the places of marks that are gone from each."""


class Window(NamedTuple):
    """Words `first` to `last` of a text, some with hidden letters, joined to `key`."""

    tokens: tuple[Token, ...]
    first: int
    last: int
    key: str


def masked_hits(
    text: Text, tokens: tuple[Token, ...], segments: Alive, lexicon: Lexicon
) -> tuple[list[Hit], bool]:
    """The three best completions of each masked name; longer windows win over their parts."""
    hits: list[Hit] = []
    is_cut = False
    covered = -1
    looked_up = 0
    for window in _masked_windows(tokens):
        if window.first <= covered:
            continue
        looked_up += 1
        if looked_up > MAX_MASKED:
            return hits, True
        place = place_of(text, "plain", window.tokens)
        found, cut = _completed(place, segments)
        is_cut = is_cut or cut
        if found:
            found.sort(key=lambda hit: _rank(hit, lexicon))
            hits += found[:KEPT]
            covered = window.last
    return hits, is_cut


def _masked_windows(tokens: tuple[Token, ...]) -> Iterator[Window]:
    """Windows with a letter hidden between letters, the longest from each place first."""
    for first in range(len(tokens)):
        windows = list(_windows_from(tokens, first))
        yield from reversed(windows)


def _windows_from(tokens: tuple[Token, ...], first: int) -> Iterator[Window]:
    key = ""
    for last in range(first, min(first + MAX_WORDS, len(tokens))):
        if last > first and PARTING.search(tokens[last].gap):
            return
        key += tokens[last].key
        if len(key) >= SIZES.stop:
            return
        if _hides_a_name(key, tokens[first : last + 1]):
            yield Window(tokens[first : last + 1], first, last, key)


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


def _completed(place: Place, segments: Alive) -> tuple[list[Hit], bool]:
    exact = _hits(place, place.key, segments, 0)
    if exact or len(place.key) < 5:
        return exact[:MAX_COMPLETIONS], len(exact) > MAX_COMPLETIONS
    loose = [hit for pattern in loosened(place.key) for hit in _hits(place, pattern, segments, 1)]
    return loose[:MAX_COMPLETIONS], len(loose) > MAX_COMPLETIONS


def _hits(place: Place, pattern: str, segments: Alive, distance: int) -> list[Hit]:
    return [
        Hit(place, segment, entry, "mask", distance)
        for segment, gone in segments
        for entry in completions(segment, pattern)
        if not gone or int(segment.arrays.owners[entry]) not in gone
    ]


def _rank(hit: Hit, lexicon: Lexicon) -> tuple[int, int, float, str]:
    words = hit.segment.words_of(hit.entry).split()
    sizes = [len(word) for word in words]
    shown = [len(word) for word in hit.place.words]
    agreement = 0 if sizes == shown else 1 if len(sizes) == len(shown) else 2
    known = lexicon.frequency.get("".join(words), 0.0)
    return hit.distance, agreement, -known, hit.segment.words_of(hit.entry)
