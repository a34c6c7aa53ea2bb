"""Usual prices: robust, of other sellers only, by currency and condition; a signal, never a verdict."""

from datetime import date
from decimal import Decimal

import pytest

from matching.index import build_index
from matching.market import NO_MARKET
from matching.model import GenuineProduct, Mark, Money, Offer, SellerStanding
from matching.prices import LEAST, MOST, NO_PRICES, products_of, seller_number, spread_of
from matching.screening import screen

SHOES = GenuineProduct(gtin="4006381333931", name="Zorglub Runner", price=Money(Decimal(100), "EUR"))


def offer(amount, currency="EUR", **fields):
    seller = SellerStanding(reference="me")
    told = {"category": "Shoes", "seller": seller, "price": Money(Decimal(amount), currency)} | fields
    return Offer(title=told.pop("title", "Zorglub shoes"), screened_on=date(2026, 1, 1), **told)


def asked_by(amounts, like):
    """What sellers ask for goods like an offer's."""
    product, *_ = products_of("m", like)
    told = {seller_number(f"s{n}"): float(amount) for n, amount in enumerate(amounts)}
    return NO_PRICES.told({product: told})


def below(each, prices=NO_PRICES, genuine=()):
    """By how many deviations the price lies below the usual one."""
    mark = Mark(id="m", text="Zorglub", rights_holder="h", office="EM", genuine=genuine)
    market = NO_MARKET.known_by(0, NO_MARKET.habits, prices)
    [match] = screen(each, build_index([mark]), market=market).matches
    return next(c.value for c in match.comparisons if c.code == "price_below"), match


def test_a_price_is_measured_in_deviations_of_what_others_ask():
    prices = asked_by([90, 95, 100, 100, 100, 105, 110, 100], offer(1))
    value, match = below(offer(50), prices)
    assert value == 10
    assert (match.verdict, "price_far_below" in {reason.code for reason in match.reasons}) == ("clear", True)
    assert below(offer(100), prices)[0] == below(offer(500), prices)[0] == 0


@pytest.mark.parametrize("other", [{"currency": "USD"}, {"condition": "used"}, {"category": "Socks"}])
def test_another_currency_condition_or_product_is_not_compared(other):
    assert below(offer(50, **other), asked_by([100] * 9, offer(1)))[0] == 0


def test_few_sellers_tell_no_usual_price_and_the_own_price_is_not_counted():
    assert spread_of([100] * (LEAST - 1), "EUR") is None
    product, *_ = products_of("m", offer(1))
    others = {seller_number(f"s{n}"): 100.0 for n in range(LEAST - 1)}
    prices = NO_PRICES.told({product: others | {seller_number("me"): 50.0}})
    assert below(offer(50), prices)[0] == 0


def test_a_seller_counts_once_whatever_it_lists():
    prices = asked_by([100] * LEAST, offer(1))
    product, *_ = products_of("m", offer(1))
    for amount in range(1, 400):
        prices = prices.told({product: {seller_number("s0"): float(amount % 3)}})
    assert below(offer(50), prices)[0] > 5


def test_a_product_is_told_by_so_many_sellers_only():
    prices = asked_by([100] * MOST, offer(1))
    product, *_ = products_of("m", offer(1))
    assert not prices.is_news(product, seller_number("one more"), 1.0)
    assert prices.is_news(product, seller_number("s0"), 1.0)


def test_a_rights_holders_price_speaks_by_barcode_or_name():
    assert below(offer(40, gtin="4006381333931"), genuine=(SHOES,))[0] == 5
    assert below(offer(40, title="New Zorglub runner blue"), genuine=(SHOES,))[0] == 5
    assert below(offer(40), genuine=(SHOES,))[0] == 0
    assert below(offer(40, gtin="4006381333931", condition="used"), genuine=(SHOES,))[0] == 0
    assert below(offer(40, "USD", gtin="4006381333931"), genuine=(SHOES,))[0] == 0
