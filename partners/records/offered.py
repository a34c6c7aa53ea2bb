"""Offered: what one account offers that met a registration, for the acts that advise on it anew."""

from __future__ import annotations

from sqlalchemy import Connection, select

from partners.db import to_struct
from partners.records.licensees import Account
from partners.records.listings import Listing, listings
from partners.records.matches import matches
from partners.records.sellers import sellers


def list_met_of(
    connection: Connection, trademark_id: str, account: Account, after: str, limit: int
) -> list[Listing]:
    """The next listings of an account that have a standing match with a registration, by their ids."""
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
