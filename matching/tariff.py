"""Goods by the number of the Harmonized System under which customs declare them, as our commodities.

Facts of the nomenclature of 2022, told by the shortest prefix that tells them; composed for this project.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matching.commodities import Commodity
from matching.identifiers import compact

_PREFIXES: Final[Mapping[Commodity, str]] = {
    "foodstuffs": "02 03 04 07 08 09 10 11 15 16 17 18 19 20 21",
    "other_beverages": "2009 2201 2202",
    "alcoholic_beverages": "2203 2204 2205 2206 2207 2208",
    "tobacco": "2401 2402 2403",
    "cigarettes": "240220",
    "e_cigarettes": "2404 854340",
    "medicines": "3003 3004",
    "vaccines": "300241 300242",
    "medical_devices": "3005 9018 9019 9021 9022 902511",
    "perfumes_cosmetics": "3303 3304",
    "body_care": "3305 3306 3307 3401",
    "pesticides": "3808",
    "ink_toners": "3215 844399",
    "packaging": "3923 4819",
    "vehicle_parts": "4011 6813 8409 8511 8512 8708 8714",
    "bags_wallets": "4202",
    "clothing": "420310 61 62",
    "clothing_accessories": "420321 420329 420330 6116 6117 6213 6214 6215 6216 6217 65",
    "office_stationery": "4817 4820 9608 9609",
    "labels_tags": "4821 5807",
    "footwear": "64",
    "jewelry": "7113 7114 7116 7117",
    "household_appliances": "8418 8422 8450 8467 8508 8509 8510 8516 9405",
    "computer_equipment": "8471 8473",
    "electronics": "8504 8506 8507 8517 8518 8519 8521 8525 8527 8528 8544",
    "mobile_phones": "851712 851713 851714",
    "recorded_media": "852349",
    "memory_cards": "852351",
    "sunglasses": "9003 9004",
    "watches": "9101 9102 9111 9112 9113 9114",
    "toys": "9503",
    "games": "9504",
    "sports_equipment": "9506 9507",
    "lighters": "9613",
}
COMMODITY_OF_PREFIX: Final[Mapping[str, Commodity]] = {
    prefix: commodity for commodity, prefixes in _PREFIXES.items() for prefix in prefixes.split()
}
"""Prefixes of numbers; of two that a number begins with, the longer one tells.

Items of seizures are stored with what they told: who changes one tells the stored items anew, by a migration.
"""
_LONGEST: Final = max(map(len, COMMODITY_OF_PREFIX))


def goods_of(commodity: str, hs_code: str | None) -> str:
    """What goods are, by the commodity they were reported as, and by their number where that is "other"."""
    if commodity != "other" or not hs_code:
        return commodity
    number = compact(hs_code)
    prefixes = (number[:size] for size in range(min(_LONGEST, len(number)), 1, -1))
    return next((COMMODITY_OF_PREFIX[each] for each in prefixes if each in COMMODITY_OF_PREFIX), commodity)
