"""What all evidence is taken from: an offer's words, its brand, its cues, and each candidate among its
neighbors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from matching.comparison import Scene
from matching.index import Found, Index
from matching.model import Candidate, Field, Offer, Span
from matching.normalization import canonical_text
from matching.scoring import Policy
from matching.usage import (
    bundle_cue,
    fashion_classes,
    strong_replica_cue,
    weak_replica_cue,
    words_of,
)
from matching.words import Words

NO_BRAND: Final = frozenset(
    [
        "generic",
        "unbranded",
        "none",
        "na",
        "nobrand",
        "unknown",
        "other",
        "others",
        "oem",
        "doesnotapply",
        "markenlos",
        "sansmarque",
        "sinmarca",
        "semmarca",
        "senzamarca",
        "geenmerk",
        "bezmarki",
        "markasız",
        "tanpamerek",
        "tidakadamerek",
    ]
)
WORD_OF_NAME: Final = 4.0
"""A mark whose words are more common than this is not taken for a name in a list of names."""


class Stage(NamedTuple):
    """What all occurrences of one offer share."""

    offer: Offer
    registry: Index
    policy: Policy
    words: Mapping[Field, Words]
    brand_names: frozenset[str]
    replica: str
    weak: str
    bundle: str
    goods: frozenset[int]


def set_stage(offer: Offer, index: Index, policy: Policy, found: Found) -> Stage:
    spans: dict[Field, list[Span]] = defaultdict(list)
    for candidate in found.candidates:
        if _is_a_name(candidate, index):
            spans[candidate.span.field].append(candidate.span)
    texts: dict[Field, str] = {"title": offer.title, "brand": offer.brand, "description": offer.description}
    words = {field: words_of(text, spans[field]) for field, text in texts.items()}
    told = [(texts[field], words[field]) for field in ("title", "description")]
    return Stage(
        offer,
        index,
        policy,
        words,
        _brand_names(offer, found.candidates),
        next((cue for text, each in told if (cue := strong_replica_cue(text, each))), ""),
        weak_replica_cue(words["title"]),
        bundle_cue(words["title"]),
        offer.nice_classes | fashion_classes(words["title"]),
    )


def _is_a_name(candidate: Candidate, index: Index) -> bool:
    """Whether a candidate is a name rather than ordinary words, for the walk over lists of names."""
    ordinary = min((index.lexicon.ordinariness(word) for word in candidate.mark_words), default=0.0)
    return candidate.distance == 0 and ordinary < WORD_OF_NAME


def _brand_names(offer: Offer, candidates: Iterable[Candidate]) -> frozenset[str]:
    whole = canonical_text(offer.brand).replace(" ", "")
    if not whole or whole in NO_BRAND:
        return frozenset()
    named = [each for each in candidates if each.span.field == "brand" and each.distance == 0]
    inside = {
        "".join(each.mark_words)
        for each in named
        if 2 * len("".join(each.words)) > len(whole) and not any(_covers(longer, each) for longer in named)
    }
    return frozenset(inside | {whole})


def scenes_of(stage: Stage, candidates: tuple[Candidate, ...]) -> Iterable[Scene]:
    for candidate in candidates:
        mark = stage.registry.mark(candidate.mark_id)
        if mark is None:
            continue
        near = [each for each in candidates if overlap(each.span, candidate.span) and each is not candidate]
        yield Scene(
            offer=stage.offer,
            mark=mark,
            candidate=candidate,
            words=stage.words[candidate.span.field],
            lexicon=stage.registry.lexicon,
            rivals=_rivals(candidate, near),
            covered=any(_covers(each, candidate) for each in near),
            brand_names=stage.brand_names,
            masks=_completions(candidate, near),
        )


def overlap(one: Span, other: Span) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _covers(longer: Candidate, shorter: Candidate) -> bool:
    """Whether a name found in full holds the words of another one that is shorter, or less exact."""
    if longer.distance or longer.mark_id == shorter.mark_id or longer.mark_words == shorter.mark_words:
        return False
    sizes = len("".join(longer.words)), len("".join(shorter.words))
    return sizes[0] > sizes[1] or (shorter.distance > 0 and sizes[0] == sizes[1])


def _rivals(candidate: Candidate, near: list[Candidate]) -> int:
    if candidate.distance == 0 and candidate.kind != "mask":
        return 0
    names = {each.mark_words for each in near if each.distance <= candidate.distance and each.kind != "mask"}
    return len(names - {candidate.mark_words})


def _completions(candidate: Candidate, near: list[Candidate]) -> int:
    if candidate.kind != "mask":
        return 0
    names = {
        each.mark_words
        for each in near
        if each.kind == "mask"
        and _disagreement(each) <= _disagreement(candidate)
        and each.span == candidate.span
    }
    return len(names | {candidate.mark_words})


def _disagreement(candidate: Candidate) -> tuple[int, int]:
    """How far a completion's words are from those written: errors, then the lengths of the words."""
    sizes = [len(word) for word in candidate.mark_words]
    shown = [len(word) for word in candidate.words]
    return candidate.distance, 0 if sizes == shown else 1 if len(sizes) == len(shown) else 2
