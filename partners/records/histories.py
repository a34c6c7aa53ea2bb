"""Histories: what all records say of sellers, across their accounts and across tenants; for acts only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, case, func, or_, select

from matching.model import LinkedSeizure
from partners.among import among
from partners.records.cases import cases
from partners.records.links import links
from partners.records.listings import listings
from partners.records.matches import matches
from partners.records.seizures import seizure_items, seizures
from partners.records.sellers import sellers


class History(Struct, frozen=True, kw_only=True):
    """Seizures and what became of matches; `evidence_at` is when the last of it was learned.

    `administrations` are those whose seizures count in it.
    """

    seizures: tuple[LinkedSeizure, ...] = ()
    administrations: frozenset[str] = frozenset()
    alerts: int = 0
    confirmed: int = 0
    removed: int = 0
    rejected: int = 0
    evidence_at: datetime | None = None


class _Linked(Struct, frozen=True):
    seizures: tuple[LinkedSeizure, ...]
    administrations: frozenset[str]
    learned_at: datetime | None


def histories_of(connection: Connection, pseudonyms: Collection[str]) -> dict[str, History]:
    """Pseudonym -> the history of that seller's accounts, for each that is asked for.

    A seizure that is linked twice counts once, as surely as it is linked.
    """
    linked = _linked_seizures(connection, pseudonyms)
    judged = _count_matches(connection, pseudonyms)
    removed = _count_removed(connection, pseudonyms)
    return {
        each: _history(linked.get(each, _UNLINKED), judged.get(each, _UNJUDGED), removed.get(each, (0, None)))
        for each in pseudonyms
    }


def _history(linked: _Linked, judged: _Judged, removed: tuple[int, datetime | None]) -> History:
    moments = [moment for moment in (linked.learned_at, judged.learned_at, removed[1]) if moment]
    return History(
        seizures=linked.seizures,
        administrations=linked.administrations,
        alerts=judged.alerts,
        confirmed=judged.confirmed,
        rejected=judged.rejected,
        removed=removed[0],
        evidence_at=max(moments, default=None),
    )


_UNLINKED: Final = _Linked((), frozenset(), None)


def _linked_seizures(connection: Connection, pseudonyms: Collection[str]) -> dict[str, _Linked]:
    rows = connection.execute(_LINKED, {"pseudonyms": list(pseudonyms)}).all()
    goods = _commodities(connection, {row.id for row in rows}) if rows else {}
    by_seller: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_seller[row.pseudonym].append(row)
    return {
        pseudonym: _Linked(
            tuple(
                LinkedSeizure(
                    seizure_id=row.id,
                    link_score=row.score,
                    seized_on=row.seized_on,
                    commodities=goods.get(row.id, ()),
                )
                for row in theirs
            ),
            frozenset(row.organization_id for row in theirs),
            max(row.learned_at for row in theirs),
        )
        for pseudonym, theirs in by_seller.items()
    }


def _commodities(connection: Connection, seizure_ids: Collection[str]) -> defaultdict[str, tuple[str, ...]]:
    statement = select(seizure_items.c.seizure_id, seizure_items.c.commodity).distinct()
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in connection.execute(
        statement.where(seizure_items.c.seizure_id.in_(seizure_ids)).order_by(seizure_items.c.commodity)
    ):
        found[row.seizure_id] += (row.commodity,)
    return found


class _Judged(Struct, frozen=True):
    alerts: int
    confirmed: int
    rejected: int
    learned_at: datetime | None


_UNJUDGED: Final = _Judged(0, 0, 0, None)


def _count_matches(connection: Connection, pseudonyms: Collection[str]) -> dict[str, _Judged]:
    """Listings with unjudged alerts, and matches that people confirmed or rejected."""
    rows = connection.execute(_COUNTED, {"pseudonyms": list(pseudonyms)})
    return {row.pseudonym: _Judged(row.alerts, row.confirmed, row.rejected, row.learned_at) for row in rows}


def _count_removed(
    connection: Connection, pseudonyms: Collection[str]
) -> dict[str, tuple[int, datetime | None]]:
    rows = connection.execute(_REMOVED, {"pseudonyms": list(pseudonyms)})
    return {row.pseudonym: (row.removed, row.decided_at) for row in rows}


# Built once: they are asked for with every wave of alerts, and cost more to build than to run.
_OF_THEM: Final = among(sellers.c.pseudonym, "pseudonyms")


def _select_linked() -> Select[Any]:
    score, learned = func.max(links.c.score).label("score"), func.max(links.c.created_at).label("learned_at")
    columns = (seizures.c.id, seizures.c.organization_id, seizures.c.seized_on)
    return (
        select(sellers.c.pseudonym, *columns, score, learned)
        .join(links, links.c.seller_id == sellers.c.id)
        .join(seizures, seizures.c.id == links.c.seizure_id)
        .where(_OF_THEM, seizures.c.deleted_at.is_(None))
        .group_by(sellers.c.pseudonym, *columns)
        .order_by(sellers.c.pseudonym, seizures.c.id)
    )


def _select_counted() -> Select[Any]:
    column = matches.c
    unjudged = or_(column.judgement.is_(None), column.judgement == "unsure")
    is_alert = and_(column.verdict == "alert", unjudged, column.withdrawn_at.is_(None))
    is_confirmed = column.judgement == "confirmed"
    is_rejected = and_(column.judgement == "rejected", column.verdict == "alert")
    learned_at = case((is_confirmed, column.judged_at), (is_alert, column.created_at))
    return (
        select(
            sellers.c.pseudonym,
            func.count(case((is_alert, column.listing_id)).distinct()).label("alerts"),
            func.count(case((is_confirmed, column.id))).label("confirmed"),
            func.count(case((is_rejected, column.id))).label("rejected"),
            func.max(learned_at).label("learned_at"),
        )
        .join(listings, listings.c.seller_id == sellers.c.id)
        .join(matches, matches.c.listing_id == listings.c.id)
        .where(_OF_THEM)
        .group_by(sellers.c.pseudonym)
    )


def _select_removed() -> Select[Any]:
    decided_at = func.max(cases.c.decided_at).label("decided_at")
    return (
        select(sellers.c.pseudonym, func.count().label("removed"), decided_at)
        .join(listings, listings.c.seller_id == sellers.c.id)
        .join(cases, cases.c.listing_id == listings.c.id)
        .where(_OF_THEM, cases.c.decision.in_(("removed", "restricted")))
        .group_by(sellers.c.pseudonym)
    )


_LINKED: Final = _select_linked()
_COUNTED: Final = _select_counted()
_REMOVED: Final = _select_removed()


def find_listing_sellers(connection: Connection, marketplaces: Collection[str], reference: str) -> list[str]:
    """Ids of the sellers of a listing that a customs report names by its marketplace's reference."""
    statement = select(listings.c.seller_id).where(
        listings.c.organization_id.in_(marketplaces),
        listings.c.reference == reference,
        listings.c.seller_id.is_not(None),
    )
    return sorted(set(connection.scalars(statement)))


def find_seller_of(connection: Connection, listing_id: str) -> str | None:
    """The id of a listing's seller, where its marketplace named one."""
    return connection.scalar(select(listings.c.seller_id).where(listings.c.id == listing_id))
