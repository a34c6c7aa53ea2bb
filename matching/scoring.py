"""The policy: what evidence weighs, and what follows. A table that a lawyer can read and a holder can change.

Three questions are kept apart: is the mark named (a calibrated probability), as what (usage.py), and is
something hidden (the evasions). The verdict follows from all three and from the circumstances; plain naming
alone is clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from matching import policy_2026_4, policy_2026_5
from matching.model import Comparison, Match, Use, VerdictName
from matching.policy_table import Table
from matching.reason_codes import RuleCode
from matching.thresholds import Thresholds
from matching.weighing import Values, probability, weigh, weight_of

SURELY_NAMED: Final = 2
"""Evidence `named_beside_cue` from which a mark counts as plainly named."""


class Policy(Struct, frozen=True, kw_only=True):
    """A versioned table of weights and thresholds; the same version always gives the same answer.

    `plain` weighs names written letter by letter (is the word meant as a mark?), `disguised` all others (is
    it the mark at all?), `action` whether a reviewer would act.
    """

    version: str
    plain_bias: float
    plain: Table
    disguised_bias: float
    disguised: Table
    action_bias: float
    action: Table
    thresholds: Thresholds = Thresholds()


_SHIPPED_LINES: Final = frozenset(
    {Thresholds().disguise, policy_2026_4.DISGUISE_LINE, policy_2026_5.DISGUISE_LINE}
)
"""Where a policy that ships has its line, a marketplace's own counts before it."""


def mention_table(values: Values, policy: Policy) -> tuple[float, Table]:
    """The bias and the table that weighs whether the mark is named; where disguises are more frequent, the
    bias of disguised names is so much higher.
    """
    if values.get("plainly_written", 0):
        return policy.plain_bias, policy.plain
    return round(policy.disguised_bias + values.get("disguise_odds", 0.0), 4), policy.disguised


def mention_score(values: Values, policy: Policy) -> float:
    """The probability that the text names the mark."""
    bias, steps = mention_table(values, policy)
    return probability(bias, weigh(steps, values))


class Weights(NamedTuple):
    """What a policy gives the evidence of one match: the probability that the mark is named, the bias and the
    weights this rests on, and the weights of what makes a reviewer act.
    """

    score: float
    bias: float
    mention: Mapping[str, float]
    action: Mapping[str, float]

    def action_score(self, verdict: VerdictName, policy: Policy) -> float:
        """An estimate that a reviewer would act on the match, once it is advised to."""
        code = f"verdict_{verdict}"
        weight = weight_of(policy.action, code, 1.0)
        if not self.action:
            return round(self.score * _odds_of_advice(policy.action_bias, weight), 4)
        return round(self.score * probability(policy.action_bias, {**self.action, code: weight}), 4)

    def comparisons(self, values: Values, kinds: Mapping[str, Comparison]) -> tuple[Comparison, ...]:
        """All kinds of evidence with their values and weights, in the order of their codes."""
        told = dict(kinds)
        for code, value in values.items():
            if value:
                weight = self.mention.get(code)
                told[code] = Comparison(code, value, self.action.get(code, 0.0) if weight is None else weight)
        return tuple(told.values())


@lru_cache(maxsize=64)
def _odds_of_advice(bias: float, weight: float) -> float:
    """What the advice alone makes likely, where nothing else is told."""
    return probability(bias, {"": weight})


def weights_of(values: Values, policy: Policy) -> Weights:
    """The weights of values under a policy."""
    bias, table = mention_table(values, policy)
    mention = weigh(table, values)
    return Weights(probability(bias, mention), bias, mention, weigh(policy.action, values))


def action_score(values: Values, verdict: VerdictName, policy: Policy) -> float:
    """An estimate that a reviewer would act on a match: a policy's own until judgements calibrate it."""
    return weights_of(values, policy).action_score(verdict, policy)


def signals(values: Values, lines: Thresholds) -> int:
    """How many independent circumstances speak for a fake, less one where the barcode is a genuine one.

    Another's barcode is one more way to contradict the product sheet, not one more signal.
    """
    told = (
        values.get("seller_flag", 0) >= 1,
        values.get("price_below", 0) >= lines.price_deviations,
        values.get("similar_seizures", 0) >= lines.seizures_similar,
        values.get("contradicts_sheet", 0) >= 1 or values.get("barcode_of_another", 0) >= 1,
        values.get("changed_after_approval", 0) >= 1,
    )
    return max(0, sum(told) - (values.get("barcode_is_genuine", 0) >= 1))


class Ruling(NamedTuple):
    """What a policy advises on one match, and the rule that decided."""

    verdict: VerdictName
    rule: RuleCode


def verdict_of(values: Values, use: Use, policy: Policy) -> VerdictName:
    """What a policy advises on one match, from stored values alone."""
    return ruling_of(values, use, policy).verdict


def ruling_of(values: Values, use: Use, policy: Policy) -> Ruling:
    """The same with the rule that decided."""
    return rule_on(values, use, mention_score(values, policy), policy)


def rule_on(values: Values, use: Use, score: float, policy: Policy) -> Ruling:
    """The same where the policy's probability that the mark is named is known."""
    lines = policy.thresholds
    if values.get("not_in_force", 0):
        return Ruling("clear", "not_in_force")
    if values.get("other_territory", 0):
        return Ruling("clear", "other_territory")
    if use == "part_of_name":
        return Ruling("clear", "part_of_name")
    if use == "licensed":
        is_replica = values.get("strong_replica_cue", 0) > 0 and score >= lines.named
        return Ruling("review", "replica_of_licensee") if is_replica else Ruling("clear", "licensed_seller")
    ruling = _advice(values, use, score, policy)
    if ruling.verdict == "alert" and values.get("not_yet_registered", 0):
        return Ruling("review", "not_yet_registered")
    return ruling


