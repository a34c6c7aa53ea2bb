"""Customs numbers: what goods are of which a report only says that they are other than all on the list."""

import pytest

from matching.commodities import COMMODITIES
from matching.tariff import COMMODITY_OF_PREFIX, goods_of


@pytest.mark.parametrize(
    ("hs_code", "goods"),
    [
        ("6404", "footwear"),
        ("6404110000", "footwear"),
        ("6404.11", "footwear"),  # however it is written
        ("6117", "clothing_accessories"),  # a longer number tells before its chapter
        ("6110", "clothing"),
        ("240220", "cigarettes"),
        ("240210", "tobacco"),
        ("9999", "other"),
        (None, "other"),
    ],
)
def test_the_number_tells_what_other_goods_are(hs_code, goods):
    assert goods_of("other", hs_code) == goods


def test_what_was_reported_goes_before_the_number():
    assert goods_of("watches", "6404") == "watches"


def test_numbers_lead_to_commodities_of_the_list_only():
    assert set(COMMODITY_OF_PREFIX.values()) <= set(COMMODITIES)
