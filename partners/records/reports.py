"""Reports: a seizure as an administration describes it, and the rules that its fields obey."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from matching.identifiers import compact, is_valid_gtin, is_valid_unlocode, validate_gtin, validate_hs_code
from partners.ids import looks_like_id
from partners.records import parties
from partners.records.seizures import Item, Persons
from partners.reference.countries import COUNTRIES
from partners.reference.currencies import DECIMALS, fits

# The date line: where it is tomorrow already, a seizure of tomorrow is one of today.
_AHEAD = timedelta(hours=14)
_COUNTED = ("pieces", "doses")
_MOST = Decimal(10**12)
Broken = tuple[str, str]


class RouteStep(Struct, frozen=True):
    """A country that the goods came through."""

    role: str
    country: str


class SeizureReport(Struct, frozen=True, kw_only=True):
    """One seizure of a seizure case: where, when and how, who is named in it, and each kind of goods."""

    reference: str
    seizure_case_reference: str
    seized_on: date
    administration: str
    items: tuple[Item, ...]
    persons: Persons = Persons()
    office: str | None = None
    direction: str | None = None
    channel: str | None = None
    route: tuple[RouteStep, ...] = ()
    detection: str | None = None
    concealment: str | None = None
    outcome: str | None = None
    operation: str | None = None


def document_of(report: SeizureReport) -> dict[str, object]:
    """The fields that name no person, as they are stored; what was not said is left out."""
    names = ("office", "direction", "channel", "detection", "concealment", "outcome", "operation")
    said: dict[str, object] = {name: value for name in names if (value := getattr(report, name)) is not None}
    return said | {"route": [{"role": step.role, "country": step.country} for step in report.route]}


def normalize(report: SeizureReport) -> SeizureReport:
    """A report without broken rules, its numbers in their plain form."""
    items = tuple(
        replace(
            item,
            hs_code=validate_hs_code(item.hs_code) if item.hs_code else None,
            gtin=validate_gtin(item.gtin) if item.gtin else None,
        )
        for item in report.items
    )
    return replace(report, items=items, office=compact(report.office) if report.office else None)


def find_broken_rules(report: SeizureReport, now: datetime) -> list[Broken]:
    """What is wrong with a well-formed report: pairs of JSON pointer and sentence; none names a person."""
    return [
        *_broken_head(report, now),
        *_broken_places(report),
        *_broken_persons(report.persons),
        *(broken for at, item in enumerate(report.items) for broken in _broken_item(item, f"/items/{at}")),
    ]


def _broken_head(report: SeizureReport, now: datetime) -> Iterator[Broken]:
    if looks_like_id(report.reference):
        yield "/reference", "a reference may not look like one of our ids"
    if report.seized_on > (now + _AHEAD).date():
        yield "/seized_on", "a seizure is not in the future"
    if not report.items:
        yield "/items", "a seizure has at least one item"


def _broken_places(report: SeizureReport) -> Iterator[Broken]:
    if report.administration not in COUNTRIES:
        yield "/administration", f"{report.administration} is no country code of ISO 3166-1"
    for at, step in enumerate(report.route):
        if step.country not in COUNTRIES:
            yield f"/route/{at}/country", f"{step.country} is no country code of ISO 3166-1"
    if report.office is not None:
        country = compact(report.office)[:2]
        if not is_valid_unlocode(report.office) or country not in COUNTRIES:
            yield "/office", "a UN/LOCODE is a country's two letters and three letters or digits 2 to 9"


def _broken_persons(persons: Persons) -> Iterator[Broken]:
    for role in ("consignor", "consignee", "declarant"):
        if party := getattr(persons, role):
            yield from parties.find_broken_rules(party, f"/{role}")
    shop = persons.e_commerce
    if shop and not (shop.listing or shop.seller or shop.order):
        yield "/e_commerce", "name the listing, the seller or the order beside the marketplace"


def _broken_item(item: Item, pointer: str) -> Iterator[Broken]:
    if item.hs_code and (wrong := _complaint(validate_hs_code, item.hs_code)):
        yield f"{pointer}/hs_code", wrong
    if item.gtin and not is_valid_gtin(item.gtin):
        yield f"{pointer}/gtin", _complaint(validate_gtin, item.gtin)
    if item.quantity is not None:
        yield from _broken_quantity(item.quantity, item.unit, f"{pointer}/quantity/value")
    if item.value_amount is not None and item.value_currency is not None:
        yield from _broken_value(item.value_amount, item.value_currency, f"{pointer}/value")


def _broken_quantity(quantity: Decimal, unit: str | None, pointer: str) -> Iterator[Broken]:
    if not 0 < quantity <= _MOST:
        yield pointer, f"a quantity is more than 0 and at most {_MOST}"
    elif unit in _COUNTED and quantity != quantity.to_integral_value():
        yield pointer, f"{unit} are counted in whole numbers"
    elif quantity.quantize(Decimal("0.001")) != quantity:
        yield pointer, "a quantity has at most three decimals"


def _broken_value(amount: Decimal, currency: str, pointer: str) -> Iterator[Broken]:
    if currency not in DECIMALS:
        yield f"{pointer}/currency", f"{currency} is no currency code of ISO 4217"
    elif not 0 <= amount <= _MOST:
        yield f"{pointer}/amount", f"an amount is at least 0 and at most {_MOST}"
    elif not fits(amount, currency):
        yield f"{pointer}/amount", f"{currency} has {DECIMALS[currency]} decimals"


def _complaint(validate: Callable[[str], str], value: str) -> str:
    try:
        validate(value)
    except ValueError as error:
        return str(error)
    return ""
