"""From hits to candidates: what was hidden at each, and which hits say nothing new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from matching.index.search import Hit
from matching.index.windows import PARTING
from matching.model import Candidate, Field, Span
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
from matching.reading import Reading
from matching.reason_codes import EVASIONS
from matching.spans import Spans

NOWHERE: Final = Spans(())

_UNSIGNED: Mapping[str, tuple[str, ...]] = {"exact": (), "edit": ("misspelling",), "sound": ("misspelling",)}


def candidates_of(hits: list[Hit], readings: Mapping[Field, Reading]) -> tuple[Candidate, ...]:
    """The candidates of one search: each mark once per place, mistyped ones only where nothing fits
    better.
    """
    best: dict[tuple[str, Field, int, int], Candidate] = {}
    for hit in hits:
        reading = readings[hit.window.field]
        signs = _signs(hit)
        if (hit.window.crosses and not _is_parted(hit)) or _is_chance_script(hit, signs, reading):
            continue
        candidate = _candidate(hit, signs, reading)
        span = candidate.span
        key = (candidate.mark_id, span.field, span.start, span.end)
        known = best.get(key)
        if known is None or candidate.distance < known.distance:
            best[key] = candidate
    return _without_covered(list(best.values()))


def _is_chance_script(hit: Hit, signs: int, reading: Reading) -> bool:
    """A word of a text in another script that merely looks Latin, or one transliterated with errors."""
    if hit.window.view.name == "spelled":
        return bool(signs & HAN) and hit.window.first == hit.window.last
    if signs & FOREIGN and not signs & LATIN:
        foreign = sum(letter.isalpha() and not letter.isascii() for letter in reading.text)
        return foreign * 2 > sum(letter.isalpha() for letter in reading.text)
    return False


def _is_parted(hit: Hit) -> bool:
    return bool(PARTING.search(hit.segment.text_of(hit.entry)))


def _signs(hit: Hit) -> int:
    signs = 0
    for token in hit.window.tokens:
        signs |= token.signs
    return signs


def _candidate(hit: Hit, signs: int, reading: Reading) -> Candidate:
    tokens = hit.window.tokens
    start, end = tokens[0].start, tokens[-1].end
    words = hit.segment.words_of(hit.entry).split(" ")
    size = max(len(hit.window.key), sum(map(len, words)), 1)
    matched = hit.segment.text_of(hit.entry)
    return Candidate(
        mark_id=hit.segment.mark_of(hit.entry).id,
        span=Span(hit.window.field, reading.text[start:end], start, end),
        matched=matched,
        kind=hit.kind,
        distance=hit.distance,
        similarity=round(_similarity(hit, size), 4),
        evasions=_evasions(hit, signs, reading, words),
        words=tuple(token.key for token in tokens),
        mark_words=tuple(words),
    )


def _similarity(hit: Hit, size: int) -> float:
    if hit.kind == "mask":
        return max(0.0, 1 - (hit.window.key.count("*") + hit.distance) / (2 * size))
    if hit.distance:
        return 1 - hit.distance / size
    return 1.0 if hit.kind == "exact" and hit.window.view.name == "plain" else 0.97


def _evasions(hit: Hit, signs: int, reading: Reading, words: list[str]) -> tuple[str, ...]:
    tokens = hit.window.tokens
    if not signs and len(words) == len(tokens) and hit.kind in _UNSIGNED:
        return _UNSIGNED[hit.kind]
    signs &= ~_signs_of_text(hit.segment.text_of(hit.entry)) if signs else 0
    found = {
        "zero_width": signs & ZERO_WIDTH,
        "mixed_script": signs & FOREIGN and hit.window.view.name != "spelled",
        "styled_letters": signs & STYLED or (signs & WIDE and not _is_east_asian(reading)),
        "leetspeak": signs & (LEET | EDGE_LEET),
        "split_letters": len(tokens) > 2
        and len(words) < len(tokens)
        and all(len(each.key) == 1 for each in tokens),
        "mask": hit.kind == "mask",
        "diacritics": signs & DIACRITIC,
        "misspelling": hit.kind in {"edit", "sound"},
        "transliteration": hit.window.view.name == "spelled" and signs & SCRIPT,
    }
    found["spacing"] = len(words) != len(tokens) and not found["split_letters"] and not found["mask"]
    return tuple(name for name in EVASIONS if found[name])


def _is_east_asian(reading: Reading) -> bool:
    return any("\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in reading.text)


@lru_cache(maxsize=4_096)
def _signs_of_text(text: str) -> int:
    signs = 0
    for sign in fold_text(text).signs:
        signs |= sign
    return signs & ~LATIN


def _without_covered(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """Drop a mistyped reading of words that name a mark exactly, and a mark inside its own longer
    spelling.
    """
    if len(candidates) < 2:
        return tuple(candidates)
    exact = [each for each in candidates if each.distance == 0 and each.kind != "mask"]
    by_mark: dict[str, list[Span]] = defaultdict(list)
    for each in exact:
        by_mark[each.mark_id].append(each.span)
    named = {mark_id: Spans(spans) for mark_id, spans in by_mark.items()}
    covering = Spans(
        each.span
        for each in exact
        if each.similarity == 1.0 and len("".join(each.words)) > 3 and not _hides_letters(each.span.text)
    )
    hidden = Spans(each.span for each in candidates if each.kind == "mask" and each.distance == 0)
    return tuple(
        each
        for each in candidates
        if not _is_named_nearby(each, named.get(each.mark_id, NOWHERE))
        and not (each.similarity < 1.0 and covering.holds(each.span))
        and not (each.kind != "mask" and _is_beaten(each, hidden))
    )


def _is_named_nearby(candidate: Candidate, named: Spans) -> bool:
    """Whether the candidate's mark is named exactly by a longer span, or by a better one."""
    return named.holds_within(candidate.span) or (candidate.distance > 0 and named.crosses(candidate.span))


def _is_beaten(candidate: Candidate, hidden: Spans) -> bool:
    """Whether a completed mask leaves nothing to another reading of its words."""
    return hidden.holds(candidate.span) or (candidate.similarity < 1.0 and hidden.touches(candidate.span))


def _hides_letters(text: str) -> bool:
    return MASK in fold_text(text).text
