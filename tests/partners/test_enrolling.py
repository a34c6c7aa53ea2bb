from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from matching.model import Address, Party
from partners.enrolling import SellerDraft, delete_seller, enroll_sellers, trace_waiting
from partners.errors import PreconditionFailed, RuleBroken
from partners.flagging import expire_flags
from partners.records.bare_sellers import ensure_sellers
from partners.records.parties import HUB, open_party
from partners.records.seizures import ECommerce, Persons
from partners.records.sellers import find_sellers, get_seller, seal_context, seller_keys
from partners.reporting import delete_seizure
from partners.standings import standings_of


def test_a_shared_pseudonym_shares_the_flag_and_its_marketplace_hears(
    partner, enroll, seize, seizure_report, bright, flags_of, told
):
    first, second = partner("marketplace", "A"), partner("marketplace", "B")
    enroll(first, "S-9", bright)
    seize(partner("customs"), seizure_report())
    enroll(second, "77", bright)
    assert len(flags_of()) == 1
    assert [(type_, data["seller_reference"]) for type_, data in told(second)] == [("seller.flagged", "77")]
    assert [data["seller_reference"] for _, data in told(first)] == ["S-9"]


def test_a_seller_that_changes_its_name_keeps_its_links(
    partner, enroll, seize, seizure_report, bright, flags_of
):
    shop = partner("marketplace")
    enroll(shop, "S-9", bright)
    seize(partner("customs"), seizure_report())
    enroll(shop, "S-9", Party(legal_name="Fresh Start GmbH", email="new@fresh.example"))
    assert [flag.lifted_at for flag in flags_of()] == [None]


def test_a_seller_that_only_a_listing_named_meets_the_account_in_an_earlier_report(
    desk, partner, seize, seizure_report, flags_of, now
):
    shop = partner("marketplace", "MegaMart")
    named = ECommerce(marketplace="megamart", seller="S-9")
    seize(partner("customs"), seizure_report(persons=Persons(e_commerce=named)))
    sellers = desk.database.acting(
        "screening",
        lambda c, _: ensure_sellers(c, desk.keyring, shop.organization_id, ["S-9", "S-9", "S-1"], now),
    )
    assert sorted(sellers) == ["S-1", "S-9"]
    assert trace_waiting(desk, now) == 2
    assert trace_waiting(desk, now) == 0
    assert [flag.seizures for flag in flags_of()] == [1]
    with desk.database.surveying("screening") as connection:
        standings = standings_of(connection, sellers.values())
    assert standings[sellers["S-9"]].risk == "medium"
    assert standings[sellers["S-1"]].risk == "unknown"


def test_ensuring_a_known_seller_changes_nothing(desk, partner, enroll, bright, now):
    shop = partner("marketplace")
    kept = enroll(shop, "S-9", bright)
    found = desk.database.acting(
        "screening", lambda c, _: ensure_sellers(c, desk.keyring, shop.organization_id, ["S-9"], now)
    )
    assert found == {"S-9": kept.seller.id}
    with desk.database.surveying("tracing") as connection:
        assert find_sellers(connection, [kept.seller.id]) == [kept.seller]


def test_a_deleted_seller_without_seizures_is_erased(desk, partner, enroll, bright, now):
    shop = partner("marketplace")
    kept = enroll(shop, "S-9", bright)
    delete_seller(desk, shop, "S-9", now)
    with desk.database.surveying("tracing") as connection:
        [seller] = find_sellers(connection, [kept.seller.id])
        assert connection.scalar(select(func.count()).select_from(seller_keys)) == 0
    assert (seller.party, seller.country) == (b"", None)


@pytest.fixture
def person_of(desk):
    """What is kept of a person: whether its sealed party is, and how many blind keys."""

    def look(seller_id):
        with desk.database.surveying("tracing") as connection:
            [seller] = find_sellers(connection, [seller_id])
            held = select(func.count()).where(seller_keys.c.seller_id == seller_id)
            return seller.party != b"", connection.scalar(held)

    return look


def test_a_deleted_seller_with_links_and_no_flag_is_erased_at_once(
    desk, partner, enroll, seize, seizure_report, bright, flags_of, person_of, now
):
    shop, late = partner("marketplace"), now + timedelta(days=400)
    kept = enroll(shop, "S-9", bright)
    seize(partner("customs"), seizure_report())
    desk.database.acting("jobs", lambda c, _: expire_flags(c, late))
    assert [flag.lifted_at for flag in flags_of()] == [late]
    assert person_of(kept.seller.id)[0]
    delete_seller(desk, shop, "S-9", late)
    assert person_of(kept.seller.id) == (False, 0)


