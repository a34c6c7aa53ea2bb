from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from matching.model import Party
from partners.enrolling import SellerDraft, enroll_sellers
from partners.records.sellers import find_sellers


@pytest.fixture
def pseudonym(database):
    """The present pseudonym of a seller."""

    def find(enrolled):
        with database.surveying("tracing") as connection:
            [seller] = find_sellers(connection, [enrolled.seller.id])
        return seller.pseudonym

    return find


def test_one_person_on_two_marketplaces_has_one_pseudonym(partner, enroll, bright, pseudonym):
    other = replace(bright, legal_name="SHENZHEN BRIGHT TRADING LTD", phone="0086 755 83201234", email="")
    first = enroll(partner("marketplace", "A"), "S-9", bright)
    second = enroll(partner("marketplace", "B"), "77", other)
    assert pseudonym(first) == pseudonym(second)
    assert first.seller.id != second.seller.id


def test_a_phone_alone_does_not_make_two_people_one(partner, enroll, bright, pseudonym):
    agent = Party(legal_name="Golden Star Import Export", phone=bright.phone)
    shop = partner("marketplace")
    assert pseudonym(enroll(shop, "S-1", bright)) != pseudonym(enroll(shop, "S-2", agent))


def test_an_account_that_becomes_somebody_else_leaves_the_pseudonym(partner, enroll, bright, pseudonym):
    shop = partner("marketplace")
    first, second = enroll(shop, "S-1", bright), enroll(shop, "S-2", bright)
    assert pseudonym(first) == pseudonym(second)
    sold = enroll(shop, "S-2", Party(legal_name="Nobody We Know GmbH", email="x@y.example"))
    assert pseudonym(first) != pseudonym(sold)


def test_two_accounts_of_one_marketplace_in_one_stream_are_one_seller(desk, partner, bright, now, pseudonym):
    drafts = [SellerDraft(reference=reference, party=bright) for reference in ("S-1", "S-2")]
    first, second = enroll_sellers(desk, partner("marketplace"), drafts, now)
    assert pseudonym(first) == pseudonym(second)


def test_an_account_of_whom_nothing_is_known_is_nobody_else(partner, enroll, pseudonym):
    shop = partner("marketplace")
    assert pseudonym(enroll(shop, "S-1", Party())) != pseudonym(enroll(shop, "S-2", Party()))


def test_one_person_enrolled_on_two_marketplaces_at_once_has_one_pseudonym(partner, enroll, pseudonym):
    shops = [partner("marketplace", name) for name in ("A", "B")]
    split = 0
    for number in range(12):
        tax_id, email = f"DE99000{number:04}", f"race{number}@race{number}.example"
        person = Party(legal_name=f"Race Trading {number} Ltd", email=email, tax_id=tax_id)
        together = threading.Barrier(2)

        def enter(shop, number=number, person=person, together=together):
            together.wait()
            return enroll(shop, f"S-{number}", person)

        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(enter, shops)
        split += pseudonym(first) != pseudonym(second)
    assert split == 0
