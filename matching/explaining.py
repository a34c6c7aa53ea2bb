"""Explanation: what a policy makes of stored evidence, sum by sum, so that a person can follow each step.

From the stored values alone, with no look at the listing or the registry: the same policy gives the same
bits, and another policy shows what it would have said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from matching.calibration import Calibration, Knot, stretch_of
from matching.circumstances import CIRCUMSTANCE
from matching.mention import MENTION
from matching.model import Comparison, Use, VerdictName
from matching.policy_table import Table
from matching.reason_codes import RuleCode
from matching.scoring import Policy, mention_table, ruling_of, values_of, weighed
from matching.weighing import Values, probability, weigh

SEVERITY: Final[Mapping[VerdictName, int]] = {"clear": 0, "review": 1, "alert": 2}
RULES: Final[Mapping[RuleCode, str]] = {
    "not_in_force": "The mark was not in force: clear.",
    "other_territory": "The mark does not cover where the goods go: clear.",
    "part_of_name": "The words are part of a longer name: clear.",
    "licensed_seller": "The seller is licensed: clear.",
    "replica_of_licensee": "The seller is licensed, but the text speaks of an imitation: review.",
    "not_yet_registered": "What would be an alert is a review while the mark is only applied for.",
    "replica_cue": "The mark is named, and the text says that an imitation is sold: alert.",
    "replica_cue_reviewed": "The text says that an imitation is sold, and this policy asks for a review.",
    "visible_disguise": "The mark is named in a disguise that nobody types by mistake: alert.",
    "doubtful_disguise": "A disguise whose meaning is not sure enough for an alert: review.",
    "misspelling": "The mark is misspelled in a way that is rarely chance: review.",
    "comparison_use": "The goods are compared with the mark: review.",
    "bundle_use": "The mark is named in a lot of several things, and this policy asks for a review.",
    "weak_replica_cue": "The mark is named beside a word that imitations often carry: review.",
    "suspicion_with_signal": "The text asks for a review, and an independent signal supports it: alert.",
    "compatible_use": "The mark only tells what the goods go with: clear.",
    "compatible_contradicted": "Goods are said to go with the mark, but three signals contradict it: review.",
    "not_surely_named": "It is not sure enough that the mark is meant: clear.",
    "signals": "The mark is named plainly, and independent signals add up.",
    "plain_naming": "The mark is named plainly, which anybody may do: clear.",
}
_OF_USE: Final[Mapping[str, str]] = {
    "strong_replica_cue": "1 if a word says that an imitation is sold.",
    "weak_replica_cue": "1 if a word stands there that often, but not only, stands on imitations.",
    "named_beside_cue": (
        "Whether a mark with its exact letters stands by a word that says an imitation is sold, though its"
        " spaces differ, it has few letters or is an ordinary word: 2 if it is hardly anything else, 1 if it"
        " may be."
    ),
    "fashion_goods": "1 if the goods are jewelry, watches, bags, clothes or shoes.",
    "compatible_use": "1 if the mark only tells what the goods go with.",
    "comparison_use": "1 if the goods are only compared with the mark.",
    "bundle_use": "1 if several things are sold as a lot.",
    "other_brand_beside_disguise": "1 if the brand field names another brand than the one disguised.",
    "verdict_review": "1 if the advice is to review.",
    "verdict_alert": "1 if the advice is an alert.",
}


def _help_of(measures: Mapping[str, Callable[[Any], float]]) -> dict[str, str]:
    return {code: " ".join((measure.__doc__ or "").split()) for code, measure in measures.items()}


HELP: Final[Mapping[str, str]] = {**_help_of(MENTION), **_help_of(CIRCUMSTANCE), **_OF_USE}
"""What each kind of evidence measures, in a sentence."""


class Evidence(Struct, frozen=True, kw_only=True):
    """One kind of evidence: what it measures, its value, what it adds in log-odds (0: not weighed here)."""

    code: str
    help: str
    value: float
    weight: float


class Sum(Struct, frozen=True, kw_only=True):
    """A probability as a sum: it starts at `bias`, each evidence adds its weight, all in log-odds."""

    bias: float
    evidence: tuple[Evidence, ...]
    log_odds: float
    probability: float


class Account(Struct, frozen=True, kw_only=True):
    """What a policy makes of one match: is the mark named, would a reviewer act, and which rule decided.

    `score` is the policy's estimate, the product of both probabilities; `unweighed` is evidence that this
    policy lets be.
    """

    verdict: VerdictName
    rule: RuleCode
    because: str
    named: Sum
    acted_on: Sum
    unweighed: tuple[Evidence, ...]
    score: float


class Calibrated(Struct, frozen=True, kw_only=True):
    """How an estimate became a score: on the line between two steps of a table of people's judgements.

    `judgements` of `organizations` made the whole table. Where it ends, both steps are the last one.
    """

    version: int
    judgements: int
    organizations: int
    below: Knot
    above: Knot


def account_for(values: Values, use: Use, policy: Policy, *, is_rejected: bool = False) -> Account:
    """Account for one match from its stored values; what a person rejected counts as clear."""
    verdict, rule = ruling_of(values, use, policy)
    if is_rejected:
        verdict = "clear"
    bias, table = mention_table(values, policy)
    named = _sum(bias, table, values)
    acted_on = _sum(policy.action_bias, policy.action, {**values, f"verdict_{verdict}": 1.0})
    told = {each.code for part in (named, acted_on) for each in part.evidence}
    rest = (_evidence(code, values[code], 0.0) for code in sorted(values) if code not in told)
    return Account(
        verdict=verdict,
        rule=rule,
        because="A person rejected this match: clear." if is_rejected else RULES[rule],
        named=named,
        acted_on=acted_on,
        unweighed=tuple(each for each in rest if each.value),
        score=round(named.probability * acted_on.probability, 4),
    )


def _sum(bias: float, table: Table, values: Values) -> Sum:
    weights = weigh(table, values)
    ordered = sorted(weights, key=lambda code: (-abs(weights[code]), code))
    return Sum(
        bias=bias,
        evidence=tuple(_evidence(code, values[code], weights[code]) for code in ordered),
        log_odds=round(math.fsum([bias, *weights.values()]), 4),
        probability=probability(bias, weights),
    )


def _evidence(code: str, value: float, weight: float) -> Evidence:
    return Evidence(code=code, help=HELP.get(code, ""), value=value, weight=weight)


def sum_up(accounts: Iterable[Account]) -> tuple[VerdictName, float]:
    """The verdict and the score of a whole screening: those of its gravest match, and of its likeliest."""
    known = list(accounts)
    verdict: VerdictName = max((each.verdict for each in known), key=SEVERITY.__getitem__, default="clear")
    return verdict, max((each.score for each in known), default=0.0)


def calibrated_by(calibration: Calibration, estimate: float) -> Calibrated:
    """The step of a table that made a score of an estimate."""
    line = stretch_of(calibration.knots, estimate)
    return Calibrated(
        version=calibration.version,
        judgements=calibration.judgements,
        organizations=calibration.organizations,
        below=line.below,
        above=line.above,
    )


def reproduces(
    stored: tuple[Comparison, ...], policy: Policy, account: Account, told: tuple[VerdictName, float]
) -> bool:
    """Whether a policy gives, bit for bit, what was stored: verdict, probability and every weight."""
    same = weighed(values_of(stored), policy) == stored
    return same and told == (account.verdict, account.named.probability)
