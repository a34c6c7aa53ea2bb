"""`/v1/matches/{key}/judgement`: what a person of the rights holder says of a match."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from api.etags import etag
from api.house import House
from partners.errors import NotFound
from partners.judging import Opinion, judge
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.judgements import Judgement, JudgementName, get_judgement, judgement_of

ExpiresOn = Annotated[
    date | None,
    Meta(
        description="the last day (UTC) on which a rejection or a doubt holds, ten years ahead at most; then"
        " the match is advised on as if nobody had judged it",
        examples=["2027-11-21"],
    ),
]
Reason = Annotated[str, Meta(min_length=1, max_length=2000, description="why, in your own words")]


class JudgementIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A judgement: `confirmed` files a notice and asks for the takedown, `rejected` says it is no fake."""

    judgement: JudgementName
    reason: Reason
    expires_on: ExpiresOn = None


class JudgementOut(Struct, frozen=True, kw_only=True):
    """A judgement that stands beside the score of its match; `revision` is its ETag.

    It holds through the day `expires_on` (UTC), or until it is taken back.
    """

    match: str
    judgement: JudgementName
    reason: str
    expires_on: date | None
    judged_by: str
    judged_at: datetime
    revision: int


class JudgementController(Controller):
    path = "/v1/matches/{key:str}/judgement"
    tags = ("matches",)

    @put(operation_id="judge_match", summary="Judge a match", sync_to_thread=True)
    def put(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[JudgementIn],
    ) -> Response[JudgementOut]:
        """Judge a match on one of your registrations.

        Confirming files a notice and opens a takedown case; the marketplace is asked, and decides.
        Nothing is ever taken down by a score. Another judgement later needs `If-Match`; taking a
        confirmation back withdraws the notice until the marketplace has decided. A rejection sticks to
        the listing's text; with `expires_on` it ends, and the match is advised on anew.
        """
        opinion = Opinion(judgement=data.judgement, reason=data.reason, expires_on=data.expires_on)
        match = judge(house.desk, claims, key, opinion, conditions, house.clock())
        house.wake()
        return _answer(judgement_of(match))

    @get(operation_id="get_judgement", summary="Read a judgement", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[JudgementOut]:
        """Read the judgement of a match on one of your registrations, with its ETag."""
        with house.database.reading(claims) as (connection, principal):
            return _answer(get_judgement(connection, principal, key))


def _answer(said: Judgement) -> Response[JudgementOut]:
    if said.judgement is None or said.judged_at is None:
        raise NotFound("nobody has judged this match")
    shown = JudgementOut(
        match=said.match,
        judgement=said.judgement,
        reason=said.reason or "",
        expires_on=said.expires_on,
        judged_by=said.judged_by or "",
        judged_at=said.judged_at,
        revision=said.revision,
    )
    return Response(shown, headers={"ETag": etag(said.revision)})
