"""What all evidence is taken from: an offer's words, its brand, its cues, and each candidate among its
neighbors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from matching.comparison import Scene
from matching.index import Found, Index
from matching.lexicon import Lexicon
from matching.market import NO_BRAND, NO_MARKET, Market, bit_of
from matching.model import Candidate, Field, Offer, Span, Spot
from matching.neighbors import Neighborhood, Neighbors
from matching.normalization import canonical_text
from matching.placing import Place, place_of
from matching.reason_codes import ScreeningCode
from matching.scoring import Policy
from matching.sieves import Look
from matching.sifting import Measures, Sifter, asked_of_marks, sifter_of, silent_of
from matching.usage import (
    Cues,
    bundle_cue,
    fashion_classes,
    strong_replica_cue,
    weak_replica_cue,
    words_of,
)
from matching.words import Words
from matching.writing import is_plainly_written

WORD_OF_NAME: Final = 4.0
"""A mark whose words are more common than this is not taken for a name in a list of names."""
MAX_JUDGED: Final = 500
"""No more candidates of one offer are judged; the answer says so."""


NO_TEXT: Final = words_of("")


class Stage(NamedTuple):
    """What all occurrences of one offer share.

    `asked` are the circumstances that differ between marks; in `beside` those that do not are kept once they
    are measured, in `cues` what the words around a place tell.
    """

    offer: Offer
    lexicon: Lexicon
    policy: Policy
    words: Mapping[Field, Words]
    brand_names: frozenset[str]
    replica: str
    weak: str
    bundle: str
    goods: frozenset[int]
    sifter: Sifter
    asked: Measures
    beside: list[dict[str, float]]
    cues: dict[Span, Cues]
    market: Market = NO_MARKET
    own: int = 0
    replica_at: Span | None = None


def set_stage(offer: Offer, index: Index, policy: Policy, found: Found, market: Market = NO_MARKET) -> Stage:
    spans: dict[Field, list[Span]] = defaultdict(list)
    for candidate in found.candidates:
        if _is_a_name(candidate, index.lexicon):
            spans[candidate.span.field].append(candidate.span)
    texts: dict[Field, str] = {"title": offer.title, "brand": offer.brand, "description": offer.description}
    words = {field: words_of(text, spans[field]) if text else NO_TEXT for field, text in texts.items()}
    brand_names = _brand_names(offer, found.candidates)
    told: tuple[Field, ...] = ("title", "description")
    cues = [(field, cue) for field in told if (cue := strong_replica_cue(texts[field], words[field]))]
    where, replica = cues[0] if cues else ("title", "")
    replica_at = span_of(where, texts[where], words[where], replica)
    sifter = sifter_of(policy, index.lexicon, market, silent_of(offer, brand_names, market))
    return Stage(
        offer,
        index.lexicon,
        policy,
        words,
        brand_names,
        replica,
        weak_replica_cue(words["title"]),
        bundle_cue(words["title"]),
        offer.nice_classes | fashion_classes(words["title"]),
        sifter.keeping_all() if replica_at else sifter,
        asked_of_marks(offer),
        [],
        {},
        market,
        bit_of(seller_of(offer)),
        replica_at,
    )


def span_of(field: Field, text: str, words: Words, cue: str, near: Place = (0, 0)) -> Span | None:
    """Where a cue stands in a field, nearest to a place; None if there is none."""
    place = place_of(text, words, cue, near)
    return Span(field, text[place[0] : place[1]], *place) if place else None


def told_of(scene: Scene, stage: Stage, cue: str) -> dict[ScreeningCode, tuple[str, Spot | None]]:
    """The words that told the circumstances of a scene, and where they stand; `cue` told its use."""
    span, title = scene.candidate.span, stage.offer.title
    beside = span_of(span.field, scene.text, scene.words, cue, (span.start, span.end))
    words = stage.words["title"]
    return {
        "replica_cue": (stage.replica, _spot(stage.replica_at)),
        "weak_replica_cue": (stage.weak, _spot(span_of("title", title, words, stage.weak))),
        "bundle_use": (stage.bundle, _spot(span_of("title", title, words, stage.bundle))),
        "compatible_use": (cue, _spot(beside)),
        "comparison_use": (cue, _spot(beside)),
    }


def _spot(span: Span | None) -> Spot | None:
    return Spot(span.field, span.start, span.end) if span else None


def seller_of(offer: Offer) -> str:
    """Who is counted once for all that they write: the seller, or the brand where no seller is told."""
    told = offer.seller.reference or offer.seller.id
    return told or (canonical_text(offer.brand).replace(" ", "") if offer.brand else "")


def _is_a_name(candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether a candidate is a name rather than ordinary words, for the walk over lists of names."""
    if candidate.distance:
        return False
    return not candidate.mark_words or any(
        lexicon.ordinariness(word) < WORD_OF_NAME for word in candidate.mark_words
    )


def _brand_names(offer: Offer, candidates: Iterable[Candidate]) -> frozenset[str]:
    whole = canonical_text(offer.brand).replace(" ", "") if offer.brand else ""
    if not whole or whole in NO_BRAND:
        return frozenset()
    named = [each for each in candidates if each.span.field == "brand" and each.distance == 0]
    among = Neighborhood(None, named)
    inside = {
        "".join(each.mark_words)
        for each in named
        if 2 * len("".join(each.words)) > len(whole) and not among.covers(each)
    }
    return frozenset(inside | {whole})


def scenes_of(stage: Stage, found: Found) -> Iterator[tuple[Scene, Look]]:
    """The scenes of those foremost candidates that may be shown, each among all its neighbors."""
    neighbors: Neighbors | None = None
    offer, look_at = stage.offer, stage.sifter.look
    texts = {"title": offer.title, "brand": offer.brand, "description": offer.description}
    for candidate in foremost(found.candidates, stage.lexicon):
        look = look_at(candidate)
        if look is None:
            continue
        neighbors = neighbors or Neighbors(found.candidates)
        near = neighbors.around(candidate)
        field = candidate.span.field
        yield (
            Scene(
                candidate=candidate,
                key=look.key,
                is_plain=is_plainly_written(candidate),
                is_disguised=look.is_disguised,
                lexicon=stage.lexicon,
                offer=offer,
                mark=found.marks[candidate.mark_id],
                text=texts[field],
                words=stage.words[field],
                rivals=near.rivals(candidate),
                covered=near.covers(candidate),
                brand_names=stage.brand_names,
                masks=near.completions(candidate),
                market=stage.market,
                own=stage.own,
            ),
            look,
        )


def foremost(candidates: tuple[Candidate, ...], lexicon: Lexicon) -> tuple[Candidate, ...]:
    """The candidates worth judging, in their order: first mentions before repeated ones, titles before
    descriptions, names before ordinary words.
    """
    if len(candidates) <= MAX_JUDGED:
        return candidates
    mentions: dict[tuple[str, Field], int] = defaultdict(int)
    ranks: list[tuple[int, bool, bool, int]] = []
    for place, each in enumerate(candidates):
        key = (each.mark_id, each.span.field)
        ranks.append((mentions[key], each.span.field == "description", not _is_a_name(each, lexicon), place))
        mentions[key] += 1
    return tuple(candidates[place] for place in sorted(rank[-1] for rank in sorted(ranks)[:MAX_JUDGED]))
