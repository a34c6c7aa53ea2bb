"""Shadow runs: what a policy would have advised on a rights holder's marks, from stored evidence.

Nothing is changed and nobody is told. Each kept screening of the time counts once per mark; what a person
rejected stays clear, as it would have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from matching.model import Use, VerdictName
from matching.overriding import Overrides, override
from matching.policies import POLICIES
from matching.scoring import Policy, values_of, verdict_of
from partners.db import Database
from partners.records.jobs import Job
from partners.records.matches import list_pairs
from partners.records.screenings import KeptMatch, KeptScreening, list_kept_since
from partners.working import Step

SHADOWING: Final = "policy_shadow"
DAYS: Final = 30
EXAMPLES: Final = 20
_BATCH: Final = 200
Counts = dict[VerdictName, int]


class Change(Struct, frozen=True, kw_only=True):
    """So many matches would have gone from one verdict to another."""

    before: VerdictName
    after: VerdictName
    count: int


class Example(Struct, frozen=True, kw_only=True):
    """A match whose verdict would have been another; `score` is how surely the mark is named."""

    match: str
    screening: str
    mark: str
    found: str
    use: Use
    score: float
    before: VerdictName
    after: VerdictName
    screened_at: datetime


class ShadowReport(Struct, frozen=True, kw_only=True):
    """What a policy would have done since a time: matches by verdict as advised, and as it would have been.

    `erased` screenings had no evidence left and are not counted.
    """

    policy: str
    since: datetime
    screenings: int = 0
    erased: int = 0
    before: dict[VerdictName, int] = {}
    after: dict[VerdictName, int] = {}
    changes: tuple[Change, ...] = ()
    examples: tuple[Example, ...] = ()


class Shadowing(Struct, frozen=True):
    """The job: all matches that a rights holder's marks ever had, in order of their ids."""

    database: Database
    name: str = SHADOWING

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:  # noqa: ARG002 - see JobKind
        """Nothing: the rights holder asks for it."""
        return None

    def do(self, job: Job, now: datetime) -> Step:  # noqa: ARG002 - see JobKind
        plan = job.document
        report = msgspec.convert(plan["report"], ShadowReport)
        with self.database.surveying("retro_screening") as connection:
            pairs = list_pairs(connection, plan["organization"], plan["after"], _BATCH)
            told = _read(connection, pairs, report.since)
        policy = shadow_policy(report.policy, plan["based_on"], msgspec.convert(plan["overrides"], Overrides))
        document = plan | {"report": msgspec.to_builtins(_count(report, told, policy))}
        return Step(
            document=document | {"after": pairs[-1][0]} if pairs else document,
            done=job.done + len(pairs),
            is_finished=len(pairs) < _BATCH,
        )


def shadow_policy(version: str, based_on: str, overrides: Overrides) -> Policy:
    """The policy that is tried."""
    return override(POLICIES[based_on], overrides, version)


def plan_shadow(
    organization_id: str, policy: Policy, overrides: Overrides, based_on: str, since: datetime
) -> dict[str, Any]:
    """The document of a new job."""
    report = ShadowReport(policy=policy.version, since=since)
    return {
        "organization": organization_id,
        "based_on": based_on,
        "overrides": msgspec.to_builtins(overrides),
        "after": "",
        "report": msgspec.to_builtins(report),
    }


def since_days(now: datetime, days: int) -> datetime:
    """So many days ago."""
    return now - timedelta(days=days)


Told = list[tuple[str, KeptScreening | None, KeptMatch | None]]


def _read(connection: Connection, pairs: list[tuple[str, str, str]], since: datetime) -> Told:
    """Every screening of the pairs' listings, with the match of the pair's registration in it."""
    by_listing: Mapping[str, list[tuple[str, KeptScreening | None]]] = defaultdict(list)
    for screening_id, listing_id, screening in list_kept_since(
        connection, {pair[1] for pair in pairs}, since
    ):
        by_listing[listing_id].append((screening_id, screening))
    return [
        (screening_id, screening, _match_of(screening, trademark_id))
        for _, listing_id, trademark_id in pairs
        for screening_id, screening in by_listing[listing_id]
    ]


def _match_of(screening: KeptScreening | None, trademark_id: str) -> KeptMatch | None:
    matches = screening.matches if screening else ()
    return next((match for match in matches if match.trademark.id == trademark_id), None)


def _count(report: ShadowReport, told: Told, policy: Policy) -> ShadowReport:
    before, after = defaultdict(int, report.before), defaultdict(int, report.after)
    changes = defaultdict(int, {(each.before, each.after): each.count for each in report.changes})
    examples = list(report.examples)
    counted = erased = 0
    for screening_id, screening, match in told:
        erased += screening is None
        if screening is None or match is None:
            continue
        counted += 1
        tried: VerdictName = "clear"
        if not match.is_rejected:
            tried = verdict_of(values_of(match.comparisons), match.use, policy)
        before[match.verdict] += 1
        after[tried] += 1
        if tried != match.verdict:
            changes[match.verdict, tried] += 1
            if len(examples) < EXAMPLES:
                examples.append(_example(screening_id, screening, match, tried))
    return msgspec.structs.replace(
        report,
        screenings=report.screenings + counted,
        erased=report.erased + erased,
        before=dict(before),
        after=dict(after),
        changes=tuple(
            Change(before=one, after=other, count=count) for (one, other), count in sorted(changes.items())
        ),
        examples=tuple(examples),
    )


def _example(screening_id: str, screening: KeptScreening, match: KeptMatch, tried: VerdictName) -> Example:
    return Example(
        match=match.id or "",
        screening=screening_id,
        mark=match.trademark.mark,
        found=match.found.text,
        use=match.use,
        score=match.score,
        before=match.verdict,
        after=tried,
        screened_at=screening.screened_at,
    )
