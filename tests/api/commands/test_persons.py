"""`touchstone persons`: the operator tells a seller all that is held of it, or destroys who it is."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import select

from matching.model import Address, Party
from partners.db import utc_now
from partners.enrolling import SellerDraft, enroll_sellers
from partners.inquiring import Grounds, disclose
from partners.keys import load_master_key, open_keyring
from partners.records.flags import flags
from partners.records.reports import RouteStep, SeizureReport
from partners.records.seizures import Item, Persons
from partners.records.sellers import sellers
from partners.reporting import report_seizures
from partners.tracing import Desk

BRIGHT = Party(
    legal_name="Shenzhen Bright Trading Co., Ltd",
    address=Address(city="Shenzhen", country="CN"),
    phone="+86 755 8320 1234",
)


@pytest.fixture
def disclosed(database, partner, tmp_path):
    """The id of a seller to whom a seizure led, and of whom customs were told."""
    now = utc_now()
    desk = Desk(database, open_keyring(database, load_master_key(tmp_path / "data" / "keys"), now))
    report = SeizureReport(
        reference="FR-1",
        seizure_case_reference="FR-CASE-1",
        seized_on=now.date(),
        administration="FR",
        channel="express",
        route=(RouteStep("origin", "CN"),),
        persons=Persons(consignor=BRIGHT),
        items=(Item(commodity="footwear", quantity=Decimal(40), unit="pieces"),),
    )
    enroll_sellers(desk, partner("marketplace"), [SellerDraft(reference="S-1", party=BRIGHT)], now)
    customs = partner("customs")
    report_seizures(desk, customs, [report], now)
    with database.surveying("tracing") as connection:
        flag_id, seller_id = connection.scalar(select(flags.c.id)), connection.scalar(select(sellers.c.id))
    disclose(desk, customs, flag_id, Grounds(purpose="inspection", reference="C-1"), now)
    return seller_id


def test_a_seller_is_told_what_led_to_it_and_who_was_told_of_it(touchstone, disclosed):
    done = touchstone("persons", "export", disclosed)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["seller"], told["party"]["legal_name"]) == (disclosed, BRIGHT.legal_name)
    assert ([one["role"] for one in told["seizures"]], told["listings"]) == (["consignor"], [])
    assert [(one["level"], one["lifted_at"]) for one in told["flags"]] == [("medium", None)]
    assert [one["purpose"] for one in told["disclosures"]] == ["inspection"]


def test_an_erased_seller_is_told_without_the_person(touchstone, disclosed):
    assert touchstone("persons", "erase", disclosed).stdout == "Erased.\n"
    told = json.loads(touchstone("persons", "export", disclosed).stdout)
    assert (told["party"], told["deleted_at"] is None, len(told["seizures"])) == (None, False, 1)


@pytest.mark.parametrize("act", ["export", "erase"])
def test_nobody_is_told_of_or_erased_who_is_not_there(touchstone, disclosed, act):
    done = touchstone("persons", act, "slr_nobody")
    assert (done.exit_code, "no such seller" in done.stderr) == (1, True)
