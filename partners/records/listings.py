"""Listings, as submitted, each with the screening it had last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    select,
    true,
    update,
)

from matching.model import Money, VerdictName
from partners.among import among
from partners.bulk import insert_rows, overwrite_rows
from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import NotFound
from partners.ids import looks_like_id
from partners.principal import Principal
from partners.records.goods import find_price_broken
from partners.records.screenings import Screening, screenings, to_screening
from partners.records.sellers import sellers
from partners.records.texts import is_readable
from partners.reference.countries import COUNTRIES, TERRITORIES

listings = Table(
    "listings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seller_id", String(40), ForeignKey("sellers.id"), index=True),
    # The fields as submitted, without the seller.
    Column("document", JSONDocument, nullable=False),
    # The present screening and its verdict; no foreign key, since each of the two rows names the other.
    Column("screening_id", String(40), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    CheckConstraint("verdict in ('clear', 'review', 'alert')", name="verdict"),
    Index("ix_listings_organization", "organization_id", "id"),
    Index("ix_listings_verdict", "organization_id", "verdict", "id"),
    Index("ux_listings_reference", "organization_id", "reference", unique=True),
)


class Image(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture by its address, its SHA-256 (hex), or both."""

    url: str | None = None
    sha256: str | None = None


class ListingFields(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offer of goods as its marketplace describes it, without its seller."""

    title: str
    description: str = ""
    brand: str = ""
    category: str = ""
    nice_classes: tuple[int, ...] = ()
    price: Money | None = None
    quantity: int | None = None
    condition: Literal["new", "used", "refurbished"] | None = None
    gtin: str | None = None
    mpn: str | None = None
    ships_from: str | None = None
    ships_to: tuple[str, ...] = ()
    language: str | None = None
    url: str | None = None
    images: tuple[Image, ...] = ()
    attributes: dict[str, Any] = {}


class Listing(Struct, frozen=True, kw_only=True):
    """A row: `document` holds the ListingFields."""

    id: str
    organization_id: str
    reference: str
    revision: int
    document: dict[str, Any]
    screening_id: str
    verdict: VerdictName
    created_at: datetime
    updated_at: datetime
    seller_id: str | None = None
    deleted_at: datetime | None = None


class ScreenedListing(Struct, frozen=True, kw_only=True):
    """A listing as its marketplace reads it: the fields, the seller's reference and the present screening."""

    id: str
    reference: str
    revision: int
    fields: ListingFields
    seller_id: str | None
    seller: str | None
    screening: Screening


def find_broken_rules(reference: str, fields: ListingFields) -> list[tuple[str, str]]:
    """What is wrong with a well-formed listing: pairs of JSON pointer and sentence."""
    broken = []
    if looks_like_id(reference):
        broken.append(("/reference", "a reference may not look like one of our ids"))
    if not is_readable(fields.title):
        broken.append(("/title", "a title has at least one character that can be read"))
    for place, number in enumerate(fields.nice_classes):
        if not 1 <= number <= 45:
            broken.append((f"/nice_classes/{place}", f"{number} is no Nice class: they run from 1 to 45"))
    if fields.ships_from is not None and fields.ships_from not in COUNTRIES:
        broken.append(("/ships_from", f"{fields.ships_from} is no country (ISO 3166-1)"))
    for place, country in enumerate(fields.ships_to):
        if country not in TERRITORIES:
            broken.append((f"/ships_to/{place}", f"{country} is no country (ISO 3166-1) and no union"))
    # a barcode with a wrong check digit is no mistake of the listing's form: it is evidence
    return broken + find_price_broken(fields.price, "/price")


def visible_to(principal: Principal, *, is_deleted_too: bool = False) -> ColumnElement[bool]:
    """A marketplace sees its own listings; nobody else sees any as such."""
    own = listings.c.organization_id == principal.organization_id
    return own if is_deleted_too else and_(own, listings.c.deleted_at.is_(None))


def seen_by(principal: Principal) -> Select[Any]:
    """The listings that the principal sees, each with its screening and its seller."""
    return (
        select(
            listings.c.id,
            listings.c.reference,
            listings.c.revision,
            listings.c.document,
            listings.c.seller_id,
            sellers.c.reference.label("seller"),
            screenings.c.document.label("screening"),
        )
        .join(screenings, screenings.c.id == listings.c.screening_id)
        .outerjoin(sellers, sellers.c.id == listings.c.seller_id)
        .where(visible_to(principal))
    )


def list_listings(
    connection: Connection,
    principal: Principal,
    *,
    after: str | None,
    limit: int,
    verdict: VerdictName | None = None,
    seller: str | None = None,
) -> list[ScreenedListing]:
    """The principal's listings behind an id, in order of their ids; `seller` is an id or a reference."""
    statement = seen_by(principal)
    if after is not None:
        statement = statement.where(listings.c.id > after)
    if verdict is not None:
        statement = statement.where(listings.c.verdict == verdict)
    if seller is not None:
        statement = statement.where(
            (sellers.c.id if looks_like_id(seller) else sellers.c.reference) == seller
        )
    return [_to_screened(row) for row in connection.execute(statement.order_by(listings.c.id).limit(limit))]


def get_listing(
    connection: Connection, principal: Principal, key: str, *, lock: bool = False
) -> ScreenedListing:
    """Find a listing by our id or by its reference; with `lock`, hold it.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    column = listings.c.id if looks_like_id(key) else listings.c.reference
    if lock:  # before it is read: PostgreSQL would join the row it waited for with the screenings of before
        held = select(listings.c.id).where(visible_to(principal), column == key)
        connection.execute(held.with_for_update())
    if row := connection.execute(seen_by(principal).where(column == key)).one_or_none():
        return _to_screened(row)
    raise NotFound("no such listing")


def _to_screened(row: Row[Any]) -> ScreenedListing:
    return ScreenedListing(
        id=row.id,
        reference=row.reference,
        revision=row.revision,
        fields=to_fields(row.document),
        seller_id=row.seller_id,
        seller=row.seller,
        screening=to_screening(row.screening),
    )


def to_fields(document: dict[str, Any]) -> ListingFields:
    return msgspec.convert(document, ListingFields)


def hold_by_reference(
    connection: Connection, organization_id: str, references: Collection[str]
) -> dict[str, Listing]:
    """A marketplace's listings by reference, the deleted ones too, held until the transaction ends."""
    asked = {"organization": organization_id, "references": list(references)}
    return {listing.reference: listing for listing in _fetch(connection, _HELD_BY_REFERENCE, asked)}


def hold_by_id(connection: Connection, listing_ids: Collection[str]) -> dict[str, Listing]:
    """Listings of any marketplace by id, for an act, held until the transaction ends."""
    return {each.id: each for each in _fetch(connection, _HELD.where(listings.c.id.in_(listing_ids)))}


_HELD: Final = select(listings).order_by(listings.c.id).with_for_update()
_HELD_BY_REFERENCE: Final = _HELD.where(  # built once: every listing that is kept asks
    listings.c.organization_id == bindparam("organization"), among(listings.c.reference, "references")
)


def _fetch(
    connection: Connection, statement: Select[Any], asked: Mapping[str, object] | None = None
) -> list[Listing]:
    return [to_struct(row, Listing) for row in connection.execute(statement, asked)]


def find_listings(connection: Connection, listing_ids: Collection[str]) -> list[Listing]:
    """Listings of any marketplace by id, for an act; deleted ones are left out."""
    statement = select(listings).where(listings.c.id.in_(listing_ids), listings.c.deleted_at.is_(None))
    return _fetch(connection, statement.order_by(listings.c.id))


def list_batch(connection: Connection, after: str, limit: int) -> list[Listing]:
    """The next listings of all marketplaces in order of their ids, for an act; deleted ones are left out."""
    statement = select(listings).where(listings.c.id > after, listings.c.deleted_at.is_(None))
    return _fetch(connection, statement.order_by(listings.c.id).limit(limit))


def list_of_sellers(
    connection: Connection, seller_ids: Collection[str], after: str, limit: int
) -> list[Listing]:
    """The next listings of some sellers in order of their ids, for an act; deleted ones are left out."""
    theirs = listings.c.seller_id.in_(seller_ids), listings.c.id > after, listings.c.deleted_at.is_(None)
    return _fetch(connection, select(listings).where(*theirs).order_by(listings.c.id).limit(limit))


def list_offered(
    connection: Connection, principal: Principal, seller_id: str, limit: int
) -> tuple[list[Listing], int]:
    """What a seller of the principal's own offers or offered, the deleted ones too; and how many they are."""
    return _find_offered(connection, visible_to(principal, is_deleted_too=True), seller_id, limit)


def find_offered(connection: Connection, seller_id: str) -> tuple[list[Listing], int]:
    """The same of a seller of any marketplace, and without a limit, for an act."""
    return _find_offered(connection, true(), seller_id, None)


def _find_offered(
    connection: Connection, among: ColumnElement[bool], seller_id: str, limit: int | None
) -> tuple[list[Listing], int]:
    own = and_(among, listings.c.seller_id == seller_id)
    first = _fetch(connection, select(listings).where(own).order_by(listings.c.id).limit(limit))
    return first, connection.scalar(select(func.count()).select_from(listings).where(own)) or 0


def count_listings(connection: Connection) -> int:
    """How many listings of all marketplaces are stored."""
    return connection.scalar(select(func.count()).where(listings.c.deleted_at.is_(None))) or 0


def write_listings(connection: Connection, added: Iterable[Listing], changed: Sequence[Listing]) -> None:
    """Insert new rows and overwrite held ones."""
    insert_rows(connection, listings, [msgspec.structs.asdict(listing) for listing in added])
    overwrite_rows(connection, listings, [msgspec.structs.asdict(listing) for listing in changed])


def delete_listing(connection: Connection, listing_id: str, now: datetime) -> None:
    """Take a held listing out; its row and its screenings stay as history."""
    gone = {"deleted_at": now, "updated_at": now, "revision": listings.c.revision + 1}
    connection.execute(update(listings).where(listings.c.id == listing_id).values(gone))
