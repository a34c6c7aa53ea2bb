"""Explaining: a screening with every candidate and every weight, recomputed from its evidence alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from matching.calibration import ScoreBasis, score_by
from matching.explaining import (
    Account,
    Calibrated,
    account_for,
    calibrated_by,
    reproduces,
    sum_up,
)
from matching.index import Index
from matching.model import Span, Use, VerdictName
from matching.policies import POLICIES
from matching.scoring import Policy, values_of
from matching.surveying import CAUSES, Cause, PassedOver, Survey
from partners.advising import name_mark
from partners.banding import in_bands
from partners.errors import RuleBroken
from partners.lines import Lines
from partners.principal import Principal
from partners.records.calibrations import calibrations_named
from partners.records.judgements import find_expiries
from partners.records.policies import owner_of, policies_named
from partners.records.screenings import (
    KeptMatch,
    KeptScreening,
    TrademarkNamed,
    explain_screening,
    find_evidence,
)

NO_DAYS: Final[Mapping[str, date]] = {}


class Meant(Struct, frozen=True, kw_only=True):
    """A mark that may be meant: where and how it is written, and what the policy makes of it."""

    trademark: TrademarkNamed
    found: Span
    also_found: tuple[Span, ...]
    similarity: float
    use: Use
    evasions: tuple[str, ...]
    account: Account


class Candidate(Meant, frozen=True, kw_only=True):
    """One mark that may be meant: what the policy makes of it, and what was advised when it was screened.

    `id` is the match's; null where nothing is kept. A rejection holds through the day `rejected_until`, or
    until it is taken back. `policy_version` is that of the rights holder's own
    policy where it has one.
    """

    id: str | None
    advised: VerdictName
    is_rejected: bool
    rejected_until: date | None
    reproduced: bool
    policy_version: str


class Overlooked(Meant, frozen=True, kw_only=True):
    """A mark that was found but is not shown: what the policy makes of it, and why it is passed over."""

    cause: Cause
    because: str


class Remainder(Struct, frozen=True, kw_only=True):
    """The marks that advice passes over, likeliest first; those less likely than `line` are never shown.

    `more` counts further ones, `unmeasured` those beyond the number that is judged at all. A screening that
    was kept has no evidence of them: then `is_known` is false, and `told` says so.
    """

    line: float
    is_known: bool
    told: str
    candidates: tuple[Overlooked, ...] = ()
    more: int = 0
    unmeasured: int = 0


class Explanation(Struct, frozen=True, kw_only=True):
    """A screening under a policy: what it says now, what was advised then.

    `reproduced` tells that the policy gives, bit for bit, what was kept: verdicts, probabilities, weights.
    `passed_over` are marks that may be meant, but are not shown. `score` is `estimate`, the greatest of the
    candidates' own, or what the step `calibrated_by` makes of it.
    """

    id: str | None
    listing: str
    policy_version: str
    screened_with: str
    verdict: VerdictName
    score: float
    advised: VerdictName
    advised_score: float
    reproduced: bool
    limits: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    passed_over: Remainder
    registry_version: int
    screened_at: datetime
    estimate: float
    score_basis: ScoreBasis
    calibrated_by: Calibrated | None


def word_score(explanation: Explanation) -> str:
    """What the score is, in a sentence: an estimate, or what people made of such estimates."""
    told, step = f"Score {explanation.score:.4f}", explanation.calibrated_by
    if step is None:
        return f"{told}: the policy's estimate that a person would act on it."
    between = f"estimates of {step.below.estimate:.2f} to {step.above.estimate:.2f} are worth"
    worth = f"{step.below.score:.2f} to {step.above.score:.2f}"
    made = f"table {step.version}, of {step.judgements} judgements"
    return f"{told}, from an estimate of {explanation.estimate:.4f}: {between} {worth} ({made})."


def policy_named(version: str) -> Policy:
    """A policy that ships, or that once did.

    Raises:
        RuleBroken: there is none of this version.
    """
    if version not in POLICIES:
        known = ", ".join(sorted(POLICIES))
        raise RuleBroken([("/policy", f"there is no policy of this version; known are {known}")])
    return POLICIES[version]


def lines_of(connection: Connection, screening: KeptScreening, version: str | None) -> Lines:
    """The policy that is named, or those under which a screening was given.

    A rights holder's own policy speaks on its own marks; on others the one they were screened with does.

    Raises:
        RuleBroken: there is none of this version, or it is of a rights holder without a mark in it.
    """
    table = screening.calibration
    calibration = calibrations_named(connection, [table]).get(table) if table else None
    if version in POLICIES:
        return Lines(policy=POLICIES[version or ""], calibration=calibration)
    holders = {match.policy_version: match.rights_holder_id for match in screening.matches}
    found = policies_named(connection, [each for each in holders if each])
    own = {holders[each]: policy for each, policy in found.items()}
    if version is not None:
        owner = owner_of(connection, version)
        if owner not in holders.values():
            policy_named(version)
        own[owner] = policies_named(connection, [version])[version]
    return Lines(policy=policy_named(screening.policy_version), own=own, calibration=calibration)


def explain_kept(
    connection: Connection, principal: Principal, key: str, version: str | None = None
) -> Explanation:
    """Explain one of the principal's kept screenings, under the policy that is named or those it was given
    under.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Gone: its evidence was erased.
        RuleBroken: there is no policy of this version.
    """
    return _explain_kept(connection, explain_screening(connection, principal, key), version)


def explain_of_any(connection: Connection, key: str, version: str | None = None) -> Explanation:
    """The same of any marketplace's, for the operator of the service."""
    return _explain_kept(connection, find_evidence(connection, key), version)


