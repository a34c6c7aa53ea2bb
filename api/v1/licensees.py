"""`/v1/trademarks/{key}/licensees`: the sellers that a rights holder licensed under a registration."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from partners.licensing import License, end_license, license_seller
from partners.principal import Claims
from partners.records.licensees import Licensee, list_licensees
from partners.records.trademarks import get_trademark

_TEXT = r"^[^\x00-\x1f\x7f]+$"


class LicenseeIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A licensed seller, as its marketplace knows it; it need not be there yet."""

    marketplace: Annotated[
        str,
        Meta(min_length=1, max_length=400, pattern=_TEXT, description="the marketplace's name or its id"),
    ]
    seller: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=400,
            pattern=_TEXT,
            description="the marketplace's own reference of the seller",
        ),
    ]
    until: Annotated[date | None, Meta(description="the last day of the license; null: it has no end")] = None


class LicenseeOut(Struct, frozen=True, kw_only=True):
    """A licensed seller as you named it; whether there is such a seller, nobody is told here."""

    id: str
    marketplace: str
    seller: str
    until: date | None
    created_at: datetime
    updated_at: datetime


class LicenseeController(Controller):
    path = "/v1/trademarks/{key:str}/licensees"
    tags = ("trademarks",)

    @post(
        operation_id="add_licensee",
        summary="License a seller",
        opt={"may_replace": True},
        sync_to_thread=True,
    )
    def add(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[LicenseeIn],
    ) -> Response[LicenseeOut]:
        """Name a seller that you licensed under a registration; one that is named already is replaced.

        The seller is who has this reference on this marketplace: the same reference elsewhere is another
        seller. Its listings are screened as a licensee's from now on, those stored before within seconds, and
        changed verdicts are told by events. The answer is the same whether there is such a seller or not.
        """
        return once.answer(lambda: _license(house, claims, key, data))

    @get(operation_id="list_licensees", summary="List licensed sellers", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        key: FromPath[str],
    ) -> Response[Page[LicenseeOut]]:
        """List the sellers that you licensed under a registration, those whose license is over, too."""
        with house.database.reading(claims) as (connection, principal):
            trademark = get_trademark(connection, principal, key)
            found = list_licensees(
                connection, principal, trademark.id, after=paging.after, limit=paging.limit
            )
        return paging.answer([_show(each) for each in found], [each.id for each in found])

    @delete("/{licensee:str}", operation_id="delete_licensee", summary="End a license", sync_to_thread=True)
    def remove(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        key: FromPath[str],
        licensee: FromPath[str],
    ) -> None:
        """Take a seller off your licensees, by our id; its listings are advised anew in seconds."""
        end_license(house.database, claims, key, licensee, house.clock())
        house.wake()


def _license(house: House, claims: Claims, key: str, data: LicenseeIn) -> Response[LicenseeOut]:
    given = License(marketplace=data.marketplace, seller=data.seller, until=data.until)
    licensed = license_seller(house.database, claims, key, given, house.clock())
    house.wake()
    return Response(_show(licensed.licensee), status_code=201 if licensed.outcome == "created" else 200)


def _show(licensee: Licensee) -> LicenseeOut:
    return LicenseeOut(
        id=licensee.id,
        marketplace=licensee.marketplace,
        seller=licensee.seller,
        until=licensee.until,
        created_at=licensee.created_at,
        updated_at=licensee.updated_at,
    )
