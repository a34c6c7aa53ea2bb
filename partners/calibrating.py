"""Calibrating: from time to time what people judged turns the policy's estimates into calibrated scores.

One worker at a time does it, as a job: a table is kept in the transaction that ends its job, or not at all.
Every process scores by the newest table from its next screening on. Pairs are always of the policy's own
estimate, never of a score that was calibrated before, so no table feeds on another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from msgspec import Struct
from sqlalchemy import Connection

from matching.calibration import LEAST, ORGANIZATIONS, Judged, fit
from matching.policies import DEFAULT_POLICY, POLICIES
from matching.reliability import reliability_of
from matching.scoring import Policy, action_score, values_of, verdict_of
from partners.db import Database, utc_now
from partners.errors import NotReady
from partners.records import audit
from partners.records.calibrations import CalibrationVersion, add_calibration, find_latest
from partners.records.jobs import Job, hold_job, last_planned
from partners.records.outcomes import Known, Outcome, count_outcomes, list_outcomes
from partners.working import Step

CALIBRATION: Final = "calibration"
GROWTH: Final = 1.1
"""A new table is made when there are so many times the judgements of the last one, and a day has passed."""
MOST: Final = 20_000
"""The newest judgements count, so many at most."""
_PAGE: Final = 500
_AFTER: Final = timedelta(days=1)
_log = structlog.get_logger(__name__)


class Calibrating(Struct, frozen=True):
    """The job: all judgements that hold, read anew, one table."""

    database: Database
    clock: Callable[[], datetime] = utc_now
    policy: Policy = DEFAULT_POLICY
    name: str = CALIBRATION

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        with self.database.surveying("jobs") as connection:
            last = find_latest(connection, self.policy.version)
            tried_at = last_planned(connection, self.name)
            if tried_at is not None and now - tried_at < _AFTER:
                return None
            known = count_outcomes(connection, now.date())
        return ({"policy": self.policy.version}, known.judgements) if _is_due(known, last) else None

    def do(self, job: Job, now: datetime) -> Step:
        policy = POLICIES.get(job.document["policy"])
        if policy is None:
            raise NotReady("a process of a newer release has to do this")
        judged, known = gather(self.database, policy, now, lambda read: self._hold(job, read))
        made = _table_of(judged, known, policy, now)
        return Step(
            document=job.document,
            done=len(judged),
            is_finished=True,
            write=lambda connection: _keep(connection, made, now) if made else None,
        )

    def _hold(self, job: Job, read: int) -> None:
        """Hold the job longer, unless another worker has it by now."""
        now = self.clock()
        self.database.acting("jobs", lambda c, _: hold_job(c, job, read, now))


def read_latest(database: Database, now: datetime) -> tuple[CalibrationVersion | None, Known]:
    """The table by which the policy's estimates become scores now, and how many judgements hold."""
    with database.surveying("jobs") as connection:
        return find_latest(connection, DEFAULT_POLICY.version), count_outcomes(connection, now.date())


def _is_due(known: Known, last: CalibrationVersion | None) -> bool:
    if known.judgements < LEAST or known.organizations < ORGANIZATIONS:
        return False
    return last is None or known.judgements >= GROWTH * last.known


def gather(
    database: Database, policy: Policy, now: datetime, tell: Callable[[int], None] = lambda _: None
) -> tuple[list[Judged], int]:
    """The newest judgements that hold and may be compared, each with what the policy estimated of its match.

    Beside them how many hold at all; `tell` hears again and again how many were read.
    """
    with database.surveying("jobs") as connection:
        known = count_outcomes(connection, now.date()).judgements
    judged: list[Judged] = []
    read, last = 0, None
    while read < MOST:
        with database.surveying("jobs") as connection:
            page = list_outcomes(connection, now.date(), last, _PAGE)
        judged += [_judged(each, policy) for each in page.outcomes if is_comparable(each, policy)]
        read, last = read + page.read, page.last
        tell(read)
        if last is None:
            break
    return judged, known


def is_comparable(outcome: Outcome, policy: Policy) -> bool:
    """Whether all that the policy weighs was measured when the match was screened."""
    then = POLICIES.get(outcome.policy_version)
    return then is not None and all(
        mine.keys() <= theirs.keys()
        for mine, theirs in (
            (policy.plain, then.plain),
            (policy.disguised, then.disguised),
            (policy.action, then.action),
        )
    )


def _judged(outcome: Outcome, policy: Policy) -> Judged:
    values = values_of(outcome.comparisons)
    verdict = verdict_of(values, outcome.use, policy)
    return Judged(action_score(values, verdict, policy), outcome.organization_id, outcome.is_confirmed)


def _table_of(judged: list[Judged], known: int, policy: Policy, now: datetime) -> CalibrationVersion | None:
    organizations = len({each.organization for each in judged})
    is_enough = len(judged) >= LEAST and organizations >= ORGANIZATIONS
    reliability = reliability_of(judged) if is_enough else None
    knots = fit(judged) if reliability else ()
    if not (reliability and knots):
        _log.info("calibration_not_made", judgements=len(judged), organizations=organizations)
        return None
    return CalibrationVersion(
        id="",
        version=0,
        policy_version=policy.version,
        judgements=len(judged),
        organizations=organizations,
        known=known,
        knots=knots,
        reliability=reliability,
        fitted_at=now,
    )


def _keep(connection: Connection, made: CalibrationVersion, now: datetime) -> None:
    row = add_calibration(connection, made)
    detail = {"version": row.version, "policy": row.policy_version, "judgements": row.judgements}
    audit.record_for_service(connection, "calibration.made", row.id, detail, now)
