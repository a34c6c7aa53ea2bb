"""`/v1/trademarks`: a rights holder's registrations, against which listings are screened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from api.etags import etag
from api.genuine import GenuineProductIn, GenuineProductOut, read_genuine, show_genuine
from api.house import House
from api.idempotency import Once
from api.ndjson import Bulk, Outcome, Posted, Result, answer_outcome
from api.paging import Page, Paging
from api.wire import Allow, Reference, allow_by
from partners.errors import RuleBroken
from partners.ids import looks_like_id
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.trademarks import (
    Kind,
    Status,
    Trademark,
    TrademarkFields,
    get_trademark,
    is_in_force,
    list_trademarks,
)
from partners.registering import (
    ChanceHit,
    Registered,
    find_chance_hits,
    register_trademarks,
    remove_trademark,
)

Office = Annotated[str, Meta(pattern=r"^[A-Z]{2}$", max_length=2, description="WIPO ST.3", examples=["EM"])]
Territory = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z]{2}$",
        max_length=2,
        description="ISO 3166-1 alpha-2, or a union: EU, BX, OA, AP",
        examples=["EU"],
    ),
]
NiceClass = Annotated[
    int, Meta(ge=0, le=99, description="of the Nice classification, 1 to 45", examples=[25])
]
Spelling = Annotated[str, Meta(min_length=1, max_length=400)]


class TrademarkIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registration; only `reference`, `mark` and `office` are required.

    Without `territories` it covers what its office covers. `spellings` and `products` are found like the
    mark itself.
    """

    reference: Reference
    mark: Annotated[str, Meta(min_length=1, max_length=1000, examples=["NIKE"])]
    office: Office
    kind: Kind = "word"
    registration_number: Annotated[str, Meta(max_length=100)] | None = None
    status: Status = "registered"
    filed_on: date | None = None
    registered_on: date | None = None
    expires_on: date | None = None
    territories: Annotated[list[Territory], Meta(max_length=300)] = []
    nice_classes: Annotated[list[NiceClass], Meta(max_length=45)] = []
    spellings: Annotated[list[Spelling], Meta(max_length=200)] = []
    products: Annotated[list[Spelling], Meta(max_length=200, examples=[["Air Jordan 1"]])] = []
    goods: Annotated[str, Meta(max_length=20_000)] = ""
    genuine: Annotated[
        list[GenuineProductIn],
        Meta(max_length=2000, description="your genuine products: a listing's barcode and price meet them"),
    ] = []


class TrademarkOut(Struct, frozen=True, kw_only=True):
    """A registration of your own.

    `registry_version` is the version from which screenings know this revision; null until it has a place
    in the registry's order, well within a second. `in_force` is as of today. `chance_hits` tells of each
    spelling and product name about how many of a million ordinary titles hold it by chance.
    """

    id: str
    reference: str
    revision: int
    rights_holder: str
    mark: str
    office: str
    kind: Kind
    registration_number: str | None
    status: Status
    filed_on: date | None
    registered_on: date | None
    expires_on: date | None
    territories: list[str]
    nice_classes: list[int]
    spellings: list[str]
    products: list[str]
    goods: str
    genuine: list[GenuineProductOut]
    chance_hits: list[ChanceHit]
    in_force: bool
    registry_version: int | None
    created_at: datetime
    updated_at: datetime


OfficeFilter = Annotated[str | None, QueryParameter(max_length=2, description="WIPO ST.3, as in `EM`")]