def test_a_deleted_sellers_person_goes_with_the_last_seizure_that_led_to_it(
    desk, partner, enroll, seize, seizure_report, bright, flags_of, person_of, now
):
    shop, customs = partner("marketplace", "A"), partner("customs")
    kept = enroll(shop, "S-9", bright)
    seize(customs, seizure_report())
    seize(customs, seizure_report("FR-2"))
    delete_seller(desk, shop, "S-9", now)
    delete_seizure(desk, customs, "FR-1", now)
    assert person_of(kept.seller.id)[0]
    delete_seizure(desk, customs, "FR-2", now)
    assert person_of(kept.seller.id) == (False, 0)
    assert [flag.lifted_at for flag in flags_of()] == [now]


def test_a_listing_that_names_a_deleted_seller_brings_a_bare_one_back(
    desk, partner, enroll, seize, seizure_report, bright, person_of, read, now
):
    shop = partner("marketplace")
    kept = enroll(shop, "S-9", bright)
    seize(partner("customs"), seizure_report())
    delete_seller(desk, shop, "S-9", now)
    assert person_of(kept.seller.id)[0]  # for its flag
    organization = shop.organization_id
    found = desk.database.acting(
        "screening", lambda c, _: ensure_sellers(c, desk.keyring, organization, ["S-9"], now)
    )
    seller = read(shop, get_seller, key="S-9")
    assert (found, seller.revision, seller.country) == ({"S-9": kept.seller.id}, 3, None)
    assert open_party(desk.keyring, seller.party, seal_context(seller.id)) == Party()
    assert person_of(seller.id)[1] == 2  # the account's own two keys


def test_a_deleted_seller_with_a_seizure_comes_back_to_its_flag(
    desk, partner, enroll, seize, seizure_report, bright, flags_of, now
):
    shop = partner("marketplace", "A")
    enroll(shop, "S-9", bright)
    seize(partner("customs"), seizure_report())
    delete_seller(desk, shop, "S-9", now)
    again = enroll(partner("marketplace", "B"), "new-face", bright, now + timedelta(days=1))
    [flag] = flags_of()
    with desk.database.surveying("tracing") as connection:
        assert find_sellers(connection, [again.seller.id])[0].pseudonym == flag.pseudonym


def test_a_forwarders_phone_brings_nobody_together(
    desk, partner, seize, seizure_report, bright, flags_of, now
):
    crowd = [
        SellerDraft(reference=f"S-{number}", party=Party(display_name=f"shop{number}x", phone=bright.phone))
        for number in range(HUB + 1)
    ]
    enroll_sellers(desk, partner("marketplace"), crowd, now)
    seize(partner("customs"), seizure_report(persons=Persons(consignor=Party(phone=bright.phone))))
    assert flags_of() == []


def test_equal_references_in_one_batch_are_kept_in_order(desk, partner, bright, now):
    drafts = [SellerDraft(reference="S-9", party=Party()), SellerDraft(reference="S-9", party=bright)]
    first, second = enroll_sellers(desk, partner("marketplace"), drafts, now)
    assert (first.seller.id, first.outcome) == (second.seller.id, "created")
    assert (second.outcome, second.seller.revision) == ("replaced", 2)


def test_a_condition_that_fails_keeps_everything_as_it_was(desk, partner, enroll, bright, now):
    shop = partner("marketplace")
    kept = enroll(shop, "S-9", bright)

    def refuse(revision):
        raise PreconditionFailed(f"at {revision}")

    with pytest.raises(PreconditionFailed, match="at 1"):
        enroll_sellers(desk, shop, [SellerDraft(reference="S-9", party=Party())], now, refuse)
    with desk.database.surveying("tracing") as connection:
        assert find_sellers(connection, [kept.seller.id]) == [kept.seller]


@pytest.mark.parametrize(
    ("party", "pointer"),
    [
        (Party(address=Address(country="XX")), "/address/country"),
        (Party(email="canary at example"), "/email"),
        (Party(phone="ext"), "/phone"),
    ],
)
def test_a_broken_rule_names_its_place_and_repeats_no_value(desk, partner, now, party, pointer):
    draft = SellerDraft(reference="S-9", party=party)
    [refused] = enroll_sellers(desk, partner("marketplace"), [draft], now)
    assert isinstance(refused, RuleBroken)
    assert [place for place, _ in refused.errors] == [pointer]
    assert "canary" not in str(refused)


def test_a_seizure_and_a_seller_that_arrive_together_always_meet(
    partner, enroll, seize, seizure_report, bright, bright_consignor, flags_of
):
    shop, customs = partner("marketplace"), partner("customs")
    rounds = 8
    for number in range(rounds):
        tax_id = f"9144030{number}MA5ABCDEF{number}"
        seller = replace(bright, legal_name=f"Uniquely{number} Named{number} Ltd", tax_id=tax_id, phone="")
        sender = Party(legal_name=f"UNIQUELY{number} NAMED{number} LIMITED", tax_id=tax_id)
        persons = Persons(consignor=sender)
        both = [
            threading.Thread(target=enroll, args=(shop, f"S-{number}", replace(seller, email=""))),
            threading.Thread(target=seize, args=(customs, seizure_report(f"FR-{number}", persons=persons))),
        ]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert sum(flag.seizures for flag in flags_of()) == rounds
