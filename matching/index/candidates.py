"""From hits to candidates: what was hidden at each, and which hits say nothing new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from matching.index.hits import Hit, Place
from matching.index.runs import letters_of, may_stand, runs_on
from matching.index.segment import Named
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


def candidates_of(hits: list[Hit]) -> tuple[tuple[Candidate, ...], dict[str, Mark]]:
    """The candidates of one search, and their marks by id: each mark once per place, mistyped ones only where
    nothing fits better.
    """
    best: dict[tuple[str, Span], Hit] = {}
    named_by: dict[tuple[str, Span], Named] = {}
    for hit in hits:
        place, segment, entry, _, distance = hit
        if place.signs and _is_chance_script(place):
            continue
        named = segment.entry(entry)
        if place.crosses and not named.is_parted:
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
    is_parted = len(words) != len(shown) and shown != _with_initials_joined(words)
    found["spacing"] = is_parted and not found["split_letters"] and not found["mask"]
    return tuple(name for name in EVASIONS if found[name])


@lru_cache(maxsize=4_096)
def _with_initials_joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name whose initials are written as one beside its other words: C.P. Lund as CP Lund."""
    joined = tuple(
        word
        for is_initial, run in groupby(words, lambda word: len(word) == 1)
        for word in (("".join(run),) if is_initial else run)
    )
    return joined if len(joined) > 1 else words


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