def _advice(  # noqa: PLR0911 - one return for one rule
    values: Values, use: Use, score: float, policy: Policy
) -> Ruling:
    lines = policy.thresholds
    # beside such a cue, a disguise that nobody types by mistake need only be likelier than not
    needed = lines.doubtful if values.get("visible_disguise", 0) else lines.named
    beside = values.get("named_beside_cue", 0)
    has_cue = (score >= needed or beside >= SURELY_NAMED) and values.get("strong_replica_cue", 0) > 0
    if has_cue and lines.strong_cue == "alert":
        return Ruling("alert", "replica_cue")
    reviewed = Ruling("review", "replica_cue_reviewed") if has_cue or beside else None
    suspicion = _suspicion(values, use, score, lines) or reviewed
    count = signals(values, lines)
    if suspicion and suspicion.verdict == "review" and count:
        return Ruling("alert", "suspicion_with_signal")
    if suspicion:
        return suspicion
    if use == "compatible":
        is_contradicted = count >= lines.signals_of_alert and not lines.compatible_is_clear
        return (
            Ruling("review", "compatible_contradicted")
            if is_contradicted
            else Ruling("clear", "compatible_use")
        )
    if use == "descriptive" or score < lines.named:
        return Ruling("clear", "not_surely_named")
    is_high = values.get("seller_flag", 0) >= 2
    if count >= lines.signals_of_alert or (is_high and count >= 2):
        return Ruling("alert", "signals")
    return (
        Ruling("review", "signals") if count >= lines.signals_of_review else Ruling("clear", "plain_naming")
    )


def _suspicion(values: Values, use: Use, score: float, lines: Thresholds) -> Ruling | None:
    """What the text itself advises: disguise, comparison or a weak cue."""
    hidden = _disguise(values, use, score, lines)
    if hidden:
        return hidden
    if use in lines.uses_reviewed and score >= lines.named:
        return Ruling("review", "bundle_use" if use == "bundle" else "comparison_use")
    is_weak = values.get("weak_replica_cue", 0) > 0 and values.get("fashion_goods", 0) > 0
    if is_weak and score >= lines.named and lines.weak_cue == "review":
        return Ruling("review", "weak_replica_cue")
    return None


def _disguise(values: Values, use: Use, score: float, lines: Thresholds) -> Ruling | None:
    size = values.get("letters", 0)
    if values.get("visible_disguise", 0):
        if score < lines.doubtful or (use == "compatible" and lines.compatible_is_clear):
            return None
        names_goods = use not in ("comparison", "compatible")
        is_plain = score >= lines.named and size >= lines.letters_of_alert and names_goods
        if is_plain and _is_decided(values, lines):
            return Ruling("alert", "visible_disguise")
        return Ruling("review", "doubtful_disguise")
    if values.get("differs", 0) and use != "compatible":
        if size >= lines.letters_of_disguise:
            return Ruling("review", "misspelling") if score >= _line_of(values, lines) else None
        backed = values.get("same_class", 0) and signals(values, lines)
        if size >= 4 and backed and score >= lines.doubtful:
            return Ruling("review", "misspelling")
    return None


def _line_of(values: Values, lines: Thresholds) -> float:
    """A rights holder's own line for its marks, else the marketplace's, else the one that ships."""
    is_own = lines.disguise not in _SHIPPED_LINES
    return lines.disguise if is_own else values.get("review_line", 0) or lines.disguise


def _is_decided(values: Values, lines: Thresholds) -> bool:
    """Whether hidden letters leave one completion only and show enough of it."""
    if not values.get("hidden_letters", 0):
        return True
    shows_enough = values.get("shown_letters", 0) >= lines.letters_shown
    return (
        shows_enough and values["hidden_letters"] <= lines.hidden_share and values.get("completions", 0) <= 1
    )


def values_of(comparisons: Iterable[Comparison]) -> dict[str, float]:
    """Stored evidence as values by code."""
    return {comparison.code: comparison.value for comparison in comparisons}


def weighed(values: Values, policy: Policy) -> tuple[Comparison, ...]:
    """Values with the weight a policy gives each, in the order of their codes."""
    return weights_of(values, policy).comparisons(values, _kinds(tuple(values)))


@lru_cache(maxsize=256)
def _kinds(codes: tuple[str, ...]) -> dict[str, Comparison]:
    return kinds_of(codes)


def kinds_of(codes: Iterable[str]) -> dict[str, Comparison]:
    """Kinds of evidence in the order of their codes, each with the value 0, which weighs nothing."""
    return {code: Comparison(code, 0.0, 0.0) for code in sorted(codes)}


def rescore(match: Match, policy: Policy) -> Match:
    """A stored match under a policy, from its stored values alone: the same policy gives the same bits."""
    values = values_of(match.comparisons)
    return Match(
        mark_id=match.mark_id,
        verdict=verdict_of(values, match.use, policy),
        score=mention_score(values, policy),
        similarity=match.similarity,
        use=match.use,
        evasions=match.evasions,
        found=match.found,
        also_found=match.also_found,
        reasons=match.reasons,
        comparisons=weighed(values, policy),
    )
