"""`/v1/listings`: a marketplace submits its listings, and has the verdict on each in the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from api.etags import etag
from api.house import House
from api.idempotency import Once
from api.ndjson import Bulk, Outcome, Posted, Result, answer_outcome
from api.offers import ListingIn, read_draft
from api.paging import Page, Paging
from api.wire import Allow, MoneyOut, allow_by
from matching.model import VerdictName
from partners.errors import RuleBroken
from partners.filing import remove_listing
from partners.ids import looks_like_id
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.listings import (
    ListingFields,
    ScreenedListing,
    get_listing,
    list_listings,
)
from partners.records.screenings import Screening
from partners.screening import Kept, Screener
from partners.tracing import Desk


class ImageOut(Struct, frozen=True, kw_only=True):
    url: str | None
    sha256: str | None


class ListingOut(Struct, frozen=True, kw_only=True):
    """A listing of your own as you submitted it, and its present screening."""

    id: str
    reference: str
    revision: int
    title: str
    description: str
    brand: str
    category: str
    nice_classes: list[int]
    price: MoneyOut | None
    quantity: int | None
    condition: Literal["new", "used", "refurbished"] | None
    gtin: str | None
    mpn: str | None
    ships_from: str | None
    ships_to: list[str]
    language: str | None
    url: str | None
    images: list[ImageOut]
    seller: str | None
    attributes: dict[str, Any]
    screening: Screening


SellerFilter = Annotated[str | None, QueryParameter(max_length=400, description="its id or your reference")]


class ListingController(Controller):
    path = "/v1/listings"
    tags = ("listings",)

    @post(
        operation_id="create_listing",
        summary="Submit and screen listings",
        opt={"bulk": Bulk(ListingIn, ListingOut)},
        sync_to_thread=True,
    )
    def create(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        posted: NamedDependency[Posted],
        once: NamedDependency[Once],
    ) -> Response[ListingOut]:
        """Submit a listing, or a stream of them; the answer has the verdict. A known reference is replaced.

        `seller` is your reference of a seller, or the seller itself; an unknown reference makes a seller
        of whom only that is known. `clear` is advice like any other: nothing is taken down by a score.
        While the registry is loading the answer is 503, and nothing is kept.
        """
        return once.answer(
            lambda: posted.answer(
                ListingIn, lambda items: _submit(house, claims, items, allow_by(conditions))
            )
        )

    @put("/{key:str}", operation_id="replace_listing", summary="Replace a listing", sync_to_thread=True)
    def replace(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[ListingIn],
    ) -> Response[ListingOut]:
        """Replace a listing and screen it anew, or add it under the reference in the path.

        `reference` in the body is the one in the path, or that of the listing whose id the path names.
        """
        _check_reference(house, claims, key, data.reference)
        [outcome] = _submit(house, claims, [data], allow_by(conditions))
        return answer_outcome(outcome)

    @get("/{key:str}", operation_id="get_listing", summary="Read a listing", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[ListingOut]:
        """Read one of your listings with its present screening, which a new registration may have changed."""
        with house.database.reading(claims) as (connection, principal):
            listing = get_listing(connection, principal, key)
        return Response(_show(listing), headers={"ETag": etag(listing.revision)})

    @get(operation_id="list_listings", summary="List listings", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        verdict: FromQuery[VerdictName | None] = None,
        seller: SellerFilter = None,
    ) -> Response[Page[ListingOut]]:
        """List your listings in the order of their making; by verdict, or by seller (id or reference)."""
        with house.database.reading(claims) as (connection, principal):
            found = list_listings(
                connection, principal, after=paging.after, limit=paging.limit, verdict=verdict, seller=seller
            )
        return paging.answer([_show(listing) for listing in found], [listing.id for listing in found])

    @delete("/{key:str}", operation_id="delete_listing", summary="Delete a listing", sync_to_thread=True)
    def remove(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
    ) -> None:
        """Delete a listing of your own. Its matches stand no longer; a case that a person opened goes on."""
        remove_listing(_desk(house), claims, key, house.clock(), allow_by(conditions))
        house.wake()


def _desk(house: House) -> Desk:
    return Desk(house.database, house.keyring, house.settings.flag_days)


def _check_reference(house: House, claims: Claims, key: str, reference: str) -> None:
    """The body names the listing of the path.

    Raises:
        NotFound: the path has an id that is not one of the caller's listings.
        RuleBroken: the body names another one.
    """
    named = key
    if looks_like_id(key):
        with house.database.reading(claims) as (connection, principal):
            named = get_listing(connection, principal, key).reference
    if reference != named:
        raise RuleBroken([("/reference", "the body names another listing than the path")])


def _submit(
    house: House, claims: Claims, items: Sequence[ListingIn], allow: Allow | None = None
) -> list[Outcome[ListingOut]]:
    screener = Screener(_desk(house), house.registry, house.clock)
    outcomes = screener.keep(claims, [read_draft(item) for item in items], allow)
    house.wake()
    return [_result(outcome) if isinstance(outcome, Kept) else outcome for outcome in outcomes]


def _result(kept: Kept) -> Result[ListingOut]:
    return Result(
        status=201 if kept.outcome == "created" else 200,
        body=_show(kept.listing),
        headers={"ETag": etag(kept.listing.revision)},
    )


def _show(listing: ScreenedListing) -> ListingOut:
    return ListingOut(
        id=listing.id,
        reference=listing.reference,
        revision=listing.revision,
        seller=listing.seller,
        screening=listing.screening,
        **_show_fields(listing.fields),
    )


def _show_fields(fields: ListingFields) -> dict[str, Any]:
    shown = {name: getattr(fields, name) for name in ListingFields.__struct_fields__}
    price = fields.price
    return shown | {
        "nice_classes": list(fields.nice_classes),
        "price": MoneyOut(amount=str(price.amount), currency=price.currency) if price else None,
        "ships_to": list(fields.ships_to),
        "images": [ImageOut(url=image.url, sha256=image.sha256) for image in fields.images],
    }
