"""Reconsidering: listings with matches are advised on anew where nobody changed them, their seller or a mark.

Registrations come into force and lapse as days pass, and goods are seized for the first time on a route. Only
changed advice is kept, and only changed verdicts make events.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from msgspec import ValidationError
from sqlalchemy import Connection

from matching.commodities import commodity_of
from partners.db import hold
from partners.records.feeds import last_place, set_place
from partners.records.jobs import add_job, has_open_job
from partners.records.listings import Listing, to_fields
from partners.records.standing import list_dated, list_matched
from partners.rounds import LeasedRound, Run, Stretch, stretch_of
from partners.similar_goods import GOODS_REVISITING

DATES_REVISITING: Final = "dates_revisiting"
"""The kind of job, and the feed that says up to which day (its number) registrations were looked at."""
LOOKED_BACK: Final = timedelta(days=31)
"""On its first day the service looks back so far."""
PAGES: Final = 8
"""So many batches are read to find listings of the goods that were seized, before progress is written."""


class DatesRevisiting(LeasedRound):
    """Once a day: matches with registrations that lapsed or came into force by their dates."""

    kind = DATES_REVISITING

    def _plan(self) -> bool:
        today = self._clock().date()
        with self._desk.database.surveying("retro_screening") as connection:
            if self._is_planned(connection, today):
                return False
        return self._desk.database.acting("retro_screening", lambda c, _: self._add_job(c, today))

    def _is_planned(self, connection: Connection, today: date) -> bool:
        is_done = last_place(connection, self.kind) >= today.toordinal()
        return is_done or has_open_job(connection, self.kind)

    def _add_job(self, connection: Connection, today: date) -> bool:
        hold(connection, self.kind)
        if self._is_planned(connection, today):
            return False
        last = last_place(connection, self.kind)
        since = date.fromordinal(last) if last else today - LOOKED_BACK
        set_place(connection, self.kind, today.toordinal())
        if not list_dated(connection, since, today, "", 1):
            return False
        plan = {"since": since.isoformat(), "until": today.isoformat(), "after": ""}
        add_job(connection, self.kind, plan, None, self._clock())
        return True

    def _next(self, connection: Connection, run: Run, limit: int) -> Stretch:
        since, until = (date.fromisoformat(run.job.document[name]) for name in ("since", "until"))
        return stretch_of(list_dated(connection, since, until, run.after, limit), limit)


class GoodsRevisiting(LeasedRound):
    """When goods are seized on a route for the first time: matches on listings of such goods from there."""

    kind = GOODS_REVISITING

    def _next(self, connection: Connection, run: Run, limit: int) -> Stretch:
        goods = {(commodity, origin) for commodity, origin in run.job.document["goods"]}
        read = list_matched(connection, run.after, limit * PAGES)
        found = [each for each in read if _goods_of(each) in goods]
        is_all = len(found) <= limit
        last = read[-1] if is_all and read else found[limit - 1] if found else None
        return Stretch(
            listings=tuple(found[:limit]),
            last=last.id if last else "",
            count=len(found[:limit]) if found else len(read),
            is_end=is_all and len(read) < limit * PAGES,
        )


def _goods_of(listing: Listing) -> tuple[str | None, str | None]:
    try:
        fields = to_fields(listing.document)
    except ValidationError:  # one that cannot be read keeps no others from being advised on
        return None, None
    return commodity_of(fields.category, frozenset(fields.nice_classes)), fields.ships_from
