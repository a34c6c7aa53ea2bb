"""From 500 judgements of three rights holders on scores are calibrated, by every process, and recomputed."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import insert, select, update

from matching.calibration import LEAST
from matching.policies import DEFAULT_POLICY, POLICIES
from matching.scoring import action_score, values_of, verdict_of
from partners.calibrating import Calibrating, gather, is_comparable
from partners.explaining import explain_kept
from partners.filing import file_listings, remove_listing
from partners.ids import new_id
from partners.judging import Opinion, judge_match
from partners.preconditions import Conditions
from partners.records.audit import audit
from partners.records.calibrations import calibrations, find_latest
from partners.records.jobs import LEASE
from partners.records.listings import ListingFields, get_listing, listings
from partners.records.matches import matches
from partners.records.outcomes import Outcome, count_outcomes
from partners.records.screenings import screenings
from partners.records.trademarks import TrademarkFields
from partners.registry import Registry
from partners.screening import Draft, Screener
from partners.working import JobBench

DAY = timedelta(days=1)
MARKS = ("NIKE", "ADIDAS", "LACOSTE")
TITLES = ("{} 1:1 replica shoes", "shoes in the style of {}", "{} shoes", "case for {}")


@pytest.fixture
def owners(partner):
    return [partner("rights_holder", f"Owner of {mark}") for mark in MARKS]


@pytest.fixture
def met_all(screener, shop, owners, register):
    """Listings of every kind with every mark, each with a match of its own."""
    for owner, mark in zip(owners, MARKS, strict=True):
        register(owner, TrademarkFields(reference="EM-1", mark=mark, office="EM", nice_classes=(18, 25)))
    titles = [title.format(mark) for title in TITLES for mark in MARKS]
    return screener.keep(
        shop,
        [Draft(reference=title, fields=ListingFields(title=title), seller="S-1") for title in titles],
    )


@pytest.fixture
def judge_copies(backstage, met_all, now):
    """Copy every match, its listing and its screening some times, judged: `says` tells of a title and a copy."""

    def copied(row, **changes):
        return {**row._mapping, **changes}

    def act(times, says=lambda title, copy: "confirmed" if title == 0 or copy % 3 == 0 else "rejected"):
        with backstage.begin() as connection:
            kinds = [listings, screenings, matches]
            rows = [connection.execute(select(each).order_by(each.c.id)).all() for each in kinds]
            ids = {each.listing.reference: place // len(MARKS) for place, each in enumerate(met_all)}
            places = {row.id: ids[row.reference] for row in rows[0] if row.reference in ids}
            made = [[], [], []]
            for copy in range(times):
                news = {listing_id: new_id("lst") for listing_id in places}
                made[0] += [
                    copied(row, id=news[row.id], reference=news[row.id]) for row in rows[0] if row.id in places
                ]
                made[1] += [
                    copied(row, id=new_id("scr"), listing_id=news[row.listing_id])
                    for row in rows[1]
                    if row.listing_id in places
                ]
                made[2] += [
                    copied(
                        row,
                        id=new_id("mch"),
                        listing_id=news[row.listing_id],
                        judgement=says(places[row.listing_id], copy),
                        judged_at=now,
                        judgement_revision=1,
                    )
                    for row in rows[2]
                    if row.listing_id in places
                ]
            for table, found in zip(kinds, made, strict=True):
                connection.execute(insert(table), found)
        return len(made[2])

    return act


@pytest.fixture
def work(database, now):
    """Let a worker do what is due, some time later; tells what was made of it."""

    def run(later=timedelta(0)):
        bench = JobBench(database, [Calibrating(database)], lambda: now + later)
        while bench.work():
            pass
        with database.surveying("jobs") as connection:
            return find_latest(connection, DEFAULT_POLICY.version)

    return run


def test_look(judge_copies, work, met_all, database, now):
    n = judge_copies(50)
    print(n)
    judged, known = gather(database, DEFAULT_POLICY, now)
    print(sorted({(j.estimate, j.organization[-4:]) for j in judged}), known)
    print(work())
    assert 0
