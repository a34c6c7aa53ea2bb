"""Standings: what sellers' flags say of them, as a marketplace and its screenings may know it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import Connection, and_, bindparam, select

from matching.model import Reason, Risk, RiskLevel, SellerStanding
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
    rows = connection.execute(_STANDINGS, {"sellers": list(seller_ids)})
    return {row.id: _standing(*row) for row in rows}


def standings_of_references(
    connection: Connection, organization_id: str, references: Collection[str]
) -> dict[str, SellerStanding]:
    """Reference -> the same of a marketplace's sellers, the deleted ones too."""
    asked = {"organization": organization_id, "references": list(references)}
    return {row.reference: _standing(*row) for row in connection.execute(_STANDINGS_OF_REFERENCES, asked)}


def _standing(seller_id: str, reference: str, level: RiskLevel | None, reasons: object) -> SellerStanding:
    if level is None:
        return SellerStanding(id=seller_id, reference=reference)
    told = msgspec.convert(reasons, tuple[Reason, ...])
    return SellerStanding(id=seller_id, reference=reference, risk=level, reasons=told)


# Built once: every screening asks.
_ANY: Final = select(sellers.c.id, sellers.c.reference, flags.c.level, flags.c.reasons_in_bands).outerjoin(
    flags, and_(flags.c.pseudonym == sellers.c.pseudonym, flags.c.lifted_at.is_(None))
)
_STANDINGS: Final = _ANY.where(among(sellers.c.id, "sellers"))
_STANDINGS_OF_REFERENCES: Final = _ANY.where(
    sellers.c.organization_id == bindparam("organization"), among(sellers.c.reference, "references")
)
