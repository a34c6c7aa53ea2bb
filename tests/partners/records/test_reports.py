from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from matching.model import Party
from partners.records.reports import SeizureReport, find_broken_rules, normalize
from partners.records.seizures import ECommerce, Item, Persons


@pytest.fixture
def report(now):
    return SeizureReport(
        reference="FR-1",
        seizure_case_reference="FR-CASE-1",
        seized_on=now.date(),
        administration="FR",
        items=(Item(commodity="toys", hs_code="9503.00", gtin="4006381-333931"),),
    )


def test_a_plain_report_breaks_no_rule(report, now):
    assert find_broken_rules(report, now) == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"administration": "XX"}, "/administration"),
        ({"office": "FR1"}, "/office"),
        ({"office": "XXLIO"}, "/office"),
        ({"items": ()}, "/items"),
        ({"items": (Item(commodity="toys", hs_code="99999"),)}, "/items/0/hs_code"),
        ({"items": (Item(commodity="toys", gtin="4006381333932"),)}, "/items/0/gtin"),
        (
            {"items": (Item(commodity="toys", quantity=Decimal("1.5"), unit="pieces"),)},
            "/items/0/quantity/value",
        ),
        (
            {"items": (Item(commodity="toys", quantity=Decimal("0.0001"), unit="kg"),)},
            "/items/0/quantity/value",
        ),
        (
            {"items": (Item(commodity="toys", value_amount=Decimal("1.5"), value_currency="JPY"),)},
            "/items/0/value/amount",
        ),
        ({"persons": Persons(consignor=Party(email="nobody"))}, "/consignor/email"),
        ({"persons": Persons(e_commerce=ECommerce(marketplace="MegaMart"))}, "/e_commerce"),
    ],
)
def test_a_broken_rule_names_its_place(report, now, fields, pointer):
    broken = find_broken_rules(replace(report, **fields), now)
    assert [place for place, _ in broken] == [pointer]


def test_no_complaint_repeats_a_personal_value(report, now):
    persons = Persons(consignor=Party(email="canary-mail", phone="12x"))
    broken = find_broken_rules(replace(report, persons=persons), now)
    assert "canary" not in str(broken)


def test_a_seizure_is_not_in_the_future(report, now):
    later = replace(report, seized_on=now.date() + timedelta(days=2))
    assert find_broken_rules(later, now) == [("/seized_on", "a seizure is not in the future")]


def test_numbers_are_kept_in_their_plain_form(report):
    [item] = normalize(report).items
    assert (item.hs_code, item.gtin) == ("950300", "4006381333931")
