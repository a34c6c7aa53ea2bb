"""`/v1/screenings`: the same advice as for a listing, without keeping anything."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Controller, Response, post
from litestar.di import NamedDependency

from api.house import House
from api.ndjson import Bulk, Outcome, Posted, Result
from api.offers import ListingIn, read_draft
from partners.principal import Claims
from partners.records.screenings import Screening
from partners.screening import Screener
from partners.tracing import Desk


class ScreeningController(Controller):
    path = "/v1/screenings"
    tags = ("listings",)

    @post(
        operation_id="screen_listing",
        summary="Screen without keeping",
        opt={"bulk": Bulk(ListingIn, Screening)},
        status_code=200,
        sync_to_thread=True,
    )
    def create(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], posted: NamedDependency[Posted]
    ) -> Response[Screening]:
        """Screen a listing, or a stream of them, and keep nothing: `id` and the ids of matches are null.

        A seller by reference counts with what is known of it; a seller given here is not kept.
        """
        return posted.answer(ListingIn, lambda items: _screen(house, claims, items))


def _screen(house: House, claims: Claims, items: Sequence[ListingIn]) -> list[Outcome[Screening]]:
    desk = Desk(house.database, house.keyring, house.settings.flag_days)
    screener = Screener(desk, house.registry, house.clock)
    outcomes = screener.screen(claims, [read_draft(item) for item in items])
    return [
        Result(status=200, body=outcome) if isinstance(outcome, Screening) else outcome
        for outcome in outcomes
    ]
