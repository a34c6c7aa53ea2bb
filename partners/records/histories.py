"""Histories: what all records say of one seller, across its accounts and across tenants; for acts only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, and_, case, func, or_, select

from matching.model import LinkedSeizure
from partners.records.cases import cases
from partners.records.links import links
from partners.records.listings import listings
from partners.records.matches import matches
from partners.records.seizures import seizure_items, seizures


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


def history_of(connection: Connection, seller_ids: Collection[str]) -> History:
    """The history of one seller's accounts; a seizure linked twice counts once, as surely as it is linked."""
    linked = _linked_seizures(connection, seller_ids)
    judged = _count_matches(connection, seller_ids)
    removed, decided_at = _count_removed(connection, seller_ids)
    moments = [moment for moment in (linked.learned_at, judged.learned_at, decided_at) if moment]
    return History(
        seizures=linked.seizures,
        administrations=linked.administrations,
        alerts=judged.alerts,
        confirmed=judged.confirmed,
        rejected=judged.rejected,
        removed=removed,
        evidence_at=max(moments, default=None),
    )


def _linked_seizures(connection: Connection, seller_ids: Collection[str]) -> _Linked:
    score, learned = func.max(links.c.score).label("score"), func.max(links.c.created_at).label("learned_at")
    statement = (
        select(seizures.c.id, seizures.c.organization_id, seizures.c.seized_on, score, learned)
        .join(links, links.c.seizure_id == seizures.c.id)
        .where(links.c.seller_id.in_(seller_ids), seizures.c.deleted_at.is_(None))
        .group_by(seizures.c.id, seizures.c.organization_id, seizures.c.seized_on)
        .order_by(seizures.c.id)
    )
    rows = connection.execute(statement).all()
    goods = _commodities(connection, [row.id for row in rows])
    return _Linked(
        tuple(
            LinkedSeizure(
                seizure_id=row.id, link_score=row.score, seized_on=row.seized_on, commodities=goods[row.id]
            )
            for row in rows
        ),
        frozenset(row.organization_id for row in rows),
        max((row.learned_at for row in rows), default=None),
    )


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


def _count_matches(connection: Connection, seller_ids: Collection[str]) -> _Judged:
    """Listings with unjudged alerts, and matches that people confirmed or rejected."""
    column = matches.c
    unjudged = or_(column.judgement.is_(None), column.judgement == "unsure")
    is_alert = and_(column.verdict == "alert", unjudged, column.withdrawn_at.is_(None))
    is_confirmed = column.judgement == "confirmed"
    is_rejected = and_(column.judgement == "rejected", column.verdict == "alert")
    learned_at = case((is_confirmed, column.judged_at), (is_alert, column.created_at))
    statement = (
        select(
            func.count(case((is_alert, column.listing_id)).distinct()).label("alerts"),
            func.count(case((is_confirmed, column.id))).label("confirmed"),
            func.count(case((is_rejected, column.id))).label("rejected"),
            func.max(learned_at).label("learned_at"),
        )
        .join(listings, listings.c.id == column.listing_id)
        .where(listings.c.seller_id.in_(seller_ids))
    )
    row = connection.execute(statement).one()
    return _Judged(row.alerts, row.confirmed, row.rejected, row.learned_at)


def _count_removed(connection: Connection, seller_ids: Collection[str]) -> tuple[int, datetime | None]:
    statement = (
        select(func.count().label("removed"), func.max(cases.c.decided_at).label("decided_at"))
        .join(listings, listings.c.id == cases.c.listing_id)
        .where(listings.c.seller_id.in_(seller_ids), cases.c.decision.in_(("removed", "restricted")))
    )
    row = connection.execute(statement).one()
    return row.removed, row.decided_at


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
