"""What all evidence is taken from: an offer's words, its brand, its cues, and each candidate among its
neighbors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from matching.comparison import Scene, is_plainly_written, is_visibly_disguised
from matching.index import Found, Index
from matching.lexicon import Lexicon
from matching.market import NO_BRAND, NO_MARKET, Market, bit_of
from matching.model import Candidate, Field, Offer, Span
from matching.neighbors import Neighborhood, Neighbors
from matching.normalization import canonical_text
from matching.reason_codes import VISIBLE_EVASIONS
from matching.scoring import Policy
from matching.usage import (
    bundle_cue,
    fashion_classes,
    strong_replica_cue,
    weak_replica_cue,
    words_of,
)
from matching.weighing import least_log_odds
from matching.words import Words

WORD_OF_NAME: Final = 4.0
"""A mark whose words are more common than this is not taken for a name in a list of names."""
MAX_JUDGED: Final = 500
"""No more candidates of one offer are judged; the answer says so."""


NO_TEXT: Final = words_of("")


class Stage(NamedTuple):
    """What all occurrences of one offer share.

    `least` are the log-odds below which none is shown, `beside` is where the circumstances that are the same
    for all are kept once they are measured.
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
    least: float
    beside: dict[str, float]
    market: Market = NO_MARKET
    own: int = 0


def set_stage(offer: Offer, index: Index, policy: Policy, found: Found, market: Market = NO_MARKET) -> Stage:
    spans: dict[Field, list[Span]] = defaultdict(list)
    for candidate in found.candidates:
        if _is_a_name(candidate, index.lexicon):
            spans[candidate.span.field].append(candidate.span)
    texts: dict[Field, str] = {"title": offer.title, "brand": offer.brand, "description": offer.description}
    words = {field: words_of(text, spans[field]) if text else NO_TEXT for field, text in texts.items()}
    told = [(texts[field], words[field]) for field in ("title", "description")]
    return Stage(
        offer,
        index.lexicon,
        policy,
        words,
        _brand_names(offer, found.candidates),
        next((cue for text, each in told if (cue := strong_replica_cue(text, each))), ""),
        weak_replica_cue(words["title"]),
        bundle_cue(words["title"]),
        offer.nice_classes | fashion_classes(words["title"]),
        least_log_odds(policy.thresholds.shown),
        {},
        market,
        bit_of(seller_of(offer)),
    )


def seller_of(offer: Offer) -> str:
    """Who is counted once for all that they write: the seller, or the brand where no seller is told."""
    return offer.seller.reference or offer.seller.id or canonical_text(offer.brand).replace(" ", "")


def _is_a_name(candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether a candidate is a name rather than ordinary words, for the walk over lists of names."""
    if candidate.distance:
        return False
    return min(map(lexicon.ordinariness, candidate.mark_words), default=0.0) < WORD_OF_NAME


def _brand_names(offer: Offer, candidates: Iterable[Candidate]) -> frozenset[str]:
    whole = canonical_text(offer.brand).replace(" ", "")
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


def scenes_of(stage: Stage, found: Found) -> Iterable[Scene]:
    """The scenes of the foremost candidates, each among all its neighbors."""
    neighbors = Neighbors(found.candidates)
    offer = stage.offer
    texts = {"title": offer.title, "brand": offer.brand, "description": offer.description}
    for candidate in foremost(found.candidates, stage.lexicon):
        near = neighbors.around(candidate)
        field, key = candidate.span.field, "".join(candidate.mark_words)
        yield Scene(
            offer=offer,
            mark=found.marks[candidate.mark_id],
            candidate=candidate,
            text=texts[field],
            key=key,
            is_plain=is_plainly_written(candidate),
            is_disguised=is_visibly_disguised(candidate, key),
            words=stage.words[field],
            lexicon=stage.lexicon,
            rivals=near.rivals(candidate),
            covered=near.covers(candidate),
            brand_names=stage.brand_names,
            masks=near.completions(candidate),
            market=stage.market,
            own=stage.own,
        )


def foremost(candidates: tuple[Candidate, ...], lexicon: Lexicon) -> tuple[Candidate, ...]:
    """The candidates worth judging, in their order: first mentions before repeated ones, hidden names before
    all others, so that no heap of names covers them, titles before descriptions, names before ordinary words.
    """
    if len(candidates) <= MAX_JUDGED:
        return candidates
    mentions: dict[tuple[str, Field], int] = defaultdict(int)
    ranks: list[tuple[int, bool, bool, bool, int]] = []
    for place, each in enumerate(candidates):
        key = (each.mark_id, each.span.field)
        is_open = each.kind != "mask" and VISIBLE_EVASIONS.isdisjoint(each.evasions)
        is_late = each.span.field == "description"
        ranks.append((mentions[key], is_open, is_late, not _is_a_name(each, lexicon), place))
        mentions[key] += 1
    return tuple(candidates[place] for place in sorted(rank[-1] for rank in sorted(ranks)[:MAX_JUDGED]))
