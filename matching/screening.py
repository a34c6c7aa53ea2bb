"""Engine one: an offer against candidate marks. Finds, judges each occurrence, weighs, and gives advice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from matching.comparison import Scene
from matching.index import Found, Index
from matching.market import NO_MARKET, Market
from matching.model import Field, Match, Offer, Span, Use, Verdict, VerdictName
from matching.narrowing import Narrowness, scope_of
from matching.normalization import canonical_text
from matching.reasons import reasons_for
from matching.scenes import MAX_JUDGED, Stage, scenes_of, set_stage
from matching.scoring import DEFAULT_POLICY, Policy, Weights, mention_table, rule_on, verdict_of
from matching.sifting import circumstances_of, sift
from matching.usage import accessory_cue, comparison_cue, compatible_cue
from matching.weighing import probability, weigh

SEVERITY: Final[Mapping[VerdictName, int]] = {"clear": 0, "review": 1, "alert": 2}
MARKS_PER_WINDOW: Final = 3
NO_POLICIES: Final[Mapping[str, Policy]] = {}
MAX_MATCHES: Final = 200
"""No more marks are answered for one offer, the gravest first; the answer says so."""


class Occurrence(NamedTuple):
    """One candidate, judged: its evidence, its probability, its use, the word that told it, the advice."""

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
        for scene in scenes_of(stage, found):
            occurrence = _judge(scene, stage, own.get(scene.mark.rights_holder, policy))
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


def _judge(scene: Scene, stage: Stage, own: Policy) -> Occurrence | None:
    policy = stage.policy
    values = sift(scene, policy, stage.least)
    if values is None:
        return None
    bias, table = mention_table(values, policy)
    mention = weigh(table, values)
    score = probability(bias, mention)
    if score < policy.thresholds.shown:
        return None
    values |= circumstances_of(scene, stage.beside)
    use, cue = _use_of(scene, values, score, stage)
    values |= {
        "strong_replica_cue": float(bool(stage.replica)),
        "weak_replica_cue": float(bool(stage.weak)),
        "fashion_goods": float(bool((stage.goods | scene.mark.nice_classes) & {14, 18, 25})),
        "compatible_use": float(use == "compatible"),
        "comparison_use": float(use == "comparison"),
        "bundle_use": float(use == "bundle"),
        "other_brand_beside_disguise": float(
            bool(values["brand_field_differs"]) and bool(values["visible_disguise"] or values["differs"])
        ),
    }
    weights = Weights(score, bias, mention, weigh(policy.action, values))
    is_same = own.disguised is policy.disguised and own.plain is policy.plain
    is_same = is_same and (own.disguised_bias, own.plain_bias) == (policy.disguised_bias, policy.plain_bias)
    verdict = rule_on(values, use, score, own).verdict if is_same else verdict_of(values, use, own)
    return Occurrence(scene, values, weights, use, cue, verdict)


def _use_of(  # noqa: PLR0911 - one return for one use
    scene: Scene, values: Mapping[str, float], score: float, stage: Stage
) -> tuple[Use, str]:
    """What the mark is used for at this place, and the word that tells it."""
    if values["licensed_seller"]:
        return "licensed", ""
    if stage.replica and score >= stage.policy.thresholds.doubtful:
        return "replica", stage.replica
    if scene.candidate.span.field == "brand" or values["brand_field_agrees"]:
        return ("part_of_name" if scene.covered else "origin"), ""
    first, last = scene.words.at(scene.candidate.span.start, scene.candidate.span.end)
    cue = compatible_cue(scene.words, first, last)
    cue = cue or (accessory_cue(scene.words, last) if values["brand_field_differs"] else "")
    if cue:
        return "compatible", cue
    cue = comparison_cue(scene.words, first, last)
    if cue:
        return "comparison", cue
    if scene.covered or _is_part_of_brand(scene):
        return "part_of_name", ""
    return _plain_use(values, score, stage)


def _plain_use(values: Mapping[str, float], score: float, stage: Stage) -> tuple[Use, str]:
    lines = stage.policy.thresholds
    if score < lines.doubtful:
        is_word = values["ordinary_word"] >= 3 or values["common_phrase"] >= 3
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
    cue = best.cue or stage.replica or stage.weak
    return Match(
        mark_id=best.scene.mark.id,
        verdict=best.verdict,
        score=best.weights.score,
        similarity=best.scene.candidate.similarity,
        use=best.use,
        evasions=best.scene.candidate.evasions,
        found=best.scene.candidate.span,
        also_found=tuple([each.scene.candidate.span for each in occurrences[1:]]),
        reasons=reasons_for(best.scene, best.values, best.use, cue, best.weights),
        comparisons=best.weights.comparisons(best.values),
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


def _rank(occurrences: list[Occurrence]) -> tuple[int, float, str]:
    """The gravest first, then the likeliest; completions of hidden letters come in their order already."""
    best = occurrences[0]
    tie = "" if best.scene.candidate.kind == "mask" else best.scene.mark.id
    return -SEVERITY[best.verdict], -best.weights.score, tie
