"""From hits to candidates: what was hidden at each, and which hits say nothing new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from matching.index.entries import texts_of
from matching.index.hits import Hit, Place
from matching.index.runs import letters_of, may_stand, runs_on
from matching.index.segment import Named
from matching.lexicon import Lexicon
from matching.model import Candidate, Mark, Span
from matching.normalization import (
    DIACRITIC,
    EDGE_LEET,
    FOREIGN,
    HAN,
    LATIN,
    LEET,
    MASK,
    SCRIPT,
    STYLED,
    WIDE,
    ZERO_WIDTH,
    fold_text,
)
from matching.parting import CLUSTER
from matching.reason_codes import EVASIONS
from matching.spans import Spans

_UNSIGNED: Mapping[str, tuple[str, ...]] = {"exact": (), "edit": ("misspelling",), "sound": ("misspelling",)}


SPELLED: Final = frozenset({"spelled", "guessed"})
"""The readings in which another script is spelled in Latin letters."""
LISTED: Final = 3.5
"""A word met so often (Zipf scale) is one of the dictionary."""
MET_OFTEN: Final = 4.75
"""So often are only words met that no capital makes a name (silver, tech)."""
LONGEST_CODE: Final = 3
LEAST_GUESSED: Final = 4
LEAST_CLUSTERED: Final = 6
"""Shorter names are not guessed in a text whose letters may be spelled, or parted, in several ways."""


class _Met(NamedTuple):
    """A hit with its entry; `is_exact` where no letter is wrong or hidden, `is_same` where the text plainly
    reads so.
    """

    hit: Hit
    named: Named
    span: Span
    is_exact: bool
    is_same: bool


def candidates_of(hits: list[Hit], lexicon: Lexicon) -> tuple[tuple[Candidate, ...], dict[str, Mark]]:
    """The candidates of one search, and their marks by id: each mark once per place, mistyped ones only where
    nothing fits better.
    """
    best: dict[tuple[str, Span], Hit] = {}
    named_by: dict[tuple[str, Span], Named] = {}
    branded = {(id(hit.segment), hit.entry) for hit in hits if hit.place.span.field == "brand"}
    for hit in hits:
        place, segment, entry, kind, distance = hit
        if place.signs and _is_chance_script(place):
            continue
        named = segment.entry(entry)
        if place.view in SPELLED:
            named = _as_written(place, named)
        if place.crosses and not named.is_parted:
            continue
        if named.is_bare:  # without its form a company's name counts only as it is
            is_told = _tells_apart(named, place, lexicon) or (id(segment), entry) in branded
            if distance or kind != "exact" or not is_told:
                continue
        if place.view == "guessed" and not _is_likely_guess(place, named):
            continue
        key = (named.mark.id, place.span)
        known = best.get(key)
        if known is None or distance < known.distance:
            if hit.kind == "mask":  # completions come in their order, whatever else was read there
                best.pop(key, None)
            best[key], named_by[key] = hit, named
    kept = _without_covered([_met(hit, named_by[key]) for key, hit in best.items()])
    marks = {each.named.mark.id: each.named.mark for each in kept}
    return tuple([_candidate(each.hit, each.named) for each in kept]), marks


def _met(hit: Hit, named: Named) -> _Met:
    is_exact = hit.distance == 0 and hit.kind != "mask"
    is_same = is_exact and hit.kind == "exact" and hit.place.view == "plain"
    return _Met(hit, named, hit.place.span, is_exact, is_same)


def _is_chance_script(place: Place) -> bool:
    """A word of a text in another script that merely looks Latin, or one transliterated with errors."""
    signs = place.signs
    if place.view in SPELLED:
        return bool(signs & HAN) and len(place.words) == 1
    if signs & FOREIGN and not signs & LATIN:
        text = place.text.text
        foreign = sum(letter.isalpha() and not letter.isascii() for letter in text)
        return foreign * 2 > sum(letter.isalpha() for letter in text)
    return False


def _tells_apart(named: Named, place: Place, lexicon: Lexicon) -> bool:
    """Whether a company's name says more than a dictionary or a code does, and need not stand in the brand
    field: a word of the dictionary does in its own spelling, with its capitals amid small letters.
    """
    if named.size <= LONGEST_CODE:
        return False
    shown = place.span.text
    has_capitals = shown != shown.lower() and not (shown.isupper() and place.text.text.isupper())
    line = MET_OFTEN if has_capitals and named.text.startswith(shown) else LISTED
    return any(_how_often(word, lexicon) < line for word in named.words)


def _how_often(word: str, lexicon: Lexicon) -> float:
    """How often a word is met as one of the dictionary, or at all where that is very often."""
    return lexicon.frequency[word] if lexicon.is_frequent(word) else lexicon.ordinariness(word)


def _as_written(place: Place, named: Named) -> Named:
    """An entry by the spelling of its mark that is written there, if it has one that reads alike."""
    mark = named.mark
    if not (mark.spellings or mark.products):
        return named
    text = _texts_by_letters(texts_of(mark)).get(letters_of(place.span.text), named.text)
    return named if text == named.text else named._replace(text=text, is_foreign=not text.isascii())


@lru_cache(maxsize=4_096)
def _texts_by_letters(texts: tuple[str, ...]) -> dict[str, str]:
    return {letters_of(text): text for text in texts}


def _is_likely_guess(place: Place, named: Named) -> bool:
    """Whether a guessed spelling is the name itself, or so long that it is hardly met by chance."""
    written = place.span.text
    if runs_on(written):
        is_same = letters_of(written) == letters_of(named.text)
        return is_same and may_stand(place.text.text, place.span.start, place.span.end)
    least = LEAST_CLUSTERED if CLUSTER.search(written) else LEAST_GUESSED
    return len(place.key) >= least or letters_of(written) == letters_of(named.text)


def _candidate(hit: Hit, named: Named) -> Candidate:
    place = hit.place
    return Candidate(
        mark_id=named.mark.id,
        span=place.span,
        matched=named.text,
        kind=hit.kind,
        distance=hit.distance,
        similarity=_similarity(hit, named),
        evasions=_evasions(hit, named),
        words=place.words,
        mark_words=named.words,
    )


def _is_own_script(place: Place, named: Named) -> bool:
    """Whether a name is written in the very letters that it is registered in, though read in another way."""
    may_be = named.is_foreign or place.view == "guessed"
    return may_be and letters_of(place.span.text) == letters_of(named.text)


def _similarity(hit: Hit, named: Named) -> float:
    place = hit.place
    if not hit.distance and hit.kind != "mask":
        is_same = hit.kind == "exact" and (place.view == "plain" or _is_own_script(place, named))
        return 1.0 if is_same else 0.97
    size = max(len(place.key), named.size, 1)
    if hit.kind == "mask":
        return round(max(0.0, 1 - (place.key.count("*") + hit.distance) / (2 * size)), 4)
    return round(1 - hit.distance / size, 4)


def _evasions(hit: Hit, named: Named) -> tuple[str, ...]:
    place, words = hit.place, named.words
    signs, shown = place.signs, place.words
    if not signs & ~LATIN and len(words) == len(shown) and hit.kind in _UNSIGNED:
        return _UNSIGNED[hit.kind]
    if signs and named.is_foreign:
        signs &= ~_signs_of_text(named.text)
    found = {
        "zero_width": signs & ZERO_WIDTH,
        "mixed_script": signs & FOREIGN and place.view not in SPELLED,
        "styled_letters": signs & STYLED or (signs & WIDE and not _is_east_asian(place.text.text)),
        "leetspeak": signs & (LEET | EDGE_LEET),
        "split_letters": len(shown) > 2 and len(words) < len(shown) and all(len(word) == 1 for word in shown),
        "mask": hit.kind == "mask",
        "diacritics": signs & DIACRITIC,
        "misspelling": hit.kind in {"edit", "sound"},
        "transliteration": place.view in SPELLED and signs & SCRIPT,
    }
    found["spacing"] = len(words) != len(shown) and not found["split_letters"] and not found["mask"]
    return tuple(name for name in EVASIONS if found[name])


def _is_east_asian(text: str) -> bool:
    return any("\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in text)


@lru_cache(maxsize=4_096)
def _signs_of_text(text: str) -> int:
    signs = 0
    for sign in fold_text(text).signs:
        signs |= sign
    return signs & ~LATIN


def _without_covered(found: list[_Met]) -> list[_Met]:
    """Drop a mistyped reading of words that name a mark exactly, and a mark inside its own longer
    spelling.
    """
    if len(found) < 2:
        return found
    named = _named_exactly(found)
    covered = _covered_places(found)
    masked = [each.span for each in found if each.hit.kind == "mask" and not each.hit.distance]
    hidden = Spans(masked)
    return [
        each
        for each in found
        if not (not each.is_same and covered[id(each.hit.place)])
        and not (each.named.mark.id in named and _is_named_nearby(each, named[each.named.mark.id]))
        and not (masked and each.hit.kind != "mask" and _is_beaten(each, hidden))
    ]


def _covered_places(found: list[_Met]) -> dict[int, bool]:
    """Of each place, by its identity, whether words that name a mark hold it; many hits share a place."""
    plain = {id(each.hit.place): each.hit.place for each in found if each.is_same}
    covering = Spans([place.span for place in plain.values() if _covers(place)])
    rest = {id(each.hit.place): each.span for each in found if not each.is_same}
    return {place: covering.holds(span) for place, span in rest.items()}


def _named_exactly(found: list[_Met]) -> dict[str, Spans]:
    """Where marks that are met more than once are named without an error."""
    met = [each.named.mark.id for each in found]
    if len(set(met)) == len(met):
        return {}
    mentions = Counter(met)
    by_mark: dict[str, list[Span]] = defaultdict(list)
    for each in found:
        if each.is_exact and mentions[each.named.mark.id] > 1:
            by_mark[each.named.mark.id].append(each.span)
    return {mark_id: Spans(spans) for mark_id, spans in by_mark.items()}


def _covers(place: Place) -> bool:
    """Whether words that name a mark leave nothing to what they resemble."""
    return len(place.key) > 3 and not _hides_letters(place.span.text)


def _is_named_nearby(each: _Met, named: Spans) -> bool:
    """Whether a hit's mark is named exactly by a longer span, or by a better one."""
    return named.holds_within(each.span) or (each.hit.distance > 0 and named.crosses(each.span))


def _is_beaten(each: _Met, hidden: Spans) -> bool:
    """Whether a completed mask leaves nothing to another reading of its words."""
    return hidden.holds(each.span) or (not each.is_same and hidden.touches(each.span))


def _hides_letters(text: str) -> bool:
    return MASK in (text if text.isascii() and text.isprintable() else fold_text(text).text)
