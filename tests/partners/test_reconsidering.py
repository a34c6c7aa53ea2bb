"""What nobody changed is advised on anew when days pass or goods are seized; only changes are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from partners.planning import SETTLING
from partners.reconsidering import DATES_REVISITING, DatesRevisiting, GoodsRevisiting
from partners.records.jobs import jobs
from partners.records.listings import ListingFields, get_listing
from partners.records.reports import RouteStep
from partners.records.trademarks import TrademarkFields
from partners.reporting import delete_seizure
from partners.screening import Draft
from partners.similar_goods import GOODS_REVISITING

STYLE = ListingFields(title="NIKE style running shoes", category="Shoes", ships_from="CN")
DAY = timedelta(days=1)


def draft(reference, title, **fields):
    return Draft(reference=reference, fields=ListingFields(title=title, **fields), seller="S-1")


@pytest.fixture
def verdict_of(read, shop):
    return lambda key: read(shop, get_listing, key=key).screening.verdict


@pytest.fixture
def changed(told, shop):
    """The references of listings whose verdict changed, as the shop was told."""
    return lambda: [data["reference"] for type_, data in told(shop) if type_ == "listing.verdict_changed"]


@pytest.fixture
def work(desk, registry, now):
    """Do all the work of a kind that is due after a time; returns how many steps it took."""

    def act(kind, later=timedelta(0), batch=250):
        worker = kind(desk, registry, lambda: now + later, batch)
        steps = 0
        while worker.work():
            steps += 1
        return steps

    return act


@pytest.fixture
def jobs_of(database):
    def find(kind):
        with database.surveying("jobs") as connection:
            return connection.execute(select(jobs).where(jobs.c.kind == kind)).all()

    return find


@pytest.fixture
def dated(register, owner, screener, shop, now):
    """Replicas of a mark that expires tomorrow, of one that comes into force tomorrow, and of one that does
    neither.
    """
    tomorrow = (now + DAY).date()
    register(
        owner,
        TrademarkFields(reference="1", mark="ZENTRAVIKA", office="EM", expires_on=tomorrow),
        TrademarkFields(reference="2", mark="QUINTAVORA", office="EM", registered_on=tomorrow),
        TrademarkFields(reference="3", mark="BRIXOLAN", office="EM"),
    )
    names = ("Zentravika", "Quintavora", "Brixolan")
    screener.keep(shop, [draft(name, f"{name} 1:1 replica shoes") for name in names])


def test_a_mark_that_lapses_by_its_date_lets_its_verdicts_fall(dated, work, verdict_of, changed):
    work(DatesRevisiting)
    assert [verdict_of(name) for name in ("Zentravika", "Quintavora", "Brixolan")] == [
        "alert",
        "review",
        "alert",
    ]
    assert work(DatesRevisiting, 2 * DAY) > 0
    assert [verdict_of(name) for name in ("Zentravika", "Quintavora", "Brixolan")] == [
        "clear",
        "alert",
        "alert",
    ]
    assert sorted(changed()) == ["Quintavora", "Zentravika"]


def test_dates_are_looked_at_once_a_day_and_days_without_a_process_are_made_up_for(
    dated, work, verdict_of, jobs_of, changed
):
    work(DatesRevisiting)
    assert work(DatesRevisiting, 20 * DAY, batch=1) > 1
    assert (verdict_of("Zentravika"), len(changed())) == ("clear", 2)
    assert work(DatesRevisiting, 20 * DAY) == 0
    work(DatesRevisiting, 21 * DAY)
    assert len(jobs_of(DATES_REVISITING)) == 1


def test_a_process_that_stops_leaves_the_rest_to_another(dated, desk, registry, now, work, verdict_of):
    work(DatesRevisiting)
    stopping = DatesRevisiting(desk, registry, lambda: now + 2 * DAY, batch=1)
    assert stopping.work()
    assert stopping.work()
    stopping.stop()
    work(DatesRevisiting, 2 * DAY)
    assert (verdict_of("Zentravika"), verdict_of("Quintavora")) == ("clear", "alert")


@pytest.fixture
def customs(partner):
    return partner("customs", "Customs")


@pytest.fixture
def offered(screener, shop, nike_mark):
    """Listings that one signal would raise: shoes from China, from Italy, a bag; and one without a mark."""
    bag = replace(STYLE, title="NIKE style bag", category="Handbags")
    plain = replace(STYLE, title="Wooden chair")
    offers = {"shoes": STYLE, "italian": replace(STYLE, ships_from="IT"), "bag": bag, "chair": plain}
    screener.keep(shop, [Draft(reference=key, fields=fields, seller="S-9") for key, fields in offers.items()])


def test_a_first_seizure_reaches_stored_listings_of_such_goods_from_there(
    offered, seize, customs, seizure_report, work, verdict_of, changed
):
    assert {verdict_of(key) for key in ("shoes", "italian", "bag")} == {"review"}
    seize(customs, seizure_report())
    assert work(GoodsRevisiting, SETTLING - timedelta(seconds=1)) == 0
    assert work(GoodsRevisiting, SETTLING, batch=1) > 0
    assert [verdict_of(key) for key in ("shoes", "italian", "bag", "chair")] == [
        "alert",
        "review",
        "review",
        "clear",
    ]
    assert changed() == ["shoes"]
    assert work(GoodsRevisiting, SETTLING) == 0


def test_further_seizures_of_the_kind_and_those_in_containers_make_no_work(
    offered, seize, customs, seizure_report, jobs_of
):
    seize(customs, seizure_report())
    seize(customs, seizure_report("FR-2", seizure_case_reference="FR-CASE-2"))
    seize(customs, seizure_report("FR-3", channel="sea", route=(RouteStep("origin", "VN"),)))
    assert [job.document["goods"] for job in jobs_of(GOODS_REVISITING)] == [[["footwear", "CN"]]]


def test_goods_that_customs_only_number_reach_listings_of_the_category(
    offered, seize, customs, seizure_report, work, verdict_of
):
    report = seizure_report()
    numbered = replace(report.items[0], commodity="other", hs_code="6404.11")
    seize(customs, replace(report, items=(numbered,)))
    work(GoodsRevisiting, SETTLING)
    assert [verdict_of(key) for key in ("shoes", "bag")] == ["alert", "review"]


def test_a_seizure_that_was_deleted_lets_the_verdict_fall_again(
    offered, seize, customs, seizure_report, desk, work, verdict_of, now
):
    seize(customs, seizure_report())
    work(GoodsRevisiting, SETTLING)
    delete_seizure(desk, customs, "FR-1", now)
    work(GoodsRevisiting, SETTLING)
    assert verdict_of("shoes") == "review"
