"""Commodities: what a listing's category or Nice classes say it is."""

import pytest

from matching.commodities import COMMODITIES, HARMFUL, commodity_of


@pytest.mark.parametrize(
    ("category", "commodity"),
    [
        ("Apparel > Shoes", "footwear"),
        ("Clothing, Shoes & Jewelry > Women > Handbags", "bags_wallets"),
        ("Electronics > Cell Phones > Phone Cases", "mobile_phones"),
        ("Schmuck & Uhren > Armbanduhren", "watches"),
        ("Mode / Chaussures", "footwear"),
        ("Salud y belleza > Perfumes", "perfumes_cosmetics"),
        ("Salute > Medicinali", "medicines"),
        ("手表", "watches"),
        ("Automotive > Brake Pads", "vehicle_parts"),
        ("Kitchen > Soft Drinks", "other_beverages"),
        ("Gadgets", None),
        ("", None),
    ],
)
def test_the_last_step_of_a_category_tells(category, commodity):
    assert commodity_of(category) == commodity


@pytest.mark.parametrize(
    ("classes", "commodity"),
    [({25}, "clothing"), ({14}, "jewelry"), ({29, 30}, "foodstuffs"), ({18, 25}, None), ({42}, None)],
)
def test_nice_classes_tell_where_the_category_is_silent(classes, commodity):
    assert commodity_of("", frozenset(classes)) == commodity


def test_the_category_outranks_the_class():
    assert commodity_of("Shoes", frozenset({25})) == "footwear"


def test_what_can_harm_is_in_the_list():
    assert set(COMMODITIES) > HARMFUL
