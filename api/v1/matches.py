"""`/v1/matches`: where a listing and a registration met; each side reads what is its own to know."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Struct

from api.etags import etag
from api.house import House
from api.paging import Page, Paging
from api.wire import MoneyOut
from matching.model import Reason, Span, Use, VerdictName
from matching.reason_codes import CONFIDENTIAL_CODES
from partners.principal import Claims
from partners.records.judgements import JudgementName
from partners.records.matches import Match, MatchFilter, get_match, list_matches


class MatchedTrademark(Struct, frozen=True, kw_only=True):
    """A registration as everybody may know it."""

    id: str
    mark: str
    office: str
    registration_number: str | None


class OwnTrademark(MatchedTrademark, frozen=True, kw_only=True):
    """A registration of your own, with your reference."""

    reference: str


class OwnListing(Struct, frozen=True, kw_only=True):
    """A listing of your own, with your reference."""

    id: str
    reference: str
    title: str


class MatchedImage(Struct, frozen=True, kw_only=True):
    url: str | None
    sha256: str | None


class MatchedListing(Struct, frozen=True, kw_only=True):
    """A listing as a rights holder may know it: the offer, not the person behind it."""

    id: str
    title: str
    url: str | None
    price: MoneyOut | None
    images: list[MatchedImage]
    ships_from: str | None
    ships_to: list[str]


class MatchOut(Struct, frozen=True, kw_only=True):
    """What both sides know of a match.

    `score` is the probability that the text names the mark; `use` and `evasions` are judged apart from it.
    `judgement` is a person's and never changes the score; it holds through `judgement_expires_on` (UTC), if
    that is set. A match that a later screening no longer found
    is `withdrawn_at` then.
    """

    id: str
    revision: int
    verdict: VerdictName
    score: float
    similarity: float
    use: Use
    evasions: list[str]
    found: Span
    also_found: list[Span]
    reasons: list[Reason]
    judgement: JudgementName | None
    judgement_expires_on: date | None
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None


class MarketplaceMatchOut(MatchOut, frozen=True, kw_only=True, tag_field="seen_by", tag="marketplace"):
    """A match on a listing of your own."""

    listing: OwnListing
    trademark: MatchedTrademark


class RightsHolderMatchOut(MatchOut, frozen=True, kw_only=True, tag_field="seen_by", tag="rights_holder"):
    """A match on a registration of your own; once it is withdrawn, its `listing` is null."""

    listing: MatchedListing | None
    trademark: OwnTrademark


Shown: TypeAlias = MarketplaceMatchOut | RightsHolderMatchOut

IdFilter = Annotated[str | None, QueryParameter(max_length=40, description="its id")]


class MatchController(Controller):
    path = "/v1/matches"
    tags = ("matches",)

    @get(operation_id="list_matches", summary="List matches", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        verdict: FromQuery[VerdictName | None] = None,
        listing: IdFilter = None,
        trademark: IdFilter = None,
    ) -> Response[Page[Shown]]:
        """List the matches on your listings, or on your registrations, in the order of their making.

        Those that ask for a person's eye: review and alert. `verdict` asks for one of them, or for what is
        clear; `listing` and `trademark` are ids. Withdrawn matches are not listed.
        """
        asked = MatchFilter(verdict=verdict, listing=listing, trademark=trademark)
        with house.database.reading(claims) as (connection, principal):
            found = list_matches(connection, principal, after=paging.after, limit=paging.limit, asked=asked)
        return paging.answer([_show(claims, match) for match in found], [match.id for match in found])

    @get("/{key:str}", operation_id="get_match", summary="Read a match", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[Shown]:
        """Read a match on a listing or a registration of your own, a withdrawn one too."""
        with house.database.reading(claims) as (connection, principal):
            match = get_match(connection, principal, key)
        return Response(_show(claims, match), headers={"ETag": etag(match.revision)})


def _show(claims: Claims, match: Match) -> Shown:
    shared: dict[str, Any] = {name: getattr(match, name) for name in MatchOut.__struct_fields__}
    shared |= {name: list(shared[name]) for name in ("evasions", "also_found", "reasons")}
    named: dict[str, Any] = {"id": match.trademark_id, "mark": match.mark, "office": match.office}
    named["registration_number"] = match.registration_number
    if claims.kind == "rights_holder":
        shared["reasons"] = [reason for reason in match.reasons if reason.code not in CONFIDENTIAL_CODES]
        trademark = OwnTrademark(reference=match.trademark_reference or "", **named)
        return RightsHolderMatchOut(listing=_show_listing(match), trademark=trademark, **shared)
    reference = match.listing_reference or ""
    listing = OwnListing(id=match.listing_id, reference=reference, title=match.listing.title)
    return MarketplaceMatchOut(listing=listing, trademark=MatchedTrademark(**named), **shared)


def _show_listing(match: Match) -> MatchedListing | None:
    """The offer that was found; a withdrawn match's listing is gone, or is another offer by now."""
    if match.withdrawn_at is not None:
        return None
    fields, price = match.listing, match.listing.price
    return MatchedListing(
        id=match.listing_id,
        title=fields.title,
        url=fields.url,
        price=MoneyOut(amount=str(price.amount), currency=price.currency) if price else None,
        images=[MatchedImage(url=image.url, sha256=image.sha256) for image in fields.images],
        ships_from=fields.ships_from,
        ships_to=list(fields.ships_to),
    )
