"""What may be imported: the shape of a row, whose it is, and the flow that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from msgspec import Struct

from api.house import House
from api.offers import ListingIn, read_draft
from api.parties import SellerIn, read_party
from api.reports import SeizureIn, read_report
from api.v1.trademarks import TrademarkIn, to_fields
from partners.enrolling import Enrolled, SellerDraft, enroll_sellers
from partners.errors import RuleBroken
from partners.importing import import_trademarks
from partners.principal import Claims, Kind
from partners.reporting import Reported, report_seizures
from partners.screening import Kept, Screener
from partners.tracing import Desk

Outcome = str | RuleBroken
Submit = Callable[[House, Claims, Sequence[Any]], Sequence[Outcome]]


class Noun(Struct, frozen=True, kw_only=True):
    """`at_once` rows are one transaction of about a fifth of a second, `window` rows are read ahead."""

    takes: type[Struct]
    kind: Kind
    at_once: int
    window: int
    submit: Submit


def _submit_trademarks(house: House, claims: Claims, items: Sequence[TrademarkIn]) -> Sequence[Outcome]:
    rows = [to_fields(item) for item in items]
    return cast("Sequence[Outcome]", import_trademarks(house.database, claims, rows, house.clock()))


def _submit_sellers(house: House, claims: Claims, items: Sequence[SellerIn]) -> Sequence[Outcome]:
    drafts = [SellerDraft(reference=item.reference, party=read_party(item)) for item in items]
    return _outcomes(enroll_sellers(_desk(house), claims, drafts, house.clock()))


def _submit_listings(house: House, claims: Claims, items: Sequence[ListingIn]) -> Sequence[Outcome]:
    screener = Screener(_desk(house), house.registry, house.clock)
    return _outcomes(screener.keep(claims, [read_draft(item) for item in items]))


def _submit_seizures(house: House, claims: Claims, items: Sequence[SeizureIn]) -> Sequence[Outcome]:
    reports = [read_report(item) for item in items]
    return _outcomes(report_seizures(_desk(house), claims, reports, house.clock()))


def _outcomes(results: Sequence[Enrolled | Kept | Reported | RuleBroken]) -> list[Outcome]:
    return [result if isinstance(result, RuleBroken) else result.outcome for result in results]


def _desk(house: House) -> Desk:
    return Desk(house.database, house.keyring, house.settings.flag_days)


NOUNS: Mapping[str, Noun] = {
    "trademarks": Noun(
        takes=TrademarkIn, kind="rights_holder", at_once=1000, window=50_000, submit=_submit_trademarks
    ),
    "sellers": Noun(takes=SellerIn, kind="marketplace", at_once=200, window=200, submit=_submit_sellers),
    "listings": Noun(takes=ListingIn, kind="marketplace", at_once=200, window=200, submit=_submit_listings),
    "seizures": Noun(takes=SeizureIn, kind="customs", at_once=50, window=50, submit=_submit_seizures),
}
