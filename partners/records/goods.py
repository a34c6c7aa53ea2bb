"""Goods: what listings and genuine products have in common, a barcode and a price."""

from __future__ import annotations

from collections.abc import Sequence

from matching.identifiers import validate_gtin
from matching.model import GenuineProduct, Money
from partners.records.texts import is_readable
from partners.reference.currencies import DECIMALS, fits


def find_gtin_broken(gtin: str | None, pointer: str) -> list[tuple[str, str]]:
    """What is wrong with a barcode: pairs of JSON pointer and sentence."""
    if gtin is None:
        return []
    try:
        validate_gtin(gtin)
    except ValueError as error:
        return [(pointer, str(error))]
    return []


def find_price_broken(price: Money | None, pointer: str) -> list[tuple[str, str]]:
    """What is wrong with a price: pairs of JSON pointer and sentence."""
    if price is None:
        return []
    if price.currency not in DECIMALS:
        return [(f"{pointer}/currency", f"{price.currency} is no currency (ISO 4217)")]
    if not fits(price.amount, price.currency):
        return [(f"{pointer}/amount", f"it has more decimals than {price.currency} has")]
    return []


def find_genuine_broken(products: Sequence[GenuineProduct]) -> list[tuple[str, str]]:
    """What is wrong with genuine products: pairs of JSON pointer and sentence."""
    broken = []
    for place, product in enumerate(products):
        pointer = f"/genuine/{place}"
        if not product.gtin and not is_readable(product.name):
            broken.append((pointer, "a genuine product has a barcode or a name"))
        broken += find_gtin_broken(product.gtin, f"{pointer}/gtin")
        broken += find_price_broken(product.price, f"{pointer}/price")
    return broken
