"""`/v1/screenings`: advice without keeping anything, and the explanation of advice, kept or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.house import House
from api.limits import JSON
from api.ndjson import Bulk, Outcome, Posted, Result
from api.offers import ListingIn, read_draft
from api.sheet import SVG
from api.waterfall import draw_waterfall
from partners.explaining import Explanation, explain_kept
from partners.previewing import explain_draft
from partners.principal import Claims
from partners.records.screenings import Screening
from partners.screening import Screener
from partners.tracing import Desk

PolicyVersion = Annotated[str | None, QueryParameter(max_length=60, description="a version of the policy")]


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

    @post(
        "/explanation",
        operation_id="explain_listing",
        summary="Explain advice without keeping",
        opt={"draws": SVG},
        status_code=200,
        sync_to_thread=True,
    )
    def explain(
        self,
        request: Request[Any, Any, Any],
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        data: JSONBody[ListingIn],
    ) -> Response[Explanation]:
        """Show every mark that may be meant in a listing, and every weight, and keep nothing.

        `passed_over` holds the marks that advice does not show, each with its weights and why: the fifty
        likeliest, and how many more there are. With `Accept: image/svg+xml` the answer is a picture.
        """
        now = house.clock()
        explanation = explain_draft(house.database, house.registry, claims, read_draft(data), now)
        return _answer(request, explanation)

    @get(
        "/{key:str}/explanation",
        operation_id="explain_screening",
        summary="Explain kept advice",
        opt={"draws": SVG, "may_be_gone": True},
        sync_to_thread=True,
    )
    def show_explanation(
        self,
        request: Request[Any, Any, Any],
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        key: FromPath[str],
        policy: PolicyVersion = None,
    ) -> Response[Explanation]:
        """Show every candidate and every weight of one of your screenings, recomputed from stored evidence.

        `key` is the `id` of a listing's `screening`. Without `policy`, the versions it was screened with
        speak, and `reproduced` is true: bit for bit what was advised. A `policy` that ships speaks on all
        marks, a rights holder's own on that rights holder's. With `Accept: image/svg+xml` the
        answer is a picture: each weight a step of a waterfall. Seizures count in bands. Of marks that were
        passed over nothing is kept.
        """
        with house.database.reading(claims) as (connection, principal):
            explanation = explain_kept(connection, principal, key, policy)
        return _answer(request, explanation)


def _answer(request: Request[Any, Any, Any], explanation: Explanation) -> Response[Explanation]:
    headers = {"Vary": "Accept", "Cache-Control": "no-store"}
    if request.accept.best_match([JSON, SVG], default=JSON) == SVG:
        picture: Any = draw_waterfall(explanation)
        return Response(picture, media_type=SVG, headers=headers)
    return Response(explanation, headers=headers)


def _screen(house: House, claims: Claims, items: Sequence[ListingIn]) -> list[Outcome[Screening]]:
    desk = Desk(house.database, house.keyring, house.settings.flag_days)
    screener = Screener(desk, house.registry, house.clock)
    outcomes = screener.screen(claims, [read_draft(item) for item in items])
    return [
        Result(status=200, body=outcome) if isinstance(outcome, Screening) else outcome
        for outcome in outcomes
    ]
