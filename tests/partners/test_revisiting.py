"""A seller's flag raised or lifted later: its listings are screened anew, and only changes are told."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select
from structlog.testing import capture_logs

from partners.flagging import expire_flags
from partners.planning import SETTLING
from partners.records.jobs import jobs
from partners.records.listings import ListingFields, get_listing, listings
from partners.revisiting import Revisiting
from partners.screening import Draft

STYLE = Draft(reference="A-1", fields=ListingFields(title="NIKE style running shoes"), seller="S-1")
CHAIR = Draft(reference="A-2", fields=ListingFields(title="Wooden chair with four legs"), seller="S-1")
OTHERS = Draft(reference="A-3", fields=ListingFields(title="NIKE style running shoes"), seller="S-2")


@pytest.fixture
def customs(partner):
    return partner("customs", "Customs")


@pytest.fixture
def stocked(screener, shop, nike_mark, enroll, bright):
    """Listings of a known seller and of another one, screened while nothing spoke against them."""
    enroll(shop, "S-1", bright)
    screener.keep(shop, [STYLE, CHAIR, OTHERS])


@pytest.fixture
def revisit(desk, registry, now):
    def act(later=SETTLING, batch=250):
        worker = Revisiting(desk, registry, lambda: now + later, batch)
        count = 0
        while worker.work():
            count += 1
        return count

    return act


@pytest.fixture
def flag_high(seize, customs, seizure_report):
    """Three seizures of the seller's consignments."""

    def act():
        for number in range(3):
            seize(customs, seizure_report(f"FR-{number}", seizure_case_reference=f"FR-CASE-{number}"))

    return act


@pytest.fixture
def verdict_of(read, shop):
    return lambda key: read(shop, get_listing, key=key).screening.verdict


def jobs_of(database):
    with database.surveying("jobs") as connection:
        return connection.execute(select(jobs).where(jobs.c.kind == "revisiting")).all()


def test_a_flag_raised_later_reaches_the_listings_stored_before(
    stocked, flag_high, flags_of, revisit, verdict_of, told, shop
):
    assert (verdict_of("A-1"), verdict_of("A-3")) == ("review", "review")
    flag_high()
    assert flags_of()[0].level in {"medium", "high"}
    assert verdict_of("A-1") == "review"
    assert revisit() >= 1
    assert (verdict_of("A-1"), verdict_of("A-2"), verdict_of("A-3")) == ("alert", "clear", "review")
    changed = [data["reference"] for type_, data in told(shop) if type_ == "listing.verdict_changed"]
    assert changed == ["A-1"]


def test_it_waits_for_those_who_write_with_older_advice(stocked, flag_high, revisit):
    flag_high()
    assert revisit(later=SETTLING - timedelta(seconds=1)) == 0


def test_a_flag_lifted_later_lets_the_verdict_fall_again(
    stocked, flag_high, revisit, verdict_of, database, now, desk, registry
):
    flag_high()
    revisit()
    assert verdict_of("A-1") == "alert"
    end = timedelta(days=800)
    database.acting("flagging", lambda c, _: expire_flags(c, now + end))
    revisit(later=end + SETTLING)
    assert verdict_of("A-1") == "review"


def test_it_is_done_once_and_in_batches(stocked, flag_high, revisit, database, told, shop):
    flag_high()
    revisit(batch=1)
    before = len(told(shop))
    assert revisit() == 0
    assert len(told(shop)) == before
    assert {job.state for job in jobs_of(database)} == {"done"}


def test_another_process_goes_on_at_once_where_one_stopped(
    stocked, flag_high, desk, registry, now, verdict_of, revisit
):
    flag_high()
    stopping = Revisiting(desk, registry, lambda: now + SETTLING, batch=1)
    assert stopping.work()
    stopping.stop()
    assert revisit() >= 1
    assert verdict_of("A-1") == "alert"


def test_a_listing_that_always_fails_is_skipped_and_named(
    screener, shop, nike_mark, enroll, bright, flag_high, desk, registry, now, database, verdict_of
):
    enroll(shop, "S-1", bright)
    kept = screener.keep(shop, [replace(STYLE, reference=f"A-{number}") for number in range(4)])
    broken = kept[1].listing.id
    spoil = listings.update().where(listings.c.id == broken).values(document={"title": 5})
    database.acting("screening", lambda c, _: c.execute(spoil))
    flag_high()
    hours = iter(range(1, 1000))
    revisiting = Revisiting(desk, registry, lambda: now + timedelta(hours=next(hours)), batch=3)
    more = True
    with capture_logs() as logs:
        while more:
            try:
                more = revisiting.work()
            except msgspec.ValidationError:
                continue
    assert {line["listing"] for line in logs if line["event"] == "listing_skipped"} == {broken}
    assert [verdict_of(f"A-{number}") for number in (0, 2, 3)] == ["alert"] * 3
    assert {job.state for job in jobs_of(database)} == {"done"}


def test_a_seller_without_listings_makes_no_job(shop, enroll, bright, flag_high, database):
    enroll(shop, "S-1", bright)
    flag_high()
    assert jobs_of(database) == []
