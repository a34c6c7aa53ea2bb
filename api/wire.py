"""Wire types that several nouns share: references, countries, money and reasons."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from matching.model import Reason
from partners.preconditions import Conditions, check_change
from partners.reference.currencies import round_to_currency

Reference = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="your own id, unique among your own of this noun; it may not look like one of ours",
    ),
]
Country = Annotated[
    str, Meta(pattern=r"^[A-Z]{2}$", max_length=2, description="ISO 3166-1 alpha-2", examples=["CN"])
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", max_length=3, description="ISO 4217")]
Amount = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9]\d{0,11})(\.\d{1,4})?$",
        max_length=17,
        description="a decimal with no more places than the currency has",
        examples=["129.99"],
    ),
]


class MoneyIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount in one currency."""

    amount: Amount
    currency: Currency

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.amount)


class MoneyOut(Struct, frozen=True, kw_only=True):
    """An amount in one currency."""

    amount: str
    currency: str


class ReasonOut(Struct, frozen=True, kw_only=True):
    """One sentence a person can read; `weight` is in log-odds, negative speaks against."""

    code: str
    text: str
    weight: float


Allow: TypeAlias = Callable[[int], None]


def show_money(amount: Decimal, currency: str) -> MoneyOut:
    """An amount with as many decimals as its currency has."""
    return MoneyOut(amount=str(round_to_currency(amount, currency)), currency=currency)


def show_reason(reason: Reason) -> ReasonOut:
    return ReasonOut(code=reason.code, text=reason.text, weight=reason.weight)


def allow_by(conditions: Conditions) -> Allow | None:
    """What a flow asks before it writes over a revision (0: nothing yet): the conditions a request named.

    `If-Match` is honored where it is sent, and nowhere required.
    """
    if not (conditions.if_match or conditions.if_none_match):
        return None
    return lambda revision: check_change(
        conditions, revision, overwrites=bool(conditions.if_none_match and revision)
    )
