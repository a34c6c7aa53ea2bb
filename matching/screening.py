"""Engine one: an offer against candidate marks. Finds, judges each occurrence, weighs, and gives advice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log10
from typing import Final, NamedTuple

from matching.beside import named_beside_cue
from matching.circumstances import CIRCUMSTANCE
from matching.comparison import Scene
from matching.index import Found, Index
from matching.market import NO_MARKET, Market
from matching.mention import MENTION
from matching.model import Field, Match, Offer, Span, Use, Verdict, VerdictName
from matching.narrowing import Narrowness, scope_of
from matching.normalization import canonical_text
from matching.reasons import reasons_for
from matching.scenes import MAX_JUDGED, Stage, scenes_of, set_stage, told_of
from matching.scoring import DEFAULT_POLICY, Policy, Weights, kinds_of, mention_table, rule_on, verdict_of
from matching.sieves import Told
from matching.sifting import OF_OFFER, circumstances_of
from matching.usage import cues_around
from matching.weighing import probability, weigh, weight_of

SEVERITY: Final[Mapping[VerdictName, int]] = {"clear": 0, "review": 1, "alert": 2}
MARKS_PER_WINDOW: Final = 3
FASHION: Final = frozenset({14, 18, 25})
CODES_OF_USES: Final[Mapping[Use, str]] = {
    "compatible": "compatible_use",
    "comparison": "comparison_use",
    "bundle": "bundle_use",
}
KINDS: Final = kinds_of(
    (
        *MENTION,
        *CIRCUMSTANCE,
        *CODES_OF_USES.values(),
        "named_beside_cue",
        "strong_replica_cue",
        "weak_replica_cue",
        "fashion_goods",
        "other_brand_beside_disguise",
    )
)
"""All kinds of evidence on a match; a kept match tells of each, where it is 0 too."""
NO_POLICIES: Final[Mapping[str, Policy]] = {}
MAX_MATCHES: Final = 200
"""No more marks are answered for one offer, the gravest first; the answer says so."""


class Occurrence(NamedTuple):
    """One candidate, judged: its evidence that is not 0, its probability, its use, the word telling it, the
    advice.
    """

    scene: Scene
    values: dict[str, float]
    weights: Weights
    use: Use
    cue: str
    verdict: VerdictName


class _Rules(NamedTuple):
    policy: Policy
    own: Mapping[str, Policy]
    market: Market
    is_survey: bool = False


def screen(
    offer: Offer,
    index: Index,
    policy: Policy = DEFAULT_POLICY,
    own: Mapping[str, Policy] = NO_POLICIES,
    market: Market = NO_MARKET,
    *,
    is_survey: bool = False,
) -> Verdict:
    """Judge an offer against all marks of an index; every mark named with some probability becomes a
    match.

    `own` are the policies of rights holders, each for that rights holder's marks: they draw other lines, on
    the same evidence. A survey answers marks that others outrank too, however many.
    """
    found = index.search(texts_of(offer))
    return _judged(offer, index, _Rules(policy, own, market, is_survey), found)


def screen_many(
    offers: Sequence[Offer],
    index: Index,
    policy: Policy = DEFAULT_POLICY,
    own: Mapping[str, Policy] = NO_POLICIES,
    market_of: Callable[[str], Market] = lambda _: NO_MARKET,
    narrowness: Narrowness = "every",
) -> Iterator[Verdict]:
    """The same for many offers in their order: all are looked up at once, against every mark or fewer."""
    scopes = [] if narrowness == "every" else [scope_of(offer, narrowness) for offer in offers]
    found = index.search_many([texts_of(offer) for offer in offers], scopes)
    for offer, each in zip(offers, found, strict=True):
        yield _judged(offer, index, _Rules(policy, own, market_of(offer.marketplace)), each)


def texts_of(offer: Offer) -> Mapping[Field, str]:
    """The texts of an offer, as an index is asked for them."""
    return {"title": offer.title, "brand": offer.brand, "description": offer.description}


def _judged(offer: Offer, index: Index, rules: _Rules, found: Found) -> Verdict:
    policy, own, market, is_survey = rules
    by_mark: dict[str, list[Occurrence]] = defaultdict(list)
    if found.candidates:
        stage = set_stage(offer, index, policy, found, market)
        for scene, look in scenes_of(stage, found):
            told = stage.sifter.sift(scene, look)
            occurrence = told and _judge(scene, told, stage, own.get(scene.mark.rights_holder, policy))
            if occurrence:
                by_mark[scene.mark.id].append(occurrence)
    marks = [_ordered(occurrences) for occurrences in by_mark.values()]
    best = marks if is_survey else _best_of_windows(marks)
    shown = best if is_survey else best[:MAX_MATCHES]
    advice: list[VerdictName] = [first.verdict for first, *_ in shown]
    verdict: VerdictName = max(advice, key=SEVERITY.__getitem__, default="clear")
    scores = [first.weights.action_score(first.verdict, policy) for first, *_ in shown]
    return Verdict(
        verdict=verdict,
        score=max(scores, default=0.0),
        matches=tuple([_match(occurrences, stage) for occurrences in shown]),
        limits=_limits(found, len(best)),
        policy_version=policy.version,
    )


def _limits(found: Found, marks: int) -> tuple[str, ...]:
    """The caps that were reached, in the search and after it."""
    limits = set(found.limits)
    limits |= {"candidates_cut"} if len(found.candidates) > MAX_JUDGED else set()
    limits |= {"matches_cut"} if marks > MAX_MATCHES else set()
    return tuple(sorted(limits))


def _judge(scene: Scene, told: Told, stage: Stage, own: Policy) -> Occurrence | None:
    policy = stage.policy
    values, mention = told
    bias, table = mention_table(values, policy)
    beside = named_beside_cue(scene, stage.replica_at)
    if beside:
        values["named_beside_cue"] = beside
        mention["named_beside_cue"] = weight_of(table, "named_beside_cue", beside)
    score = probability(bias, mention)
    if score < policy.thresholds.shown and not beside:
        return None
    if not stage.beside:
        stage.beside.append(circumstances_of(scene, OF_OFFER))
    values |= stage.beside[0]
    values |= circumstances_of(scene, stage.asked)
    use, cue = _use_of(scene, values, score, stage)
    _tell_use(values, use, scene, stage)
    weights = Weights(score, bias, mention, weigh(policy.action, values))
    is_same = own.disguised is policy.disguised and own.plain is policy.plain
    is_same = is_same and (own.disguised_bias, own.plain_bias) == (policy.disguised_bias, policy.plain_bias)
    verdict = rule_on(values, use, score, own).verdict if is_same else verdict_of(values, use, own)
    return Occurrence(scene, values, weights, use, cue, verdict)


def _tell_use(values: dict[str, float], use: Use, scene: Scene, stage: Stage) -> None:
    """Add what the use and its cues are to the evidence."""
    if stage.replica:
        values["strong_replica_cue"] = 1.0
    if stage.weak:
        values["weak_replica_cue"] = 1.0
    if not FASHION.isdisjoint(stage.goods) or not FASHION.isdisjoint(scene.mark.nice_classes):
        values["fashion_goods"] = 1.0
    if use in CODES_OF_USES:
        values[CODES_OF_USES[use]] = 1.0
    if "brand_field_differs" in values and ("visible_disguise" in values or "differs" in values):
        values["other_brand_beside_disguise"] = 1.0


def _use_of(  # noqa: PLR0911 - one return for one use
    scene: Scene, values: Mapping[str, float], score: float, stage: Stage
) -> tuple[Use, str]:
    """What the mark is used for at this place, and the word that tells it."""
    if "licensed_seller" in values:
        return "licensed", ""
    is_named = score >= stage.policy.thresholds.doubtful or "named_beside_cue" in values
    if stage.replica and is_named:
        return "replica", stage.replica
    span = scene.candidate.span
    if span.field == "brand" or "brand_field_agrees" in values:
        return ("part_of_name" if scene.covered else "origin"), ""
    cues = stage.cues.get(span)
    if cues is None:
        cues = stage.cues[span] = cues_around(scene.words, span)
    cue = cues.compatible or (cues.accessory if "brand_field_differs" in values else "")
    if cue:
        return "compatible", cue
    if cues.comparison:
        return "comparison", cues.comparison
    if scene.covered or (scene.offer.brand and _is_part_of_brand(scene)):
        return "part_of_name", ""
    return _plain_use(values, score, stage)


def _plain_use(values: Mapping[str, float], score: float, stage: Stage) -> tuple[Use, str]:
    lines = stage.policy.thresholds
    if score < lines.doubtful:
        is_word = values.get("ordinary_word", 0) >= 3 or values.get("common_phrase", 0) >= 3
        return ("descriptive" if is_word else "unclear"), ""
    return ("bundle", stage.bundle) if stage.bundle else ("origin", "")


def _is_part_of_brand(scene: Scene) -> bool:
    """Whether the brand field holds a longer name of which these words are only a part."""
    whole = tuple(canonical_text(scene.offer.brand).split())
    words = scene.candidate.words
    if len(whole) <= len(words) or "".join(scene.candidate.mark_words) in scene.brand_names:
        return False
    spots = range(len(whole) - len(words) + 1)
    return any(whole[spot : spot + len(words)] == words for spot in spots)


def _ordered(occurrences: list[Occurrence]) -> list[Occurrence]:
    """The occurrences of a mark, the one first that decides: what names the goods' origin does so before
    others.
    """
    if len(occurrences) == 1:
        return occurrences
    return sorted(occurrences, key=lambda each: (-_weight(each), each.scene.candidate.span.start))


def _match(occurrences: list[Occurrence], stage: Stage) -> Match:
    """One match of all occurrences of a mark, in their order."""
    best = occurrences[0]
    return Match(
        mark_id=best.scene.mark.id,
        verdict=best.verdict,
        score=best.weights.score,
        similarity=best.scene.candidate.similarity,
        use=best.use,
        evasions=best.scene.candidate.evasions,
        found=best.scene.candidate.span,
        also_found=tuple([each.scene.candidate.span for each in occurrences[1:]]),
        reasons=reasons_for(
            best.scene, best.values, best.use, told_of(best.scene, stage, best.cue), best.weights
        ),
        comparisons=best.weights.comparisons(best.values, KINDS),
    )


def _weight(occurrence: Occurrence) -> float:
    """How much an occurrence tells: its verdict first, then its own use, then its probability."""
    severity = SEVERITY[occurrence.verdict]
    is_own = occurrence.use in {"origin", "replica", "licensed", "bundle"} and occurrence.weights.score >= 0.5
    return severity * 4 + is_own * 2 + occurrence.weights.score


def _best_of_windows(marks: list[list[Occurrence]]) -> list[list[Occurrence]]:
    """At most three marks a window; of mistyped names whose words overlap only the likeliest."""
    ordered = sorted(marks, key=_rank)
    kept: list[list[Occurrence]] = []
    here: dict[Span, int] = defaultdict(int)
    mistyped: dict[tuple[Field, int], Span] = {}
    for occurrences in ordered:
        candidate = occurrences[0].scene.candidate
        span = candidate.span
        if "misspelling" in candidate.evasions:
            letters = [(span.field, place) for place in range(span.start, span.end)]
            if any(mistyped.get(letter, span) != span for letter in letters):
                continue
            if here[span] < MARKS_PER_WINDOW:
                mistyped |= dict.fromkeys(letters, span)
        if here[span] < MARKS_PER_WINDOW:
            kept.append(occurrences)
            here[span] += 1
    return kept


def _rank(occurrences: list[Occurrence]) -> tuple[int, float, float, int, str]:
    """The gravest first, then the likeliest, then the rarest as a word and the longest; completions of hidden
    letters come in their order already.
    """
    best = occurrences[0]
    verdict, score = -SEVERITY[best.verdict], -best.weights.score
    if best.scene.candidate.kind == "mask":
        return verdict, score, 0.0, 0, ""
    return verdict, score, _frequency(best.scene), -len(best.scene.key), best.scene.mark.id


def _frequency(scene: Scene) -> float:
    """How often the words of a mark are met: that of its rarest one, or of one on the first day that no list
    holds but sellers of this marketplace use.
    """
    words = scene.candidate.mark_words
    listed = min((scene.lexicon.frequency.get(word, 0.0) for word in words), default=0.0)
    return max(listed, log10(1 + scene.market.sellers(scene.key, scene.own)))