class TrademarkController(Controller):
    path = "/v1/trademarks"
    tags = ("trademarks",)

    @post(
        operation_id="create_trademark",
        summary="Submit registrations",
        opt={"bulk": Bulk(TrademarkIn, TrademarkOut)},
        sync_to_thread=True,
    )
    def create(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        posted: NamedDependency[Posted],
        once: NamedDependency[Once],
    ) -> Response[TrademarkOut]:
        """Submit a registration, or a stream of them; a known reference is replaced.

        New listings are screened against it within a second. Listings stored before meet it in the
        background; what that changes is told by events.
        """
        return once.answer(
            lambda: posted.answer(
                TrademarkIn, lambda items: _submit(house, claims, items, allow_by(conditions))
            )
        )

    @put(
        "/{key:str}", operation_id="replace_trademark", summary="Replace a registration", sync_to_thread=True
    )
    def replace(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[TrademarkIn],
    ) -> Response[TrademarkOut]:
        """Replace a registration, or add it under the reference in the path.

        `reference` in the body is the one in the path, or that of the registration whose id the path names.
        """
        _check_reference(house, claims, key, data.reference)
        [outcome] = _submit(house, claims, [data], allow_by(conditions))
        return answer_outcome(outcome)

    @get("/{key:str}", operation_id="get_trademark", summary="Read a registration", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[TrademarkOut]:
        """Read one of your registrations."""
        with house.database.reading(claims) as (connection, principal):
            trademark = get_trademark(connection, principal, key)
        return Response(_show(house, trademark), headers={"ETag": etag(trademark.revision)})

    @get(operation_id="list_trademarks", summary="List registrations", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        status: FromQuery[Status | None] = None,
        office: OfficeFilter = None,
    ) -> Response[Page[TrademarkOut]]:
        """List your registrations in the order of their making; by status, or by office."""
        with house.database.reading(claims) as (connection, principal):
            found = list_trademarks(
                connection, principal, after=paging.after, limit=paging.limit, status=status, office=office
            )
        return paging.answer([_show(house, trademark) for trademark in found], [each.id for each in found])

    @delete(
        "/{key:str}", operation_id="delete_trademark", summary="Delete a registration", sync_to_thread=True
    )
    def remove(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
    ) -> None:
        """Take a registration out of the registry: nothing is screened against it any more.

        Its matches are withdrawn in the background and stay readable by their ids; a case that a person
        opened goes on.
        """
        remove_trademark(house.database, claims, key, house.clock(), allow_by(conditions))
        house.wake()


def _check_reference(house: House, claims: Claims, key: str, reference: str) -> None:
    """The body names the registration of the path.

    Raises:
        NotFound: the path has an id that is not one of the caller's registrations.
        RuleBroken: the body names another one.
    """
    named = key
    if looks_like_id(key):
        with house.database.reading(claims) as (connection, principal):
            named = get_trademark(connection, principal, key).reference
    if reference != named:
        raise RuleBroken([("/reference", "the body names another registration than the path")])


def _submit(
    house: House, claims: Claims, items: Sequence[TrademarkIn], allow: Allow | None = None
) -> list[Outcome[TrademarkOut]]:
    rows = [to_fields(item) for item in items]
    outcomes = register_trademarks(house.database, claims, rows, house.clock(), allow)
    house.wake()
    return [_result(house, outcome) if isinstance(outcome, Registered) else outcome for outcome in outcomes]


def to_fields(item: TrademarkIn) -> TrademarkFields:
    """A registration as it was submitted."""
    fields = {name: getattr(item, name) for name in TrademarkIn.__struct_fields__}
    genuine = tuple(read_genuine(product) for product in item.genuine)
    return msgspec.convert(fields | {"genuine": genuine}, TrademarkFields)


def _result(house: House, registered: Registered) -> Result[TrademarkOut]:
    return Result(
        status=201 if registered.outcome == "created" else 200,
        body=_show(house, registered.trademark),
        headers={"ETag": etag(registered.trademark.revision)},
    )


def _show(house: House, trademark: Trademark) -> TrademarkOut:
    fields = {name: getattr(trademark, name) for name in TrademarkFields.__struct_fields__}
    lists = {name: list(fields[name]) for name in ("territories", "nice_classes", "spellings", "products")}
    lists["genuine"] = [show_genuine(product) for product in trademark.genuine]
    return TrademarkOut(
        id=trademark.id,
        revision=trademark.revision,
        rights_holder=trademark.organization_id,
        chance_hits=find_chance_hits(trademark),
        in_force=is_in_force(trademark, house.clock().date()),
        registry_version=trademark.position,
        created_at=trademark.created_at,
        updated_at=trademark.updated_at,
        **(fields | lists),
    )
