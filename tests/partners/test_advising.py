"""What is known beside a listing: whose barcode it carries, and what its goods usually cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from matching.model import GenuineProduct, Money
from matching.prices import LEAST
from partners.markets import Markets
from partners.records.listings import ListingFields, get_listing
from partners.records.trademarks import delete_trademark
from partners.screening import Draft

GTIN = "4006381333931"
SHOES = ListingFields(title="Nike running shoes", category="Shoes", condition="new")


@pytest.fixture
def genuine(register, owner, nike):
    """NIKE, with a genuine product of 100 EUR."""
    product = GenuineProduct(gtin=GTIN, name="Runner", price=Money(Decimal(100), "EUR"))
    return register(owner, replace(nike, genuine=(product,)))[0]


@pytest.fixture
def codes(screener, shop, read):
    """Keep a listing; answer the codes of its first match's reasons."""

    def make(seller="S-1", reference="A-1", **fields):
        screener.keep(shop, [Draft(reference=reference, fields=replace(SHOES, **fields), seller=seller)])
        [match, *_] = read(shop, get_listing, key=reference).screening.matches
        return {reason.code for reason in match.reasons}

    return make


def test_a_genuine_barcode_speaks_for_it_however_it_is_filled_up(genuine, codes):
    assert "barcode_genuine" in codes(gtin=GTIN)
    assert "barcode_genuine" in codes(gtin=f"0{GTIN}")
    assert not {"barcode_genuine", "barcode_of_another", "barcode_wrong"} & codes(gtin="4006381333948")


def test_anothers_barcode_and_a_wrong_one_speak_against_it(genuine, register, partner, nike, codes):
    other = partner("rights_holder", "Other")
    product = GenuineProduct(gtin="4006381333948")
    register(other, replace(nike, reference="EM-2", mark="ZORGLUB", genuine=(product,)))
    assert "barcode_of_another" in codes(gtin="4006381333948")
    assert "barcode_wrong" in codes(gtin="4006381333932")


def test_a_barcode_is_nobodys_after_its_registration_is_gone(
    genuine, database, owner, register, nike, codes, now
):
    database.writing(owner, lambda c, p: delete_trademark(c, p, "EM-1", now))
    register(owner, replace(nike, reference="EM-3"))
    assert "barcode_genuine" not in codes(gtin=GTIN)


def test_a_price_far_below_the_rights_holders_is_a_signal(genuine, codes):
    cheap = Money(Decimal("39.99"), "EUR")
    assert "price_far_below" in codes(gtin=GTIN, price=cheap)
    assert "price_far_below" not in codes(gtin=GTIN, price=cheap, condition="used")


def test_prices_are_learned_from_sellers_by_every_process(database, nike_mark, registry, codes):
    for number in range(LEAST):
        codes(f"S-{number}", f"B-{number}", price=Money(Decimal(100 + number), "EUR"))
    registry.markets.refresh()
    assert "price_far_below" in codes("cheap", "C-1", price=Money(Decimal(20), "EUR"))
    registry.markets.refresh()
    other = Markets(database)
    other.refresh()
    known = [len(market.prices) for market in other.known.values()]
    assert known == [len(market.prices) for market in registry.markets.known.values()]
    assert "price_far_below" in codes("cheap too", "C-2", price=Money(Decimal(20), "EUR"))
    assert "price_far_below" not in codes("fair", "C-3", price=Money(Decimal(99), "EUR"))
