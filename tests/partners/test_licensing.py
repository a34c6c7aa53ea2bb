"""Licenses: an account is named, whether we know it or not; what is stored follows in either direction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from partners.data_subjects import erase_for_service, erase_seller, export_for_service
from partners.enrolling import delete_seller
from partners.errors import Conflict, NotFound
from partners.explaining import explain, lines_of
from partners.licensing import MOST_LICENSEES, License, end_license, license_seller
from partners.planning import SETTLING
from partners.records.jobs import jobs
from partners.records.licensees import licensees, list_licensees
from partners.records.listings import ListingFields, get_listing
from partners.records.screenings import explain_screening
from partners.registering import remove_trademark
from partners.revisiting import Revisiting
from partners.screening import Draft
from partners.upkeep import LicenseExpiry
from partners.working import JobBench

SHOES = ListingFields(
    title="Nike running shoes", category="Apparel > Shoes", ships_from="CN", ships_to=("FR",)
)
STYLE = Draft(reference="A-1", fields=ListingFields(title="NIKE style running shoes"), seller="S-1")
CHAIR = Draft(reference="A-2", fields=ListingFields(title="Wooden chair with four legs"), seller="S-1")
OTHERS = Draft(reference="A-3", fields=ListingFields(title="NIKE style running shoes"), seller="S-2")
LICENSE = License(marketplace="shop", seller="S-1")


@pytest.fixture
def license_it(database, owner, nike_mark, now):
    def act(given=LICENSE, at=now):
        return license_seller(database, owner, nike_mark.id, given, at).licensee

    return act


@pytest.fixture
def revisit(desk, registry, now):
    """Do all jobs that are due; returns how many listings they took up."""

    def act(later=SETTLING):
        worker = Revisiting(desk, registry, lambda: now + later)
        while worker.work():
            pass
        with desk.database.surveying("jobs") as connection:
            return connection.scalars(select(jobs.c.done).where(jobs.c.kind == "revisiting")).all()

    return act


@pytest.fixture
def verdict_of(read, shop):
    return lambda key: read(shop, get_listing, key=key).screening.verdict


@pytest.fixture
def licensed(read, owner, nike_mark):
    def find():
        found = read(owner, list_licensees, trademark_id=nike_mark.id, after=None, limit=9)
        return [each.seller for each in found]

    return find


def test_a_license_reaches_only_the_listings_of_that_seller_that_met_the_mark(
    screener, shop, license_it, revisit, verdict_of
):
    screener.keep(shop, [STYLE, CHAIR, OTHERS])
    license_it()
    assert revisit() == [1]
    assert [verdict_of(key) for key in ("A-1", "A-2", "A-3")] == ["clear", "clear", "review"]


def test_it_waits_for_those_who_write_with_older_advice(screener, shop, license_it, revisit, verdict_of):
    screener.keep(shop, [STYLE])
    license_it()
    assert revisit(SETTLING - timedelta(seconds=1)) == [0]
    assert verdict_of("A-1") == "review"


def test_a_license_is_entered_before_the_seller_is_known_and_holds_once_it_is(
    screener, shop, license_it, database
):
    license_it()
    [alone] = screener.screen(shop, [STYLE])
    [kept, other] = screener.keep(shop, [STYLE, OTHERS])
    assert [each.verdict for each in (alone, kept.listing.screening)] == ["clear", "clear"]
    assert other.listing.screening.verdict == "review"


def test_the_same_reference_on_another_marketplace_is_another_seller(screener, partner, license_it, shop):
    other = partner("marketplace", "Impostors")
    license_it()
    verdicts = [screener.screen(who, [STYLE])[0].verdict for who in (shop, other)]
    assert verdicts == ["clear", "review"]


def test_a_license_is_for_one_registration_and_not_for_the_same_mark_elsewhere(
    screener, shop, license_it, register, partner, nike
):
    register(partner("rights_holder", "Namesake"), nike)
    license_it()
    [screening] = screener.screen(shop, [STYLE])
    assert sorted(match.verdict for match in screening.matches) == ["clear", "review"]


def test_a_licensee_that_says_replica_is_looked_at_and_not_accused(screener, shop, license_it):
    replica = Draft(reference="A-4", fields=ListingFields(title="Nike shoes 1:1 replica"), seller="S-1")
    assert screener.screen(shop, [replica])[0].verdict == "alert"
    license_it()
    assert screener.screen(shop, [replica])[0].verdict == "review"


def test_a_license_holds_on_its_last_day_and_when_it_is_over_what_is_stored_is_advised_anew(
    database, screener, shop, license_it, revisit, verdict_of, now
):
    license_it(License(marketplace="Shop", seller="S-1", until=now.date()))
    screener.keep(shop, [STYLE])
    revisit()
    assert verdict_of("A-1") == "clear"
    after = timedelta(days=1)
    bench = JobBench(database, [LicenseExpiry(database)], lambda: now + after)
    while bench.work():
        pass
    revisit(after + SETTLING)
    assert verdict_of("A-1") == "review"
    assert LicenseExpiry(database).plan(now + after) is None


def test_a_license_that_runs_longer_again_lets_the_verdict_fall_again(
    screener, shop, license_it, revisit, verdict_of, now
):
    screener.keep(shop, [STYLE])
    license_it(License(marketplace="Shop", seller="S-1", until=now.date()))
    later = timedelta(days=2)
    revisit(later)
    assert verdict_of("A-1") == "review"
    license_it(at=now + later)
    revisit(later + SETTLING)
    assert verdict_of("A-1") == "clear"


def test_what_was_advised_of_a_licensee_is_reproduced_to_the_bit_when_it_is_none_any_more(
    database, screener, shop, owner, nike_mark, license_it, read, now
):
    entered = license_it()
    [kept] = screener.keep(shop, [STYLE])
    end_license(database, owner, nike_mark.id, entered.id, now)
    screening = read(shop, explain_screening, key=kept.listing.screening.id)
    with database.surveying("screening") as connection:
        told = explain(screening, lines_of(connection, screening, None))
    assert (told.reproduced, told.verdict, told.candidates[0].use) == (True, "clear", "licensed")
    assert told.candidates[0].account.rule == "licensed_seller"


def test_licensees_go_with_their_registration_and_come_not_back_with_it(
    database, owner, nike_mark, nike, register, license_it, licensed, screener, shop, now
):
    license_it()
    remove_trademark(database, owner, nike_mark.id, now)
    register(owner, nike)
    assert licensed() == []
    assert screener.screen(shop, [STYLE])[0].verdict == "review"


@pytest.mark.parametrize("end", [erase_seller, delete_seller])
def test_a_deleted_or_erased_seller_leaves_no_license_to_whoever_has_its_reference_next(
    desk, enroll, shop, bright, license_it, licensed, screener, revisit, verdict_of, now, end
):
    enroll(shop, "S-1", bright)
    screener.keep(shop, [STYLE])
    license_it()
    revisit()
    assert (licensed(), verdict_of("A-1")) == (["S-1"], "clear")
    end(desk, shop, "S-1", now)
    enroll(shop, "S-1", bright)
    revisit()
    assert (licensed(), verdict_of("A-1")) == ([], "review")


def test_the_service_tells_a_seller_who_licensed_it_and_erases_that_too(
    database, keyring, enroll, shop, bright, license_it, licensed, nike_mark, now
):
    seller = enroll(shop, "S-1", bright).seller
    license_it()
    [told] = export_for_service(database, keyring, seller.id, now).licenses
    assert (told.trademark_id, told.seller) == (nike_mark.id, "S-1")
    erase_for_service(database, seller.id, now)
    assert licensed() == []


def test_a_registration_has_so_many_licensees_and_no_more(database, license_it, nike_mark, owner, shop, now):
    license_it(License(marketplace="Shop", seller="S-0"))
    with database.surveying("licensing") as connection:
        row = connection.execute(select(licensees)).one()._asdict()
    more = [row | {"id": f"lic_{n}", "seller": f"S-{n}"} for n in range(1, MOST_LICENSEES)]
    database.acting("licensing", lambda c, _: c.execute(insert(licensees), more))
    license_it()  # a known one is replaced
    with pytest.raises(Conflict, match="10,000"):
        license_it(License(marketplace="Shop", seller="S-new"))


def test_a_stranger_ends_no_license(database, partner, shop, nike_mark, license_it, licensed, now):
    entered = license_it()
    with pytest.raises(NotFound):
        end_license(database, partner("rights_holder"), nike_mark.id, entered.id, now)
    assert licensed() == [entered.seller]
