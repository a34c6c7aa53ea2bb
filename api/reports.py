"""A seizure report on the wire: the form of customs, and how it is read and shown.

The fields are composed from what customs publish of their forms; the forms themselves are not public.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct, convert

from api.parties import PartyIn, PartyOut, read_party, show_party
from api.wire import Country, MoneyIn, MoneyOut, ReasonOut, Reference, show_money
from matching.model import Party
from partners.records.links import ReportedSeizure
from partners.records.reports import RouteStep, SeizureReport
from partners.records.seizures import ECommerce, Item, Persons, totals_of
from partners.reference.vocabularies import (
    Channel,
    Commodity,
    Concealment,
    Detection,
    Direction,
    Outcome,
    Right,
    Role,
    RouteRole,
    Unit,
)

Text = Annotated[str, Meta(max_length=4000)]
Short = Annotated[str, Meta(max_length=400)]
Code = Annotated[str, Meta(min_length=1, max_length=20)]
Office = Annotated[str, Meta(min_length=5, max_length=6, description="UN/LOCODE", examples=["FRLIO"])]


class RouteStepIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A country that the goods came through, or are said to come from."""

    role: RouteRole
    country: Country


class ECommerceIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the goods were bought: the marketplace's name or id, and its own references."""

    marketplace: Annotated[str, Meta(min_length=1, max_length=400)]
    listing: Short = ""
    seller: Short = ""
    order: Short = ""


class QuantityIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quantity in its unit; different units are never summed."""

    value: Annotated[float, Meta(gt=0, le=1e12, description="at most three decimals; pieces and doses whole")]
    unit: Unit


class ItemIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of goods."""

    commodity: Commodity
    hs_code: Code | None = None
    description: Text | None = None
    brand: Short | None = None
    right: Right | None = None
    quantity: QuantityIn | None = None
    value: MoneyIn | None = None
    gtin: Code | None = None
    serials: Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=1000)] = []


class SeizureIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seizure; without `seizure_case_reference` it is a case of its own. Persons are stored encrypted."""

    reference: Reference
    seized_on: date
    administration: Country
    items: Annotated[list[ItemIn], Meta(min_length=1, max_length=1000)]
    seizure_case_reference: Reference | None = None
    office: Office | None = None
    direction: Direction | None = None
    channel: Channel | None = None
    route: Annotated[list[RouteStepIn], Meta(max_length=20)] = []
    detection: Detection | None = None
    concealment: Concealment | None = None
    e_commerce: ECommerceIn | None = None
    consignor: PartyIn | None = None
    consignee: PartyIn | None = None
    declarant: PartyIn | None = None
    outcome: Outcome | None = None
    operation: Reference | None = None


class RouteStepOut(Struct, frozen=True, kw_only=True):
    """A country that the goods came through, or are said to come from."""

    role: RouteRole
    country: str


class ECommerceOut(Struct, frozen=True, kw_only=True):
    """Where the goods were bought."""

    marketplace: str
    listing: str
    seller: str
    order: str


class QuantityOut(Struct, frozen=True, kw_only=True):
    """A quantity in its unit."""

    value: int | float
    unit: Unit


class TotalOut(Struct, frozen=True, kw_only=True):
    """The sum of all items that count in one unit."""

    unit: Unit
    quantity: int | float


class ItemOut(Struct, frozen=True, kw_only=True):
    """One kind of goods."""

    commodity: Commodity
    hs_code: str | None
    description: str | None
    brand: str | None
    right: Right | None
    quantity: QuantityOut | None
    value: MoneyOut | None
    gtin: str | None
    serials: list[str]


class LinkedSellerOut(Struct, frozen=True, kw_only=True):
    """A seller that the seizure leads to, under its pseudonym; `score` is how sure the link is, 0 to 1."""

    pseudonym: str
    country: str | None
    role: Role
    score: float
    reasons: list[ReasonOut]


class SeizureOut(Struct, frozen=True, kw_only=True):
    """A seizure of your own: as reported, with totals by unit and the sellers it leads to."""

    id: str
    reference: str
    seizure_case_reference: str
    revision: int
    seized_on: date
    administration: str
    office: str | None
    direction: Direction | None
    channel: Channel | None
    route: list[RouteStepOut]
    detection: Detection | None
    concealment: Concealment | None
    e_commerce: ECommerceOut | None
    consignor: PartyOut | None
    consignee: PartyOut | None
    declarant: PartyOut | None
    items: list[ItemOut]
    totals: list[TotalOut]
    outcome: Outcome | None
    operation: str | None
    sellers: list[LinkedSellerOut]
    created_at: datetime
    updated_at: datetime


def read_report(seizure: SeizureIn) -> SeizureReport:
    """The report as the flow takes it."""
    shop = seizure.e_commerce
    return SeizureReport(
        reference=seizure.reference,
        seizure_case_reference=seizure.seizure_case_reference or seizure.reference,
        seized_on=seizure.seized_on,
        administration=seizure.administration,
        items=tuple(_read_item(item) for item in seizure.items),
        persons=Persons(
            consignor=_read_party(seizure.consignor),
            consignee=_read_party(seizure.consignee),
            declarant=_read_party(seizure.declarant),
            e_commerce=convert(shop, ECommerce, from_attributes=True) if shop else None,
        ),
        office=seizure.office,
        direction=seizure.direction,
        channel=seizure.channel,
        route=tuple(RouteStep(step.role, step.country) for step in seizure.route),
        detection=seizure.detection,
        concealment=seizure.concealment,
        outcome=seizure.outcome,
        operation=seizure.operation,
    )


def _read_party(party: PartyIn | None) -> Party | None:
    return read_party(party) if party else None


def _read_item(item: ItemIn) -> Item:
    return Item(
        commodity=item.commodity,
        hs_code=item.hs_code,
        description=item.description,
        brand=item.brand,
        right=item.right,
        quantity=Decimal(repr(item.quantity.value)) if item.quantity else None,
        unit=item.quantity.unit if item.quantity else None,
        value_amount=item.value.decimal if item.value else None,
        value_currency=item.value.currency if item.value else None,
        gtin=item.gtin,
        serials=tuple(item.serials),
    )


def show_seizure(reported: ReportedSeizure, persons: Persons) -> SeizureOut:
    """The answer to the administration whose seizure it is."""
    seizure, shown = reported.seizure, reported.items
    said = dict.fromkeys(
        ("office", "direction", "channel", "detection", "concealment", "outcome", "operation")
    )
    totals = sorted(totals_of(shown).items())
    return convert(
        {
            **said,
            **seizure.document,
            "id": seizure.id,
            "reference": seizure.reference,
            "seizure_case_reference": seizure.seizure_case_reference,
            "revision": seizure.revision,
            "seized_on": seizure.seized_on,
            "administration": seizure.administration,
            "e_commerce": persons.e_commerce,
            "consignor": _show_party(persons.consignor),
            "consignee": _show_party(persons.consignee),
            "declarant": _show_party(persons.declarant),
            "items": [_show_item(item) for item in shown],
            "totals": [TotalOut(unit=unit, quantity=_number(total)) for unit, total in totals],
            "sellers": [convert(link, LinkedSellerOut, from_attributes=True) for link in reported.links],
            "created_at": seizure.created_at,
            "updated_at": seizure.updated_at,
        },
        SeizureOut,
        from_attributes=True,
    )


def _show_party(party: Party | None) -> PartyOut | None:
    return show_party(party) if party else None


def _show_item(item: Item) -> ItemOut:
    value = None
    if item.value_amount is not None and item.value_currency is not None:
        value = show_money(item.value_amount, item.value_currency)
    quantity = None
    if item.quantity is not None and item.unit is not None:
        quantity = QuantityOut(value=_number(item.quantity), unit=item.unit)
    return ItemOut(
        commodity=item.commodity,
        hs_code=item.hs_code,
        description=item.description,
        brand=item.brand,
        right=item.right,
        quantity=quantity,
        value=value,
        gtin=item.gtin,
        serials=list(item.serials),
    )


def _number(exact: Decimal) -> int | float:
    return int(exact) if exact == exact.to_integral_value() else float(exact)