def _explain_kept(connection: Connection, kept: KeptScreening, version: str | None) -> Explanation:
    rejected = [match.id for match in kept.matches if match.is_rejected and match.id]
    until = find_expiries(connection, rejected) if rejected else NO_DAYS
    return explain(kept, lines_of(connection, kept, version), version, until=until)


def explain(
    screening: KeptScreening,
    lines: Lines,
    named: str | None = None,
    rest: Remainder | None = None,
    until: Mapping[str, date] = NO_DAYS,
) -> Explanation:
    """Recompute a screening under policies from its evidence, and compare with what was advised.

    `rest` is what was passed over, where the listing is at hand to measure it; `until` tells when rejections
    end, by the ids of matches.
    """
    policy = lines.policy
    candidates = tuple(
        _explain_match(match, lines.own.get(match.rights_holder_id, policy), until)
        for match in screening.matches
    )
    verdict, estimate = sum_up(candidate.account for candidate in candidates)
    score, basis, table = score_by(lines.calibration, estimate, policy.version)
    same = (verdict, score) == (screening.verdict, screening.score)
    return Explanation(
        id=screening.id,
        listing=screening.listing,
        policy_version=named or policy.version,
        screened_with=screening.policy_version,
        verdict=verdict,
        score=score,
        advised=screening.verdict,
        advised_score=screening.score,
        reproduced=same and all(candidate.reproduced for candidate in candidates),
        limits=screening.limits,
        candidates=candidates,
        passed_over=rest or _not_kept(policy),
        registry_version=screening.registry_version,
        screened_at=screening.screened_at,
        estimate=estimate,
        score_basis=basis,
        calibrated_by=calibrated_by(lines.calibration, estimate) if lines.calibration and table else None,
    )


def word_survey(found: Survey, index: Index, lines: Lines) -> Remainder:
    """What a survey found, with the names of the marks, each under the policy that speaks on it."""
    candidates = tuple(each for passed in found.passed_over if (each := _overlooked(passed, index, lines)))
    more = found.more + found.unmeasured
    told = f"{len(candidates) or 'No'} {'mark' if len(candidates) == 1 else 'marks'} passed over"
    return Remainder(
        line=lines.policy.thresholds.shown,
        is_known=True,
        told=f"{told}; {more} more are not listed." if more else f"{told}.",
        candidates=candidates,
        more=found.more,
        unmeasured=found.unmeasured,
    )


def _not_kept(policy: Policy) -> Remainder:
    line = policy.thresholds.shown
    told = f"Marks named with a probability below {line:g}, or outranked, are not kept with a screening."
    return Remainder(line=line, is_known=False, told=told)


def _overlooked(passed: PassedOver, index: Index, lines: Lines) -> Overlooked | None:
    match = passed.match
    mark = index.mark(match.mark_id)
    if mark is None:
        return None
    policy = lines.own.get(mark.rights_holder, lines.policy)
    return Overlooked(
        trademark=name_mark(mark),
        found=match.found,
        also_found=match.also_found,
        similarity=match.similarity,
        use=match.use,
        evasions=match.evasions,
        account=in_bands(account_for(values_of(match.comparisons), match.use, policy)),
        cause=passed.cause,
        because=CAUSES[passed.cause],
    )


def _explain_match(match: KeptMatch, policy: Policy, until: Mapping[str, date]) -> Candidate:
    values = values_of(match.comparisons)
    account = account_for(values, match.use, policy, is_rejected=match.is_rejected)
    return Candidate(
        id=match.id,
        trademark=match.trademark,
        found=match.found,
        also_found=match.also_found,
        similarity=match.similarity,
        use=match.use,
        evasions=match.evasions,
        account=in_bands(account),
        advised=match.verdict,
        is_rejected=match.is_rejected,
        rejected_until=until.get(match.id or "") if match.is_rejected else None,
        policy_version=policy.version,
        reproduced=reproduces(match.comparisons, policy, account, (match.verdict, match.score)),
    )
