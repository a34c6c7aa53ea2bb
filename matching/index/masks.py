"""Names with hidden letters: N*KE, RI*K O**NS. Stars, emoji and blanks each hide one letter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from matching.index.buffers import MAX_WORDS
from matching.index.completing import SIZES, completions, loosened
from matching.index.hits import Hit, Place, place_of
from matching.index.segment import Segment
from matching.index.texts import Text
from matching.lexicon import COMMON, Lexicon
from matching.normalization import FOREIGN, MASK, SCRIPT, Token
from matching.reading import PARTING, ViewName

MAX_COMPLETIONS = 1_000
MAX_MASKED = 2_000
"""No more windows of a text with hidden letters are completed; the answer says so."""
KEPT = 3
FEWEST_SHOWN = 2
FEWEST_BEFORE_END = 3
"""So many letters must be shown where only the last ones of a name are hidden."""
NAME = 1.5
"""So much more frequent a word that is rather a name is taken to be, and no other word more than common: who
hides letters means a name."""
SAME_CASE = 1.5
"""So much more frequent a name is taken to be that has its capitals where the letters shown have theirs."""
_JOINING = frozenset({"", ".", "'"})

Alive = tuple[tuple[Segment, Collection[int]], ...]
"""Segments, and the places of marks that are gone from each."""
Readings = Iterable[tuple[ViewName, tuple[Token, ...]]]


class Window(NamedTuple):
    """Neighboring words of a text, some with hidden letters, joined to `key`; the last one's place; whether a
    comma or bracket stands inside.
    """

    tokens: tuple[Token, ...]
    last: int
    key: str
    crosses: bool

    @property
    def is_adorned(self) -> bool:
        """Whether a sign stands behind the last word, which is an ornament more often than a letter."""
        return self.tokens[-1].key == MASK and self.tokens[-1].gap not in _JOINING


def masked_hits(text: Text, readings: Readings, segments: Alive, lexicon: Lexicon) -> tuple[list[Hit], bool]:
    """The three best completions of each masked name; longer windows win over their parts."""
    hits: list[Hit] = []
    is_cut = False
    for view, tokens in readings:
        covered, looked_up = -1, 0
        for first in range(len(tokens)):
            for window in _windows_from(tokens, first) if first > covered else ():
                looked_up += 1
                if looked_up > MAX_MASKED:
                    return hits, True
                if _is_footnote(window, segments, lexicon):
                    continue
                place = place_of(text, view, window.tokens)._replace(crosses=window.crosses)
                found = _completed(place, segments)
                if found:
                    is_cut = is_cut or len(found) > MAX_COMPLETIONS
                    hits += sorted(found[:MAX_COMPLETIONS], key=lambda hit: _rank(hit, lexicon))[:KEPT]
                    covered = window.last
                    break
    return hits, is_cut


def _windows_from(tokens: tuple[Token, ...], first: int) -> list[Window]:
    """The windows with hidden letters that begin with a word: the longest first, ornaments behind."""
    windows = [window for window in _growing(tokens, first) if _hides_a_name(window)]
    return sorted(windows, key=lambda window: (window.is_adorned, -window.last))


def _growing(tokens: tuple[Token, ...], first: int) -> Iterator[Window]:
    key, crosses = "", False
    for last in range(first, min(first + MAX_WORDS, len(tokens))):
        crosses = crosses or (last > first and PARTING.search(tokens[last].gap) is not None)
        key += tokens[last].key
        if len(key) >= SIZES.stop:
            return
        yield Window(tokens[first : last + 1], last, key, crosses)


def _hides_a_name(window: Window) -> bool:
    """Whether signs stand between letters, or in the place of a word's last ones."""
    key = window.key
    shown = len(key) - key.count(MASK)
    if len(key) not in SIZES or shown < FEWEST_SHOWN or key[0] == MASK or shown * 3 < len(key):
        return False
    inside = key.rstrip(MASK)
    if MASK in inside:
        return not _is_a_product(inside)
    is_half = shown == FEWEST_SHOWN and inside.isalpha()
    hidden = len(key) - shown
    return (
        0 < hidden <= shown
        and (shown >= FEWEST_BEFORE_END or (is_half and hidden == shown))
        and bool(window.tokens[-1].key.strip(MASK))
        and inside[-1].isalpha()
    )


def _is_a_product(inside: str) -> bool:
    """2*DDR3 and 4*6 multiply; they hide nothing. Sw*e*7 does."""
    parts = inside.split(MASK)
    return len(list(filter(None, parts))) < 3 and (parts[0].isdigit() or parts[-1].isdigit())


def _is_footnote(window: Window, segments: Alive, lexicon: Lexicon) -> bool:
    """Whether signs behind a word that says all by itself hide nothing: a mark, or for one sign, any word."""
    inside = window.key.rstrip(MASK)
    if MASK in inside:
        return False
    if len(window.key) == len(inside) + 1 and all(
        lexicon.is_common(token.key.rstrip(MASK)) for token in window.tokens
    ):
        return True
    return any(completions(segment, inside) for segment, _ in segments)


def _completed(place: Place, segments: Alive) -> list[Hit]:
    exact = _hits(place, place.key, segments, 0)
    if exact or len(place.key) < 5:
        return exact
    return [hit for pattern in loosened(place.key) for hit in _hits(place, pattern, segments, 1)]


def _hits(place: Place, pattern: str, segments: Alive, distance: int) -> list[Hit]:
    return [
        Hit(place, segment, entry, segment.owner_of(entry), "mask", distance)
        for segment, gone in segments
        for entry in completions(segment, pattern)
        if not (gone and segment.owner_of(entry) in gone)
        and not (place.crosses and not segment.entry(entry).is_parted)
    ]


def _rank(hit: Hit, lexicon: Lexicon) -> tuple[int, bool, int, float, str]:
    """The likeliest completions first: those whose letters and words are like those shown, then those met
    more often, names before ordinary words.
    """
    named = hit.segment.entry(hit.entry)
    shown = hit.place.words
    sizes = [len(word) for word in named.words] == [len(word) for word in shown]
    agreement = 0 if sizes else 1 if len(named.words) == len(shown) else 2
    is_latin = not hit.place.signs & (FOREIGN | SCRIPT)
    is_other = named.is_foreign if is_latin else hit.place.view == "spelled" and not named.is_foreign
    key = "".join(named.words)
    known = lexicon.frequency.get(key, 0.0)
    known = known + NAME if key in lexicon.names else min(known, COMMON)
    known += SAME_CASE if _is_cased_alike(hit.place.span.text, named.text) else 0.0
    return hit.distance, is_other, agreement, -known, " ".join(named.words)


def _is_cased_alike(shown: str, name: str) -> bool:
    """Whether all letters shown, in their places, are those of a name, capitals as capitals."""
    written, own = "".join(shown.split()), "".join(name.split())
    pairs = zip(written, own, strict=False)
    return len(written) == len(own) and all(one == other for one, other in pairs if one.isalpha())
