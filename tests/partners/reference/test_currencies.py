from __future__ import annotations

from decimal import Decimal

import pytest

from partners.reference.currencies import DECIMALS, fits, round_to_currency


@pytest.mark.parametrize(
    ("amount", "currency", "does_fit"),
    [
        ("129.99", "EUR", True),
        ("1.999", "EUR", False),
        ("1.990", "EUR", True),
        ("100", "JPY", True),
        ("100.5", "JPY", False),
        ("1.999", "KWD", True),
    ],
)
def test_an_amount_has_no_more_decimals_than_its_currency(amount, currency, does_fit):
    assert fits(Decimal(amount), currency) is does_fit


def test_prices_from_elsewhere_are_rounded_to_what_can_be_paid():
    assert round_to_currency(Decimal("12.345"), "EUR") == Decimal("12.34")
    assert round_to_currency(Decimal("1234.5"), "JPY") == Decimal(1234)


def test_every_currency_is_three_letters():
    assert all(len(code) == 3 and code.isupper() for code in DECIMALS)
