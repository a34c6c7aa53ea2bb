"""Drawing lines: a rights holder's own policy for its own marks, version by version, and its shadow runs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from matching.overriding import Overrides, find_broken_bounds
from matching.policies import DEFAULT_POLICY, POLICIES
from partners.db import announce_work, hold
from partners.errors import RuleBroken
from partners.ids import new_id
from partners.planning import SETTLING
from partners.preconditions import Conditions, check_change
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.events import Fact, emit
from partners.records.jobs import Job, add_job
from partners.records.matches import count_pairs, list_held_by
from partners.records.policies import PolicyVersion, add_version, find_present, get_version
from partners.rescoring import AT_ONCE, RESCORING, rescore_listings
from partners.shadowing import SHADOWING, plan_shadow, shadow_policy, since_days
from partners.tracing import Desk

OWN: Final = "own"
"""The key of the caller's present policy."""
DRAFT: Final = "draft"
"""What a policy is called that is only tried."""


def draw_policy(
    desk: Desk, claims: Claims, overrides: Overrides, conditions: Conditions, now: datetime
) -> PolicyVersion:
    """Make a new version of the caller's policy, and advise anew on its marks; the same again is no change.

    The first listings are advised anew in the same transaction, all others by a job soon after.

    Raises:
        RuleBroken: a line may not be drawn there.
        PreconditionFailed, PreconditionRequired: see `check_change`.
    """
    check_bounds(overrides)

    def work(connection: Connection, principal: Principal) -> PolicyVersion:
        hold(connection, f"policy of {principal.organization_id}")
        present = find_present(connection, principal.organization_id)
        if present and present.drawn == overrides and present.based_on == DEFAULT_POLICY.version:
            return present
        check_change(conditions, present.revision if present else 0, overwrites=present is not None)
        version = _next_version(principal, present, overrides, now)
        add_version(connection, version)
        _tell(connection, principal, present, version, now)
        first = list_held_by(connection, principal.organization_id, "", AT_ONCE)
        rescore_listings(desk, connection, version, [listing for _, listing in first], now)
        plan = {"organization": principal.organization_id, "revision": version.revision, "after": ""}
        add_job(connection, RESCORING, plan, None, now, principal.organization_id, due_at=now + SETTLING)
        return version

    return desk.database.acting("retro_screening", work, claims)


def try_policy(
    desk: Desk, claims: Claims, key: str, overrides: Overrides | None, days: int, now: datetime
) -> Job:
    """Begin a shadow run: what a policy, with further lines drawn otherwise, would have advised lately.

    Raises:
        NotFound: there is no such policy, or it is somebody else's.
        RuleBroken: a line may not be drawn there.
    """

    def work(connection: Connection, principal: Principal) -> Job:
        based_on, drawn = find_lines(connection, principal, key)
        tried = msgspec.structs.replace(drawn, **_given(overrides)) if overrides else drawn
        check_bounds(tried)
        name = DRAFT if tried != drawn else key
        policy = shadow_policy(name, based_on, tried)
        organization_id = principal.organization_id
        plan = plan_shadow(organization_id, policy, tried, based_on, since_days(now, days))
        total = count_pairs(connection, organization_id)
        job = add_job(connection, SHADOWING, plan, total, now, organization_id)
        audit.record(connection, principal, "policy.tried", job.id, {"policy": name, "days": days}, now)
        announce_work(connection)
        return job

    return desk.database.acting("retro_screening", work, claims)


def find_lines(connection: Connection, principal: Principal, key: str) -> tuple[str, Overrides]:
    """The version that ships and the lines drawn otherwise, of a policy by its key.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    if key in POLICIES:
        return key, Overrides()
    if key == OWN:
        present = find_present(connection, principal.organization_id)
        return (present.based_on, present.drawn) if present else (DEFAULT_POLICY.version, Overrides())
    version = get_version(connection, principal, key)
    return version.based_on, version.drawn


def check_bounds(overrides: Overrides) -> None:
    """See that every line is drawn where it may be.

    Raises:
        RuleBroken: one is not.
    """
    if broken := find_broken_bounds(overrides, DEFAULT_POLICY.thresholds):
        raise RuleBroken([(f"/overrides/{name}", sentence) for name, sentence in broken])


def _next_version(
    principal: Principal, present: PolicyVersion | None, overrides: Overrides, now: datetime
) -> PolicyVersion:
    key = new_id("pol")
    return PolicyVersion(
        id=key,
        organization_id=principal.organization_id,
        revision=present.revision + 1 if present else 1,
        version=f"{DEFAULT_POLICY.version}+{key}",
        based_on=DEFAULT_POLICY.version,
        overrides=_given(overrides),
        created_by=principal.client_id,
        created_at=now,
    )


def _given(overrides: Overrides) -> dict[str, object]:
    given = msgspec.structs.asdict(overrides)
    return {name: value for name, value in given.items() if value is not None}


def _tell(
    connection: Connection,
    principal: Principal,
    before: PolicyVersion | None,
    version: PolicyVersion,
    now: datetime,
) -> None:
    detail = {
        "version": version.version,
        "before": before.version if before else None,
        "lines": version.overrides,
    }
    audit.record(connection, principal, "policy.changed", version.id, detail, now)
    fact = Fact(
        type="policy.changed",
        subject=version.id,
        path=f"/v1/policies/{version.id}",
        data={"version": version.version, "revision": version.revision},
    )
    emit(connection, fact, [("rights_holder", principal.organization_id)], now)
