"""From hits to candidates: what was hidden at each, and which hits say nothing new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Final

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


_Key = tuple[int, int, int]
"""A mark at a place: its segment, its number there, the number of the span."""


def candidates_of(hits: list[Hit], lexicon: Lexicon) -> tuple[tuple[Candidate, ...], dict[str, Mark]]:
    """The candidates of one search, and their marks by id: each mark once per place, mistyped ones only where
    nothing fits better.
    """
    met = _without_covered(_best_of(hits, lexicon))
    kept = [(hit, _as_written(hit.place, hit.segment.entry(hit.entry))) for hit in met]
    marks = {named.mark.id: named.mark for _, named in kept}
    return tuple([_candidate(hit, named) for hit, named in kept]), marks


def _best_of(hits: list[Hit], lexicon: Lexicon) -> dict[_Key, Hit]:
    """The closest hit of each mark at each span. Hits of one place come together: what only the place tells
    is asked once, and an entry is read only where it has a say.
    """
    best: dict[_Key, Hit] = {}
    numbers: dict[Span, int] = {}
    branded = {(id(hit.segment), hit.entry) for hit in hits if hit.place.span.field == "brand"}
    last: Place | None = None
    number, is_chance, is_doubtful = 0, False, False
    for hit in hits:
        place, segment, entry, owner, kind, distance = hit
        if place is not last:
            last = place
            number = numbers.setdefault(place.span, len(numbers))
            is_chance = place.signs != 0 and _is_chance_script(place)
            is_doubtful = place.crosses or place.view == "guessed"
        if is_chance or (is_doubtful and not _may_be_meant(place, segment.entry(entry))):
            continue
        if segment.is_bare(entry) and not _may_stand_bare(hit, branded, lexicon):
            continue
        key = (id(segment), owner, number)
        known = best.get(key)
        if known is None or distance < known.distance:
            if kind == "mask":  # completions come in their order, whatever else was read there
                best.pop(key, None)
            best[key] = hit
    return best


def _may_be_meant(place: Place, named: Named) -> bool:
    """Whether words around a comma, or a guessed spelling, may be an entry."""
    if place.crosses and not named.is_parted:
        return False
    return place.view != "guessed" or _is_likely_guess(place, _as_written(place, named))


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


def _may_stand_bare(hit: Hit, branded: Collection[tuple[int, int]], lexicon: Lexicon) -> bool:
    """Whether a company may be meant where its name stands without its form: only letter by letter, and a
    word that tells little only where the brand field says it, too.
    """
    if hit.distance or hit.kind != "exact":
        return False
    is_branded = (id(hit.segment), hit.entry) in branded
    return is_branded or _tells_apart(hit.segment.entry(hit.entry), hit.place, lexicon)


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
    if place.view not in SPELLED or not (mark.spellings or mark.products):
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


def _without_covered(best: dict[_Key, Hit]) -> list[Hit]:
    """Drop a mistyped reading of words that name a mark exactly, and a mark inside its own longer
    spelling.
    """
    if len(best) < 2:
        return list(best.values())
    covered = _covered_places(best.values())
    named = _named_exactly(best)
    masked = [hit.place.span for hit in best.values() if hit.kind == "mask" and not hit.distance]
    hidden = Spans(masked)
    return [
        hit
        for key, hit in best.items()
        if not (id(hit.place) in covered and not hit.is_same)
        and not (key[:2] in named and _is_named_nearby(hit, named[key[:2]]))
        and not (masked and hit.kind != "mask" and _is_beaten(hit, hidden))
    ]


def _covered_places(hits: Collection[Hit]) -> set[int]:
    """The places, by their identity, that words which name a mark hold; many hits share a place."""
    places = {id(hit.place): hit.place for hit in hits}
    plain = {id(hit.place): hit.place for hit in hits if hit.is_same}
    covering = Spans([place.span for place in plain.values() if _covers(place)])
    return {number for number, place in places.items() if covering.holds(place.span)}


def _named_exactly(best: dict[_Key, Hit]) -> dict[tuple[int, int], Spans]:
    """Where marks that are met more than once are named without an error."""
    mentions = Counter([key[:2] for key in best])
    if len(mentions) == len(best):
        return {}
    by_mark: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for key, hit in best.items():
        if hit.is_exact and mentions[key[:2]] > 1:
            by_mark[key[:2]].append(hit.place.span)
    return {mark: Spans(spans) for mark, spans in by_mark.items()}


def _covers(place: Place) -> bool:
    """Whether words that name a mark leave nothing to what they resemble."""
    return len(place.key) > 3 and not _hides_letters(place.span.text)


def _is_named_nearby(hit: Hit, named: Spans) -> bool:
    """Whether a hit's mark is named exactly by a longer span, or by a better one."""
    span = hit.place.span
    return named.holds_within(span) or (hit.distance > 0 and named.crosses(span))


def _is_beaten(hit: Hit, hidden: Spans) -> bool:
    """Whether a completed mask leaves nothing to another reading of its words."""
    span = hit.place.span
    return hidden.holds(span) or (not hit.is_same and hidden.touches(span))


def _hides_letters(text: str) -> bool:
    return MASK in (text if text.isascii() and text.isprintable() else fold_text(text).text)
