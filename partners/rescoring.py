"""Rescoring: when a rights holder draws its lines otherwise, what was advised on its marks is advised anew.

From stored evidence alone: the listing is not read again, and the same evidence under the same policy gives
the same bits. Only changed verdicts are kept and told. A listing that fails is skipped, named in the log and
counted in the job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

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
"""So many matches are advised anew in the transaction that changes the policy; the rest by a job."""
_log = structlog.get_logger(__name__)


class Rescoring(Struct, frozen=True):
    """The job: all standing matches of one rights holder, in order of their ids."""

    desk: Desk
    name: str = RESCORING

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:  # noqa: ARG002 - see JobKind
        """Nothing: the change of the policy makes the job."""
        return None

    def do(self, job: Job, now: datetime) -> Step:
        plan = job.document
        with self.desk.database.surveying("retro_screening") as connection:
            batch = list_held_by(connection, plan["organization"], plan["after"], AT_ONCE)
        listings = [listing for _, listing in batch]
        skipped = plan.get("skipped", 0)
        try:
            goes_on = self._rescore(plan, listings, now)
        except DBAPIError:
            raise  # this is no listing's fault
        except Exception:  # noqa: BLE001 - whatever a listing does, the others have to be advised on anew
            goes_on = True
            skipped += sum(self._fails(job, each, now) for each in listings)
        return Step(
            document=plan | {"after": batch[-1][0], "skipped": skipped} if batch and goes_on else plan,
            done=job.done + len(batch) * goes_on,
            is_finished=not goes_on or len(batch) < AT_ONCE,
        )

    def _rescore(self, plan: Mapping[str, Any], batch: Sequence[str], now: datetime) -> bool:
        """Advise anew on some listings; False where the policy was changed again: that has its own job."""

        def work(connection: Connection, _principal: object) -> bool:
            present = find_present(connection, plan["organization"])
            if present is None or present.revision != plan["revision"]:
                return False
            rescore_listings(self.desk, connection, present, batch, now)
            return True

        return self.desk.database.acting("retro_screening", work)

    def _fails(self, job: Job, listing_id: str, now: datetime) -> bool:
        """Advise anew on a listing of a batch that failed; one that fails by itself is skipped and named."""
        try:
            self._rescore(job.document, [listing_id], now)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - see `do`
            _log.error("listing_skipped", listing=listing_id, job=job.id, error=type(error).__name__)
            return True
        return False


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
