"""Columns become fields."""

from __future__ import annotations

import msgspec
import pytest

from api.layouts import UnknownColumns, choose_layout
from api.offers import ListingIn
from api.parties import SellerIn
from api.reports import SeizureIn
from api.v1.trademarks import TrademarkIn


def read(kind, **row):
    columns = {name.replace("__", "."): cell for name, cell in row.items()}
    return msgspec.convert(choose_layout(kind, list(columns))(columns), kind, strict=False)


def test_lists_are_divided_by_semicolons_and_numbers_are_read():
    mark = read(
        TrademarkIn, reference="r", mark="NIKE", office="EM", nice_classes="18; 25", territories="EU;JP"
    )
    assert (mark.nice_classes, mark.territories) == ([18, 25], ["EU", "JP"])


def test_an_empty_cell_is_a_field_left_out():
    mark = read(TrademarkIn, reference="r", mark="NIKE", office="EM", status="", filed_on="")
    assert (mark.status, mark.filed_on) == ("registered", None)


def test_a_point_leads_into_a_field():
    seller = read(
        SellerIn, reference="s", display_name="Shop", address__city="Paris", address__lines="1 rue A;B"
    )
    assert (seller.address.city, seller.address.lines) == ("Paris", ["1 rue A", "B"])


def test_a_price_is_two_columns():
    listing = read(ListingIn, reference="l", title="Shoe", price__amount="12.50", price__currency="EUR")
    assert (listing.price.amount, listing.price.currency) == ("12.50", "EUR")


def test_a_cell_of_json_is_read_as_such():
    items = '[{"commodity": "footwear", "quantity": {"value": 3, "unit": "pieces"}}]'
    seizure = read(SeizureIn, reference="z", seized_on="2026-05-01", administration="FR", items=items)
    assert seizure.items[0].quantity.value == 3


def test_unknown_columns_are_named():
    with pytest.raises(UnknownColumns, match="'color'"):
        choose_layout(ListingIn, ["reference", "title", "color"])


def test_a_name_with_its_source_becomes_an_unverified_mark():
    mark = read(TrademarkIn, mark="Kia", source="list", **{"class": "25"}, country="KR")
    assert (mark.mark, mark.office, mark.status) == ("Kia", "XX", "unverified")
    assert (mark.nice_classes, mark.territories) == ([25], [])


def test_the_reference_of_a_name_is_its_rows_hash():
    one, same, other = (
        read(TrademarkIn, mark="Kia", source="list", **{"class": number}, country="")
        for number in ("", "", "3")
    )
    assert one.reference == same.reference != other.reference
    assert len(one.reference) == 32


@pytest.mark.parametrize("number", ["", "0", "46", "200", "x", "-3", "²"])
def test_a_class_that_is_no_nice_class_is_ignored(number):
    assert read(TrademarkIn, mark="Kia", source="l", **{"class": number}, country="").nice_classes == []


def test_product_data_becomes_a_listing():
    listing = read(
        ListingIn,
        id="shop:1",
        title="Shoe",
        brand_label="nike",
        category="Shoes",
        price="379.999",
        currency="EUR",
        seller="S-1",
        source="shop",
        lang="en",
    )
    assert (listing.reference, listing.brand, listing.language, listing.seller) == (
        "shop:1",
        "nike",
        "en",
        "S-1",
    )
    assert (listing.price.amount, listing.price.currency) == ("380.00", "EUR")


@pytest.mark.parametrize(
    ("amount", "currency"), [("", "EUR"), ("12", ""), ("abc", "EUR"), ("NaN", "EUR"), ("-1", "EUR")]
)
def test_what_is_no_price_is_left_out(amount, currency):
    product = {"id": "1", "title": "Shoe", "brand_label": "", "price": amount, "currency": currency}
    assert read(ListingIn, **product).price is None
