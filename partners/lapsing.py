"""Lapsing: judgements whose last day is over count no more, and their listings are advised on anew.

From stored evidence alone; only changed advice is kept, and only changed verdicts are told. A listing that
fails keeps the advice it has until it is screened again, and is named in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from partners.approving import disapprove_text
from partners.filing import file_listings
from partners.flagging import FLAG_DAYS, reassess_all
from partners.records.jobs import Job
from partners.records.judgements import let_lapse, list_lapsed
from partners.records.listings import hold_by_id
from partners.records.screenings import find_kept_screenings
from partners.telling import Filing
from partners.tracing import Desk
from partners.working import Step

_BATCH: Final = 100
_log = structlog.get_logger(__name__)


class JudgementExpiry(Struct, frozen=True):
    """Lets judgements lapse, a batch in a transaction."""

    desk: Desk
    name: str = "judgement_expiry"

    def plan(self, now: datetime) -> tuple[dict[str, Any], int | None] | None:
        with self.desk.database.surveying("casework") as connection:
            waiting = len(list_lapsed(connection, now.date(), 10_000))
        return ({}, waiting) if waiting else None

    def do(self, job: Job, now: datetime) -> Step:
        with self.desk.database.surveying("casework") as connection:
            batch = list_lapsed(connection, now.date(), _BATCH)
        try:
            self._lapse(batch, now)
        except DBAPIError:
            raise  # this is no listing's fault
        except Exception:  # noqa: BLE001 - whatever a listing does, the other judgements have to lapse
            for each in batch:
                self._lapse_alone(each, now)
        return Step(document={}, done=job.done + len(batch), is_finished=len(batch) < _BATCH)

    def _lapse(self, batch: Sequence[tuple[str, str]], now: datetime) -> None:
        self.desk.database.acting("casework", lambda c, _: lapse(c, batch, now, self.desk.flag_days))

    def _lapse_alone(self, judged: tuple[str, str], now: datetime) -> None:
        match, listing = judged
        try:
            self._lapse([judged], now)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - see `do`
            _log.error("listing_skipped", listing=listing, match=match, error=type(error).__name__)
            self.desk.database.acting("casework", lambda c, _: let_lapse(c, [match], now.date()))


def lapse(
    connection: Connection, batch: Sequence[tuple[str, str]], now: datetime, flag_days: int = FLAG_DAYS
) -> None:
    """Let judgements lapse whose last day is over, and advise on their listings anew.

    `batch` are pairs of match and listing.
    """
    # listings first, as whoever screens holds them
    held = hold_by_id(connection, {listing for _, listing in batch})
    let_lapse(connection, [match for match, _ in batch], now.date())
    for match, listing_id in batch:
        if listing_id in held:  # what was judged approves of its text no longer
            disapprove_text(connection, listing_id, held[listing_id].document, match, now)
    standing = [listing for listing in held.values() if listing.deleted_at is None]
    kept = find_kept_screenings(connection, {listing.screening_id for listing in standing})
    filings = [
        Filing(
            before=listing,
            listing=listing,
            screening=replace(kept[listing.screening_id], screened_at=now),
        )
        for listing in standing
        if listing.screening_id in kept
    ]
    file_listings(connection, filings, now, flag_days)
    sellers = {listing.seller_id for listing in held.values() if listing.seller_id}
    if sellers:
        reassess_all(connection, sorted(sellers), now, flag_days)
