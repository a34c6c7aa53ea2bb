"""What a seller's history says of the risk of its next parcel: a level, and each reason with its weight."""

from __future__ import annotations

import math
from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from matching.commodities import HARMFUL
from matching.model import LinkedSeizure, Reason, Risk, RiskLevel


class RiskHistory(Struct, frozen=True, kw_only=True):
    """What is known of a seller: `alerts` are unjudged, `rejected` are alerts that people threw out."""

    seizures: tuple[LinkedSeizure, ...] = ()
    alerts: int = 0
    confirmed: int = 0
    removed: int = 0
    rejected: int = 0


class RiskPolicy(Struct, frozen=True, kw_only=True):
    """Weights in log-odds for each doubling of count + 1, and the scores where a level begins."""

    version: str
    prior: float
    half_life_days: float
    seizure: float
    harmful_share: float
    confirmed: float
    removed: float
    alert: float
    alerts_at_most: float
    rejected: float
    rejected_at_most: float
    medium_from: float
    high_from: float


DEFAULT_RISK = RiskPolicy(
    version="risk-1",
    prior=-2.3,
    half_life_days=365.0,
    seizure=3.0,
    harmful_share=0.4,
    confirmed=1.8,
    removed=1.0,
    alert=0.3,
    alerts_at_most=1.0,
    rejected=-0.5,
    rejected_at_most=-1.5,
    medium_from=0.5,
    high_from=0.8,
)


_SEIZURE_CODES = frozenset({"seizures_linked", "health_or_safety"})


def assess_risk(history: RiskHistory, today: date, policy: RiskPolicy = DEFAULT_RISK) -> Risk:
    """The level and score (0 to 1) of a history; "unknown", score 0, when nothing at all is known.

    A seizure counts as much as its link is sure and halves with each half-life; health and safety goods count
    more. Alerts that nobody has judged never lift the level above "low" by themselves.
    """
    reasons = tuple(reason for reason in _reasons(history, today, policy) if reason.weight)
    if not reasons:
        return Risk(level="unknown", score=0.0, reasons=())
    return _risk_from(reasons, policy)


def risk_without(risk: Risk, code: str, policy: RiskPolicy = DEFAULT_RISK) -> Risk:
    """What the risk would be without one of its reasons: the counterfactual shown with a flag."""
    left = tuple(reason for reason in risk.reasons if reason.code != code)
    return _risk_from(left, policy) if left else Risk(level="unknown", score=0.0, reasons=())


def risk_in_bands(risk: Risk, history: RiskHistory, policy: RiskPolicy = DEFAULT_RISK) -> Risk:
    """The risk as a marketplace may read it: seizures in bands, no dates, and no number that counts them.

    Weights are those of the least count in a band, fresh; the score follows from them within the level,
    which is the real one.
    """
    reasons = [reason for reason in risk.reasons if reason.code not in _SEIZURE_CODES]
    if len(reasons) < len(risk.reasons):
        reasons += _banded_reasons(history.seizures, policy)
    if not reasons:
        return risk
    score = _risk_from(tuple(reasons), policy).score
    bounds = {"low": (0.0, policy.medium_from), "medium": (policy.medium_from, policy.high_from)}
    least, below = bounds.get(risk.level, (policy.high_from, 1.0))
    ordered = sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.code))
    return Risk(
        level=risk.level, score=max(least, min(score, round(below - 1e-4, 4))), reasons=tuple(ordered)
    )


def _banded_reasons(seizures: tuple[LinkedSeizure, ...], policy: RiskPolicy) -> list[Reason]:
    harmful = sum(not HARMFUL.isdisjoint(seizure.commodities) for seizure in seizures)
    least = least_of_band(len(seizures))
    weight = policy.seizure * _doublings(least)
    text = f"{band(least)} seizures are linked to this seller."
    found = [Reason("seizures_linked", text, round(weight, 4))]
    if harmful:
        more = policy.seizure * _doublings(least + policy.harmful_share * least_of_band(harmful)) - weight
        text = f"{band(harmful)} of them were of goods that can harm."
        found.append(Reason("health_or_safety", text, round(more, 4)))
    return found


