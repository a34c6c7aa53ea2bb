from __future__ import annotations

import pytest
from msgspec.structs import replace

from matching.model import Party
from partners.errors import NotFound, RuleBroken
from partners.records.seizures import ECommerce, Persons, get_seizure
from partners.reporting import delete_seizure, report_seizures


def test_a_seizure_meets_the_seller_whose_name_and_phone_are_spelled_otherwise(
    partner, enroll, seize, seizure_report, bright, flags_of
):
    enroll(partner("marketplace"), "S-9", bright)
    seize(partner("customs"), seizure_report())
    [flag] = flags_of()
    assert (flag.level, flag.seizures, flag.country) == ("medium", 1, "CN")


def test_a_seller_that_comes_later_meets_the_earlier_seizure(
    partner, enroll, seize, seizure_report, bright, flags_of
):
    seize(partner("customs"), seizure_report())
    assert flags_of() == []
    enroll(partner("marketplace"), "S-9", bright)
    assert [flag.seizures for flag in flags_of()] == [1]


def test_somebody_else_is_not_flagged(partner, enroll, seize, seizure_report, flags_of):
    other = Party(legal_name="Guangzhou Golden Star Import Export Co., Ltd", phone="+86 20 8888 7777")
    enroll(partner("marketplace"), "S-1", other)
    seize(partner("customs"), seizure_report())
    assert flags_of() == []


def test_a_buyer_is_never_traced(partner, enroll, seize, seizure_report, bright, bright_consignor, flags_of):
    enroll(partner("marketplace"), "S-9", bright)
    seize(partner("customs"), seizure_report(persons=Persons(consignee=bright_consignor)))
    assert flags_of() == []


@pytest.mark.parametrize("name", ["MegaMart", " megamart ", "by id"])
def test_the_account_that_a_report_names_is_linked(partner, enroll, seize, seizure_report, flags_of, name):
    shop = partner("marketplace", "MegaMart")
    enroll(shop, "S-9", Party())
    marketplace = shop.organization_id if name == "by id" else name
    seize(
        partner("customs"),
        seizure_report(persons=Persons(e_commerce=ECommerce(marketplace=marketplace, seller="S-9"))),
    )
    assert [flag.seizures for flag in flags_of()] == [1]


def test_the_same_reference_on_another_marketplace_is_somebody_else(
    partner, enroll, seize, seizure_report, flags_of
):
    partner("marketplace", "MegaMart")
    enroll(partner("marketplace", "OtherMart"), "S-9", Party())
    named = ECommerce(marketplace="MegaMart", seller="S-9")
    seize(partner("customs"), seizure_report(persons=Persons(e_commerce=named)))
    assert flags_of() == []


def test_the_marketplace_hears_of_its_seller_with_seizures_in_bands(
    partner, enroll, seize, seizure_report, bright, told
):
    shop, customs = partner("marketplace"), partner("customs")
    enroll(shop, "S-9", bright)
    seize(customs, seizure_report())
    [(type_, data)] = told(shop)
    assert (type_, data["seller_reference"], data["level"]) == ("seller.flagged", "S-9", "medium")
    assert data["reasons"][0]["text"] == "1-9 seizures are linked to this seller."
    assert "pseudonym" not in data


def test_the_administration_hears_of_its_seizure_and_of_the_flag_without_the_person(
    partner, enroll, seize, seizure_report, bright, told
):
    customs, other = partner("customs"), partner("customs", "Zoll")
    enroll(partner("marketplace"), "S-9", bright)
    seize(customs, seizure_report())
    assert [type_ for type_, _ in told(customs)] == ["seizure.reported", "seller.flagged"]
    assert "Bright" not in str(told(customs))
    assert "S-9" not in str(told(customs))
    assert told(other) == []


def test_more_seizures_raise_the_level_and_the_change_is_told_once(
    partner, enroll, seize, seizure_report, bright, flags_of, told
):
    shop, customs = partner("marketplace"), partner("customs")
    enroll(shop, "S-9", bright)
    for number in range(4):
        seize(customs, seizure_report(f"FR-{number}"))
    [flag] = flags_of()
    assert (flag.level, flag.seizures, flag.revision) == ("high", 4, 4)
    assert [data["level"] for _, data in told(shop)] == ["medium", "high"]


def test_a_report_that_changes_its_consignor_lifts_the_flag(
    partner, enroll, seize, seizure_report, bright, flags_of, told
):
    shop, customs = partner("marketplace"), partner("customs")
    enroll(shop, "S-9", bright)
    seize(customs, seizure_report())
    changed = seize(
        customs, seizure_report(persons=Persons(consignor=Party(legal_name="Nobody We Know GmbH")))
    )
    assert (changed.outcome, changed.seizure.revision) == ("replaced", 2)
    assert [flag.lifted_at is not None for flag in flags_of()] == [True]
    assert [type_ for type_, _ in told(shop)] == ["seller.flagged", "seller.flag_lifted"]
    assert [type_ for type_, _ in told(customs)][-1] == "seller.flag_lifted"


def test_the_same_report_again_changes_nothing(partner, seize, seizure_report, told):
    customs = partner("customs")
    assert [seize(customs, seizure_report()).outcome for _ in range(2)] == ["created", "equal"]
    assert len(told(customs)) == 1


def test_a_deleted_seizure_takes_its_evidence_along(
    desk, partner, enroll, seize, seizure_report, bright, flags_of, now
):
    customs = partner("customs")
    enroll(partner("marketplace"), "S-9", bright)
    key = seize(customs, seizure_report()).seizure.id
    delete_seizure(desk, customs, key, now)
    assert [flag.lifted_at for flag in flags_of()] == [now]
    with desk.database.reading(customs) as (connection, principal), pytest.raises(NotFound):
        get_seizure(connection, principal, key)


def test_an_administration_sees_its_own_seizures_only(desk, partner, seize, seizure_report):
    key = seize(partner("customs"), seizure_report()).seizure.id
    for stranger in (partner("customs", "Zoll"), partner("marketplace"), partner("rights_holder")):
        for asked in (key, "FR-1"):
            with desk.database.reading(stranger) as (connection, principal), pytest.raises(NotFound):
                get_seizure(connection, principal, asked)


def test_a_bad_report_harms_no_other(desk, partner, seizure_report, now):
    bad = replace(seizure_report("FR-2"), administration="XX")
    outcomes = report_seizures(
        desk, partner("customs"), [seizure_report("FR-1"), bad, seizure_report("FR-3")], now
    )
    assert [isinstance(outcome, RuleBroken) for outcome in outcomes] == [False, True, False]
