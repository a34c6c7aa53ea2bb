"""What goods usually cost, robustly: the median of what sellers ask, and its median absolute deviation.

Each seller counts once for each product, whatever it lists, so that nobody moves a price alone; a currency
and a condition are compared with themselves only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from statistics import median
from typing import Final

from matching.model import GenuineProduct, Offer, UsualPrice
from matching.normalization import canonical_text

LEAST: Final = 8
"""What fewer other sellers ask is no usual price."""
MOST: Final = 200
"""So many sellers tell a product's price; further ones change nothing."""
NARROWEST: Final = 0.05
"""A deviation is at least this share of the median: where all ask the same, a cent is no signal."""
OF_LIST_PRICE: Final = Decimal("0.12")
"""Shops sell new goods below the price their maker names: that is taken for their deviation."""
Asked = Mapping[int, float]
"""Seller -> what it asks."""


def _number_of(text: str) -> int:
    """63 bits, for both databases keep signed numbers."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def seller_number(seller: str) -> int:
    """The number that stands for a seller; 0 for nobody."""
    return _number_of(f"seller {seller}") if seller else 0


def products_of(mark_id: str, offer: Offer) -> tuple[int, ...]:
    """The numbers that stand for what is offered under a mark, the narrowest first: its barcode, then its
    category; none where no price is told.
    """
    if offer.price is None:
        return ()
    kinds = [f"gtin {offer.gtin.zfill(14)}"] if offer.gtin else []
    if category := canonical_text(offer.category):
        kinds.append(f"category {category}")
    sort = f"{offer.price.currency} {offer.condition or ''}"
    return tuple(_number_of(f"{mark_id} {kind} {sort}") for kind in kinds)


def spread_of(amounts: Collection[float], currency: str) -> UsualPrice | None:
    """The median and the median absolute deviation of what at least `LEAST` sellers ask."""
    if len(amounts) < LEAST:
        return None
    middle = median(amounts)
    deviation = max(median(abs(amount - middle) for amount in amounts), NARROWEST * middle)
    return UsualPrice(Decimal(str(round(middle, 4))), Decimal(str(round(deviation, 4))), currency)


def listed_price(offer: Offer, genuine: Sequence[GenuineProduct]) -> UsualPrice | None:
    """What the rights holder says that this product costs new: the one of its barcode, else the one with the
    longest name that the title holds. Used goods have no such price.
    """
    if offer.price is None or offer.condition in {"used", "refurbished"}:
        return None
    currency = offer.price.currency
    priced = [each for each in genuine if each.price and each.price.currency == currency]
    named = [each for each in priced if offer.gtin and is_barcode(each, offer.gtin)]
    if priced and not named:
        title = f" {canonical_text(offer.title)} "
        named = [each for each in priced if (name := canonical_text(each.name)) and f" {name} " in title]
    price = max(named, key=lambda each: len(each.name)).price if named else None
    return UsualPrice(price.amount, price.amount * OF_LIST_PRICE, currency) if price else None


def is_barcode(product: GenuineProduct, gtin: str) -> bool:
    """Whether a barcode is a product's, however it is filled up with zeros."""
    return bool(product.gtin) and (product.gtin or "").zfill(14) == gtin.zfill(14)


class Prices:
    """What the sellers of one marketplace ask, by product. It never changes: `told` answers a new one."""

    __slots__ = ("_asked",)

    def __init__(self, asked: Mapping[int, Asked] | None = None) -> None:
        self._asked = asked or {}

    def __len__(self) -> int:
        return len(self._asked)

    def told(self, news: Mapping[int, Asked]) -> Prices:
        """The prices when more of them are known; a seller's newer one counts."""
        asked = dict(self._asked)
        for product, theirs in news.items():
            known = asked.get(product, {})
            room = MOST - len(known)
            new = [seller for seller in theirs if seller not in known][: max(0, room)]
            kept = {seller: theirs[seller] for seller in theirs if seller in known or seller in new}
            asked[product] = {**known, **kept}
        return Prices(asked)

    def news(self, asked: Mapping[int, Asked]) -> dict[int, dict[int, float]]:
        """The part of what is asked that is not known yet."""
        fresh = {
            product: {seller: each for seller, each in theirs.items() if self.is_news(product, seller, each)}
            for product, theirs in asked.items()
        }
        return {product: theirs for product, theirs in fresh.items() if theirs}

    def is_news(self, product: int, seller: int, amount: float) -> bool:
        """Whether what a seller asks changes anything."""
        known = self._asked.get(product, {})
        return known.get(seller) != amount if seller in known else len(known) < MOST

    def usual(self, mark_id: str, offer: Offer, seller: int) -> UsualPrice | None:
        """What the other sellers ask for what is offered under a mark, by the narrowest of its products that
        enough of them sell.
        """
        if offer.price is None:
            return None
        for product in products_of(mark_id, offer):
            asked = self._asked.get(product, {})
            others = [amount for each, amount in asked.items() if each != seller]
            if spread := spread_of(others, offer.price.currency):
                return spread
        return None


NO_PRICES: Final = Prices()
"""Nothing is known yet."""
