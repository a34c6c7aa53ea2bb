"""Rescoring: when a rights holder draws its lines otherwise, what was advised on its marks is advised anew.

From stored evidence alone: the listing is not read again, and the same evidence under the same policy gives
the same bits. Only changed verdicts are kept and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.filing import file_listings
from partners.records.jobs import Job
from partners.records.listings import hold_by_id
from partners.records.matches import list_held_by
from partners.records.policies import PolicyVersion, find_present
from partners.records.screenings import KeptScreening, find_kept_screenings
from partners.telling import Filing
from partners.tracing import Desk
from partners.working import Step

RESCORING: Final = "policy_rescoring"
AT_ONCE: Final = 100
"""So many listings are advised anew in the transaction that changes the policy; the rest by a job."""
SETTLING: Final = timedelta(seconds=5)
"""So long may a listing be written with advice under the policy before; then the job begins."""


class Rescoring(Struct, frozen=True):
    """The job: all listings with a standing match of one rights holder, in order of their ids."""

    desk: Desk
    name: str = RESCORING

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:  # noqa: ARG002 - see JobKind
        """Nothing: the change of the policy makes the job."""
        return None

    def do(self, job: Job, now: datetime) -> Step:
        plan = job.document
        database = self.desk.database

        def work(connection: Connection, _principal: object) -> list[str]:
            present = find_present(connection, plan["organization"])
            if present is None or present.revision != plan["revision"]:
                return []  # it was changed again, and that change has a job of its own
            batch = list_held_by(connection, plan["organization"], plan["after"], AT_ONCE)
            rescore_listings(self.desk, connection, present, batch, now)
            return batch

        batch = database.acting("retro_screening", work)
        return Step(
            document=plan | {"after": batch[-1]} if batch else plan,
            done=job.done + len(batch),
            is_finished=len(batch) < AT_ONCE,
        )


def rescore_listings(
    desk: Desk, connection: Connection, version: PolicyVersion, listing_ids: Sequence[str], now: datetime
) -> None:
    """Advise anew on a rights holder's matches of some listings, under one version of its policy."""
    held = [each for each in hold_by_id(connection, listing_ids).values() if each.deleted_at is None]
    kept = find_kept_screenings(connection, {listing.screening_id for listing in held})
    filings = [
        Filing(before=listing, listing=listing, screening=_under(kept[listing.screening_id], version, now))
        for listing in held
        if listing.screening_id in kept
    ]
    file_listings(connection, filings, now, desk.flag_days)


def _under(screening: KeptScreening, version: PolicyVersion, now: datetime) -> KeptScreening:
    """The screening, its matches with the rights holder's marks to be advised under a version."""
    name = version.version if version.overrides else None
    matches = tuple(
        replace(match, policy_version=name) if match.rights_holder_id == version.organization_id else match
        for match in screening.matches
    )
    return replace(screening, matches=matches, screened_at=now)
