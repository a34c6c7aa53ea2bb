"""Barcodes of genuine products, so that a listing's barcode is looked up without the registry's marks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, delete, insert, select

from partners.db import metadata

_LENGTH: Final = 14

barcodes = Table(
    "barcodes",
    metadata,
    Column("trademark_id", String(40), ForeignKey("trademarks.id"), primary_key=True),
    # A GTIN filled up to 14 digits, so that one product has one number.
    Column("gtin", String(_LENGTH), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Index("ix_barcodes_gtin", "gtin"),
)


def file_barcodes(connection: Connection, organization_id: str, gtins: Mapping[str, Iterable[str]]) -> None:
    """Let each of an organization's registrations have these barcodes, by its id, and no others."""
    connection.execute(delete(barcodes).where(barcodes.c.trademark_id.in_(list(gtins))))
    rows = [
        {"trademark_id": trademark_id, "gtin": gtin, "organization_id": organization_id}
        for trademark_id, theirs in gtins.items()
        for gtin in sorted({_filled(gtin) for gtin in theirs})
    ]
    if rows:
        connection.execute(insert(barcodes), rows)


def holders_of(connection: Connection, gtins: Collection[str]) -> dict[str, frozenset[str]]:
    """The rights holders among whose genuine products each barcode is; those of nobody are left out."""
    numbers = {gtin: _filled(gtin) for gtin in gtins}
    statement = select(barcodes.c.gtin, barcodes.c.organization_id).where(
        barcodes.c.gtin.in_(set(numbers.values()))
    )
    holders: dict[str, set[str]] = {}
    for gtin, organization_id in connection.execute(statement) if numbers else ():
        holders.setdefault(gtin, set()).add(organization_id)
    return {gtin: frozenset(holders[full]) for gtin, full in numbers.items() if full in holders}


def _filled(gtin: str) -> str:
    return gtin.zfill(_LENGTH)
