"""Standings: what sellers' flags say of them, as a marketplace and its screenings may know it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import Connection, and_, select

from matching.model import Reason, Risk, SellerStanding
from partners.among import among
from partners.principal import Principal
from partners.records.flags import flags
from partners.records.sellers import sellers


def risks_of(connection: Connection, seller_ids: Collection[str]) -> dict[str, Risk]:
    """Seller id -> its risk by the flag that stands, in bands; "unknown" where none stands."""
    statement = (
        select(sellers.c.id, flags.c.level, flags.c.score_in_bands, flags.c.reasons_in_bands)
        .join(flags, flags.c.pseudonym == sellers.c.pseudonym)
        .where(sellers.c.id.in_(seller_ids), flags.c.lifted_at.is_(None))
    )
    unknown = Risk(level="unknown", score=0.0, reasons=())
    standing = {
        row.id: Risk(
            level=row.level,
            score=row.score_in_bands,
            reasons=msgspec.convert(row.reasons_in_bands, tuple[Reason, ...]),
        )
        for row in connection.execute(statement)
    }
    return {seller_id: standing.get(seller_id, unknown) for seller_id in seller_ids}


def own_risks_of(
    connection: Connection, principal: Principal, seller_ids: Collection[str]
) -> dict[str, Risk]:
    """The same of the principal's own sellers."""
    own = sellers.c.organization_id == principal.organization_id
    found = connection.scalars(select(sellers.c.id).where(sellers.c.id.in_(seller_ids), own))
    return risks_of(connection, found.all())


def standings_of(connection: Connection, seller_ids: Collection[str]) -> dict[str, SellerStanding]:
    """Seller id -> what is known of it across marketplaces, its reasons as a marketplace may read them."""
    return {
        row.id: SellerStanding(id=row.id, reference=row.reference)
        if row.level is None
        else SellerStanding(
            id=row.id,
            reference=row.reference,
            risk=row.level,
            reasons=msgspec.convert(row.reasons_in_bands, tuple[Reason, ...]),
        )
        for row in connection.execute(_STANDINGS, {"sellers": list(seller_ids)})
    }


# Built once: every screening asks.
_STANDINGS: Final = (
    select(sellers.c.id, sellers.c.reference, flags.c.level, flags.c.reasons_in_bands)
    .outerjoin(flags, and_(flags.c.pseudonym == sellers.c.pseudonym, flags.c.lifted_at.is_(None)))
    .where(among(sellers.c.id, "sellers"))
)
