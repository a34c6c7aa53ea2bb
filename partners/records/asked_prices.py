"""What each seller of a marketplace last asked for a product; both are numbers that cannot be read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import BigInteger, Column, Connection, Float, ForeignKey, Index, String, Table, delete, select

from matching.prices import Asked
from partners.db import UTC, metadata, to_struct, upsert

KEPT: Final = timedelta(days=400)
"""A price that is older says nothing of what goods cost today."""
_AT_ONCE: Final = 500

market_prices = Table(
    "market_prices",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    Column("product", BigInteger, primary_key=True, autoincrement=False),
    Column("seller", BigInteger, primary_key=True, autoincrement=False),
    Column("amount", Float, nullable=False),
    Column("seen_at", UTC, nullable=False),
    Index("ix_market_prices_seen_at", "seen_at"),
)


class AskedPrice(Struct, frozen=True, kw_only=True):
    """A row: what a seller asks for a product, in the currency and condition that the product stands for."""

    organization_id: str
    product: int
    seller: int
    amount: float
    seen_at: datetime


def keep_prices(
    connection: Connection, organization_id: str, asked: Mapping[int, Asked], now: datetime
) -> None:
    """Keep what sellers ask for products, and forget what is too old."""
    rows: list[dict[str, object]] = [
        {
            "organization_id": organization_id,
            "product": product,
            "seller": seller,
            "amount": amount,
            "seen_at": now,
        }
        for product in sorted(asked)
        for seller, amount in sorted(asked[product].items())
    ]
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        upsert(
            connection,
            market_prices,
            part,
            ["organization_id", "product", "seller"],
            ("amount", "seen_at"),
        )
    if rows:
        connection.execute(delete(market_prices).where(market_prices.c.seen_at < now - KEPT))


def list_prices(connection: Connection, since: datetime) -> list[AskedPrice]:
    """What was seen from a time on, in its order."""
    statement = select(market_prices).where(market_prices.c.seen_at >= since)
    rows = connection.execute(statement.order_by(market_prices.c.seen_at))
    return [to_struct(row, AskedPrice) for row in rows]