Band: TypeAlias = Literal["none", "1-9", "10+"]


def band(count: int) -> Band:
    """A count as other organizations may read it: none, 1-9 or 10+."""
    return "none" if count <= 0 else "1-9" if count < 10 else "10+"


def least_of_band(count: int) -> int:
    """What stands for a count in all that is reckoned for other organizations: 0, 1 or 10."""
    return 0 if count <= 0 else 1 if count < 10 else 10


def _risk_from(reasons: tuple[Reason, ...], policy: RiskPolicy) -> Risk:
    score = _probability(policy.prior + math.fsum(reason.weight for reason in reasons))
    judged = any(reason.weight > 0 and reason.code != "alerts_unjudged" for reason in reasons)
    level: RiskLevel = "low"
    if judged and score >= policy.high_from:
        level = "high"
    elif judged and score >= policy.medium_from:
        level = "medium"
    ordered = sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.code))
    return Risk(level=level, score=score, reasons=tuple(ordered))


def _reasons(history: RiskHistory, today: date, policy: RiskPolicy) -> list[Reason]:
    alert_weight = min(policy.alerts_at_most, policy.alert * _doublings(history.alerts))
    rejected_weight = max(policy.rejected_at_most, policy.rejected * _doublings(history.rejected))
    return [
        *_seizure_reasons(history.seizures, today, policy),
        _counted(
            "judgements_confirmed",
            history.confirmed,
            ("{n} match was confirmed by a person.", "{n} matches were confirmed by people."),
            policy.confirmed * _doublings(history.confirmed),
        ),
        _counted(
            "cases_removed",
            history.removed,
            ("{n} listing was taken down after a notice.", "{n} listings were taken down after notices."),
            policy.removed * _doublings(history.removed),
        ),
        _counted(
            "alerts_unjudged",
            history.alerts,
            ("{n} alert that nobody has judged yet.", "{n} alerts that nobody has judged yet."),
            alert_weight,
        ),
        _counted(
            "reports_rejected",
            history.rejected,
            ("{n} alert was rejected by a person.", "{n} alerts were rejected by people."),
            rejected_weight,
        ),
    ]


def _seizure_reasons(seizures: tuple[LinkedSeizure, ...], today: date, policy: RiskPolicy) -> list[Reason]:
    """Two reasons that add up: the seizures as such, and what health and safety goods put on top."""
    if not seizures:
        return []
    harmful = [seizure for seizure in seizures if not HARMFUL.isdisjoint(seizure.commodities)]
    plain = math.fsum(_present(seizure, today, policy) for seizure in seizures)
    extra = policy.harmful_share * math.fsum(_present(seizure, today, policy) for seizure in harmful)
    weight = policy.seizure * _doublings(plain)
    latest = max(seizure.seized_on for seizure in seizures).isoformat()
    found = [
        _counted(
            "seizures_linked",
            len(seizures),
            (
                f"{{n}} seizure is linked to this seller, of {latest}.",
                f"{{n}} seizures are linked to this seller, the last of {latest}.",
            ),
            weight,
        )
    ]
    if harmful:
        texts = ("{n} of them was of goods that can harm.", "{n} of them were of goods that can harm.")
        more = policy.seizure * _doublings(plain + extra) - weight
        found.append(_counted("health_or_safety", len(harmful), texts, more))
    return found


def _present(seizure: LinkedSeizure, today: date, policy: RiskPolicy) -> float:
    """How much of a seizure counts today, 0 to 1: the sureness of its link, halved by age."""
    age = max(0, (today - seizure.seized_on).days)
    return float(seizure.link_score * 0.5 ** (age / policy.half_life_days))


def _doublings(count: float) -> float:
    return math.log2(1.0 + count)


def _counted(code: str, count: int, texts: tuple[str, str], weight: float) -> Reason:
    return Reason(code, texts[count != 1].format(n=count), round(weight, 4))


def _probability(log_odds: float) -> float:
    return round(min(0.9999, 1.0 / (1.0 + math.exp(-log_odds))), 4)
