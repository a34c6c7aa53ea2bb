"""Standing: stored listings that have a match, those that something may now be advised otherwise on."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from partners.db import to_struct
from partners.records.licensees import Account
from partners.records.listings import Listing, listings
from partners.records.matches import matches
from partners.records.sellers import sellers
from partners.records.trademarks import trademarks


def list_matched(connection: Connection, after: str, limit: int) -> list[Listing]:
    """The next listings of all marketplaces with a standing match, in order of their ids, for an act."""
    return _next(connection, select(matches.c.id).where(_IS_STANDING), after, limit)


def list_dated(connection: Connection, since: date, until: date, after: str, limit: int) -> list[Listing]:
    """The same where a registration that they match was registered after the day `since` and not after
    `until`, or expired on `since` or later, before `until`.
    """
    began = and_(trademarks.c.registered_on > since, trademarks.c.registered_on <= until)
    ended = and_(trademarks.c.expires_on >= since, trademarks.c.expires_on < until)
    dated = (
        select(matches.c.id)
        .join(trademarks, trademarks.c.id == matches.c.trademark_id)
        .where(_IS_STANDING, trademarks.c.deleted_at.is_(None), or_(began, ended))
    )
    return _next(connection, dated, after, limit)


def list_met_of(
    connection: Connection, trademark_id: str, account: Account, after: str, limit: int
) -> list[Listing]:
    """The same of one account and one registration."""
    statement = (
        select(listings)
        .join(sellers, sellers.c.id == listings.c.seller_id)
        .join(matches, matches.c.listing_id == listings.c.id)
        .where(
            sellers.c.organization_id == account.marketplace_id,
            sellers.c.reference == account.seller,
            matches.c.trademark_id == trademark_id,
            matches.c.withdrawn_at.is_(None),
            listings.c.deleted_at.is_(None),
            listings.c.id > after,
        )
    )
    rows = connection.execute(statement.order_by(listings.c.id).limit(limit))
    return [to_struct(row, Listing) for row in rows]


_IS_STANDING = and_(matches.c.listing_id == listings.c.id, matches.c.withdrawn_at.is_(None))


def _next(connection: Connection, among: Select[Any], after: str, limit: int) -> list[Listing]:
    statement = (
        select(listings)
        .where(listings.c.id > after, listings.c.deleted_at.is_(None), among.correlate(listings).exists())
        .order_by(listings.c.id)
        .limit(limit)
    )
    return [to_struct(row, Listing) for row in connection.execute(statement)]
