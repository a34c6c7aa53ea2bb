"""Engine two: a seized party against candidate sellers, with a probability and its reasons for each link."""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct

from matching.evidence import EVIDENCE, Finding
from matching.fingerprints import party_keys
from matching.model import Comparison, Link, Party, Reason

__all__ = ["DEFAULT_TRACING", "TracingPolicy", "link_parties", "party_keys", "trace"]

Curve = tuple[tuple[float, float], ...]


class TracingPolicy(Struct, frozen=True, kw_only=True):
    """How much each kind of evidence weighs, in log-odds: `curves` go from value (0 to 1) to weight.

    `prior` is the log-odds that two records which met in a blocking key are one seller, before any evidence.
    `hub_slope` is what each e-fold of sellers who share a value takes from its weight.
    """

    version: str
    prior: float
    threshold: float
    hub_slope: float
    hub_named_from: int
    curves: Mapping[str, Curve]


# value:                against ......................................... for
DEFAULT_TRACING = TracingPolicy(
    version="tracing-1",
    prior=-4.0,
    threshold=0.5,
    hub_slope=0.9,
    hub_named_from=20,
    curves={
        "name": ((0.0, -1.5), (0.5, -1.3), (0.65, 0.0), (0.8, 3.8), (1.0, 5.0)),
        "address": ((0.0, -1.2), (0.4, 0.0), (0.7, 1.5), (1.0, 4.0)),
        "country": ((0.0, -1.2), (1.0, 0.3)),
        "email": ((0.0, -0.2), (0.5, 3.0), (1.0, 6.5)),
        "phone": ((0.0, -0.2), (0.7, 4.0), (1.0, 6.0)),
        "website": ((0.0, 0.0), (1.0, 4.5)),
        "social": ((0.0, 0.0), (1.0, 4.5)),
        "register_number": ((0.0, -4.0), (0.6, 3.0), (0.8, 5.5), (1.0, 7.0)),
        "tax_id": ((0.0, -3.0), (1.0, 7.0)),
        "bank_account": ((0.0, -0.2), (1.0, 6.5)),
    },
)


def trace(
    party: Party,
    candidates: Mapping[str, Party],
    policy: TracingPolicy = DEFAULT_TRACING,
    frequency: Mapping[str, int] | None = None,
) -> list[Link]:
    """The candidates (seller id -> party) that are probably `party`, best first.

    `frequency` tells for keys of `party_keys` how many sellers share them; what is not in it counts as rare.
    Reasons repeat no personal value: they travel to other organizations.
    """
    links = [link_parties(party, key, seller, policy, frequency) for key, seller in candidates.items()]
    likely = [link for link in links if link.score >= policy.threshold]
    return sorted(likely, key=lambda link: (-link.score, link.seller_id))


def link_parties(
    party: Party,
    seller_id: str,
    seller: Party,
    policy: TracingPolicy = DEFAULT_TRACING,
    frequency: Mapping[str, int] | None = None,
) -> Link:
    """Compare one party with one seller; the score is the logistic of the weights' sum, below 1."""
    shared_by = frequency or {}
    findings = [finding for compare in EVIDENCE if (finding := compare(party, seller))]
    weighed = [(finding, _weight(finding, policy, shared_by)) for finding in findings]
    score = _probability(policy.prior + math.fsum(weight for _, weight in weighed))
    by_weight = sorted(weighed, key=lambda pair: (-abs(pair[1]), pair[0].code))
    return Link(
        seller_id=seller_id,
        score=score,
        reasons=tuple(_reason(finding, weight, policy, shared_by) for finding, weight in by_weight if weight),
        comparisons=(
            Comparison("prior", 1.0, policy.prior),
            *(Comparison(finding.code, round(finding.value, 4), weight) for finding, weight in weighed),
        ),
    )


def _weight(finding: Finding, policy: TracingPolicy, shared_by: Mapping[str, int]) -> float:
    weight = interpolate(policy.curves[finding.code], finding.value)
    if weight <= 0:
        return round(weight, 4)
    lost = policy.hub_slope * math.log(_sharers(finding, shared_by))
    return round(max(0.0, weight * finding.strength - lost), 4)


def _sharers(finding: Finding, shared_by: Mapping[str, int]) -> int:
    return max(1, min((shared_by.get(key, 1) for key in finding.keys), default=1))


def _reason(finding: Finding, weight: float, policy: TracingPolicy, shared_by: Mapping[str, int]) -> Reason:
    sharers = _sharers(finding, shared_by)
    text = finding.text
    if weight > 0 and sharers >= policy.hub_named_from:
        text = f"{text} {sharers} sellers share it, so it counts for less."
    return Reason(finding.code, text, weight)


def interpolate(curve: Curve, value: float) -> float:
    """The weight at `value` on straight lines between the curve's points; flat outside them."""
    below = curve[0]
    for above in curve:
        if value <= above[0]:
            span = above[0] - below[0]
            part = (value - below[0]) / span if span else 0.0
            return below[1] + part * (above[1] - below[1])
        below = above
    return below[1]


def _probability(log_odds: float) -> float:
    return round(min(0.9999, 1.0 / (1.0 + math.exp(-log_odds))), 4)
