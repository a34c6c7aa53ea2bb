"""Genuine products of a registration, as its rights holder submits and reads them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.offers import Gtin
from api.wire import MoneyIn, MoneyOut, show_money
from matching.model import GenuineProduct, Money


class GenuineProductIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product that you sell under the mark, by its barcode, its name or both.

    `price` is what it costs new: an offer far below it is one signal among others, never a verdict.
    """

    gtin: Gtin | None = None
    name: Annotated[str, Meta(max_length=400, examples=["Air Jordan 1 Low"])] = ""
    price: MoneyIn | None = None


class GenuineProductOut(Struct, frozen=True, kw_only=True):
    """A product that you sell under the mark."""

    gtin: str | None
    name: str
    price: MoneyOut | None


def read_genuine(product: GenuineProductIn) -> GenuineProduct:
    """A genuine product as it was submitted."""
    price = Money(product.price.decimal, product.price.currency) if product.price else None
    return GenuineProduct(gtin=product.gtin, name=product.name, price=price)


def show_genuine(product: GenuineProduct) -> GenuineProductOut:
    """A genuine product as its rights holder reads it."""
    price = show_money(product.price.amount, product.price.currency) if product.price else None
    return GenuineProductOut(gtin=product.gtin, name=product.name, price=price)
