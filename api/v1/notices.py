"""`/v1/notices`: the notices that rights holders filed by confirming a match."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, convert

from api.house import House
from api.paging import Page, Paging
from matching.model import Reason, Span
from partners.principal import Claims
from partners.records.cases import Notice, get_notice, list_notices


class NoticeTrademark(Struct, frozen=True, kw_only=True):
    id: str
    mark: str
    office: str
    registration_number: str | None


class NoticeListing(Struct, frozen=True, kw_only=True):
    id: str
    reference: str
    title: str | None
    url: str | None


class NoticeOut(Struct, frozen=True, kw_only=True):
    """A notice (DSA Art. 16): who says it, of which listing, on which right, and why."""

    id: str
    match: str
    state: Literal["filed", "withdrawn"]
    notifier: str
    statement: str
    trademark: NoticeTrademark
    listing: NoticeListing
    found: Span
    reasons: list[Reason]
    filed_at: datetime
    withdrawn_at: datetime | None = None


class NoticeController(Controller):
    path = "/v1/notices"
    tags = ("cases",)

    @get(operation_id="list_notices", summary="List notices", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
    ) -> Response[Page[NoticeOut]]:
        """List the notices you filed, or those that concern your listings, oldest first."""
        with house.database.reading(claims) as (connection, principal):
            notices = list_notices(connection, principal, after=paging.after, limit=paging.limit)
        return paging.answer([_show(notice) for notice in notices], [notice.id for notice in notices])

    @get("/{key:str}", operation_id="get_notice", summary="Read a notice", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> NoticeOut:
        """Read a notice as it was filed: what it says does not change with the listing."""
        with house.database.reading(claims) as (connection, principal):
            return _show(get_notice(connection, principal, key))


def _show(notice: Notice) -> NoticeOut:
    document: dict[str, Any] = notice.document
    return NoticeOut(
        id=notice.id,
        match=notice.match_id,
        state="withdrawn" if notice.withdrawn_at else "filed",
        notifier=document["notifier"],
        statement=document["statement"],
        trademark=NoticeTrademark(**document["trademark"]),
        listing=NoticeListing(**document["listing"]),
        found=Span(**document["found"]),
        reasons=convert(document["reasons"], list[Reason]),
        filed_at=notice.filed_at,
        withdrawn_at=notice.withdrawn_at,
    )
