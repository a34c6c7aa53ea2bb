"""An offer of goods on the wire: what listings and screenings take alike."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from api.parties import SellerIn, read_party
from api.wire import Country, MoneyIn, Reference
from matching.model import Money
from partners.enrolling import SellerDraft
from partners.records.listings import Image, ListingFields
from partners.screening import Draft

# `$` alone would let a line feed through.
Url = Annotated[
    str,
    Meta(
        # spelled out, for what `\s` means differs between languages
        pattern=r"^https?://[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]+$(?!\n)",
        max_length=2048,
        examples=["https://shop.example/a-123"],
    ),
]
Gtin = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]{8}|[0-9]{12,14})$(?!\n)",
        max_length=14,
        description="GTIN-8, -12, -13 or -14, digits only",
        examples=["00012345600012"],
    ),
]
Language = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$(?!\n)",
        max_length=35,
        description="BCP 47",
        examples=["en"],
    ),
]
_WITHOUT_POINT = 1e16  # from here on Python writes an exponent, and PostgreSQL an integer
Sha256 = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{64}$", max_length=64, description="of the picture's bytes, in hex")
]
NiceClass = Annotated[
    int, Meta(ge=0, le=99, description="of the Nice classification, 1 to 45", examples=[25])
]


class ImageIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture: where it is, or only its hash, so that it need not leave the marketplace."""

    url: Url | None = None
    sha256: Sha256 | None = None


class ListingIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A listing; only `reference` and `title` are required. More fields make a better verdict."""

    reference: Reference
    title: Annotated[str, Meta(min_length=1, max_length=2000, examples=["N1KE Air Max 90 running shoes"])]
    description: Annotated[str, Meta(max_length=20_000)] | None = None
    brand: (
        Annotated[str, Meta(max_length=400, description="the brand field as the seller filled it")] | None
    ) = None
    category: Annotated[str, Meta(max_length=1000, examples=["Apparel > Shoes"])] | None = None
    nice_classes: Annotated[list[NiceClass], Meta(max_length=45)] = []
    price: MoneyIn | None = None
    quantity: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    condition: Literal["new", "used", "refurbished"] | None = None
    gtin: Gtin | None = None
    mpn: Annotated[str, Meta(max_length=200, description="manufacturer's part number")] | None = None
    ships_from: Country | None = None
    ships_to: Annotated[list[Country], Meta(max_length=300, description="countries, or EU")] = []
    language: Language | None = None
    url: Url | None = None
    images: Annotated[list[ImageIn], Meta(max_length=50)] = []
    seller: Reference | SellerIn | None = None
    attributes: Annotated[dict[str, Any], Meta(max_length=200, description="whatever else you know")] = {}


def read_draft(listing: ListingIn) -> Draft:
    """The listing as the flows of screening take it."""
    return Draft(
        reference=listing.reference, fields=_read_fields(listing), seller=_read_seller(listing.seller)
    )


def _read_fields(listing: ListingIn) -> ListingFields:
    price = listing.price
    return ListingFields(
        title=listing.title,
        description=listing.description or "",
        brand=listing.brand or "",
        category=listing.category or "",
        nice_classes=tuple(listing.nice_classes),
        price=Money(price.decimal, price.currency) if price else None,
        quantity=listing.quantity,
        condition=listing.condition,
        gtin=listing.gtin,
        mpn=listing.mpn,
        ships_from=listing.ships_from,
        ships_to=tuple(listing.ships_to),
        language=listing.language,
        url=listing.url,
        images=tuple(Image(url=image.url, sha256=image.sha256) for image in listing.images),
        attributes=_settle(listing.attributes),
    )


def _settle(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Write a JSON value as both databases give it back: the order of names, the spelling of numbers."""
    match value:
        case dict():
            names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
            return {name: _settle(value[name]) for name in names}
        case list():
            return [_settle(each) for each in value]
        case float() if value.is_integer() and abs(value) >= _WITHOUT_POINT:
            return int(value)
    return value


def _read_seller(seller: str | SellerIn | None) -> str | SellerDraft | None:
    if isinstance(seller, SellerIn):
        return SellerDraft(reference=seller.reference, party=read_party(seller))
    return seller
