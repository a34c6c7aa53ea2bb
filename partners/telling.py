"""Telling: what a new screening changed, to the listing's marketplace and to the marks' rights holders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from partners.principal import Kind
from partners.records.events import Fact, Telling, emit_all
from partners.records.listings import Listing
from partners.records.marks import names_of
from partners.records.matches import MatchRow
from partners.records.screenings import Screening


class Filing(Struct, frozen=True, kw_only=True):
    """A held listing (None when it is new) as it is to be, with the advice on it.

    `listing.screening_id` and `listing.verdict` are set here.
    """

    before: Listing | None
    listing: Listing
    screening: Screening


class Met(Struct, frozen=True, kw_only=True):
    """One match as it was and as it is now."""

    before: MatchRow | None
    after: MatchRow


def tell_news(connection: Connection, news: Sequence[tuple[Filing, list[Met]]], now: datetime) -> None:
    """Write the events of listings and matches whose verdict is news."""
    facts: list[Telling] = []
    for filing, _ in news:
        if fact := _listing_fact(filing):
            facts.append((fact, [("marketplace", filing.listing.organization_id)]))
    told = [(filing, met) for filing, mets in news for met in mets if _news_of(met)]
    names = names_of(connection, {met.after.trademark_id for _, met in told}) if told else {}
    for filing, met in told:
        sides: list[tuple[Kind, str]] = [
            ("marketplace", met.after.marketplace_id),
            ("rights_holder", met.after.rights_holder_id),
        ]
        facts.append((_match_fact(filing.listing, met, names[met.after.trademark_id]), sides))
    emit_all(connection, facts, now)


def _listing_fact(filing: Filing) -> Fact | None:
    """A new listing tells of review and alert, a known one of another verdict than before."""
    listing, screening, before = filing.listing, filing.screening, filing.before
    data: dict[str, Any] = {
        "reference": listing.reference,
        "verdict": screening.verdict,
        "score": screening.score,
        "score_basis": screening.score_basis,
        "matches": len(screening.matches),
    }
    if before is None or before.deleted_at is not None:
        type_ = "listing.screened" if screening.verdict != "clear" else None
    else:
        type_ = "listing.verdict_changed" if screening.verdict != before.verdict else None
        data["previous_verdict"] = before.verdict
    if type_ is None:
        return None
    return Fact(type=type_, subject=listing.id, path=f"/v1/listings/{listing.id}", data=data)


def _news_of(met: Met) -> str | None:
    """A match is first heard of at review or alert; then every other verdict is news."""
    before, after = met.before, met.after
    if before is None or before.withdrawn_at is not None:
        return "match.found" if after.verdict != "clear" else None
    return "match.verdict_changed" if after.verdict != before.verdict else None


def _match_fact(listing: Listing, met: Met, named: tuple[str, str]) -> Fact:
    after, (reference, mark) = met.after, named
    data: dict[str, Any] = {
        "listing_id": listing.id,
        "listing_reference": listing.reference,
        "trademark_id": after.trademark_id,
        "trademark_reference": reference,
        "mark": mark,
        "verdict": after.verdict,
        "score": after.score,
        "use": after.use,
    }
    if met.before is not None:
        data["previous_verdict"] = met.before.verdict
    return Fact(type=_news_of(met) or "", subject=after.id, path=f"/v1/matches/{after.id}", data=data)
