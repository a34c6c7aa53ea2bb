"""Nothing is kept longer than its table's limit: the clock is turned on, and what is left is looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from api.rights import scopes_of
from partners.records.cases import cases, notices
from partners.records.holds import LegalHold, add_hold
from partners.records.job_lines import job_lines
from partners.records.jobs import add_job, jobs
from partners.records.listings import listings
from partners.records.matches import matches
from partners.records.screenings import screenings
from partners.records.sellers import sellers
from partners.sequencing import Sequencer
from partners.upkeep import Expiry, Limits
from partners.working import JobBench

MARK = {"reference": "m-1", "mark": "VELORIQ", "office": "EM", "status": "registered", "nice_classes": [25]}
LISTING = {"title": "VELORIQ Storm sneakers 1:1 replica, AAA quality", "category": "Apparel > Shoes"}
SELLER = {"reference": "S-1", "legal_name": "Canary Goldfinch Trading", "email": "canary@goldfinch.example"}


@pytest.fixture
def ask(client, partner, token):
    callers = {
        kind: token(partner(kind, scopes=scopes_of(kind))) for kind in ("marketplace", "rights_holder")
    }

    def call(kind, method, path, body=None):
        answer = client.request(method, path, json=body, headers=callers[kind])
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def kept(ask, house, database):
    """A listing with a closed case, one with a match, and a seller that is deleted."""
    ask("rights_holder", "POST", "/v1/trademarks", MARK)
    Sequencer(database).place()
    house.registry.refresh()
    for reference in ("cased", "plain"):
        ask("marketplace", "POST", "/v1/listings", LISTING | {"reference": reference})
    match = next(
        each
        for each in ask("rights_holder", "GET", "/v1/matches")["items"]
        if each["listing"]["title"] == LISTING["title"]
    )
    opinion = {"judgement": "confirmed", "reason": "no shoe of ours"}
    ask("rights_holder", "PUT", f"/v1/matches/{match['id']}/judgement", opinion)
    [case] = ask("marketplace", "GET", "/v1/cases")["items"]
    ruling = {"decision": "removed", "grounds": "counterfeit", "statement": "A replica."}
    ask("marketplace", "PUT", f"/v1/cases/{case['id']}/decision", ruling)
    ask("marketplace", "POST", "/v1/sellers", SELLER)
    ask("marketplace", "DELETE", "/v1/sellers/S-1")


@pytest.fixture
def left(database, now):
    """Work everything off so many days later; tells how many rows are left of each table."""

    def run(days):
        bench = JobBench(database, [Expiry(database, Limits())], lambda: now + timedelta(days=days))
        while bench.work():
            pass

        def count(connection, _):
            tables = (listings, screenings, matches, notices, cases)
            return {t.name: connection.scalar(select(func.count()).select_from(t)) for t in tables}

        return database.acting("jobs", count)

    return run


def test_a_listing_goes_after_730_days_unless_a_case_rests_on_it(kept, left):
    whole = {"listings": 2, "screenings": 2, "matches": 2, "notices": 1, "cases": 1}
    assert left(729) == whole
    assert left(731) == {"listings": 1, "screenings": 1, "matches": 1, "notices": 1, "cases": 1}


def test_a_case_goes_2555_days_after_its_end_and_its_listing_with_it(kept, left):
    assert left(2554)["cases"] == 1
    assert set(left(2556).values()) == {0}


def test_an_open_case_is_kept_with_all_it_rests_on(kept, left, database):
    reopened = update(cases).values(state="open", closed_at=None)
    database.acting("casework", lambda connection, _: connection.execute(reopened))
    assert left(9_999) == {"listings": 1, "screenings": 1, "matches": 1, "notices": 1, "cases": 1}


def test_a_legal_hold_keeps_a_listing(kept, left, database, now):
    [held] = database.acting(
        "jobs",
        lambda c, _: c.scalars(select(listings.c.id).where(listings.c.reference == "plain")).all(),
    )
    hold = LegalHold(id="", subject=held, reason="court order 4711", created_at=now)
    database.acting("jobs", lambda connection, _: add_hold(connection, hold))
    assert left(9_999)["listings"] == 1


def test_a_deleted_seller_is_nobody_after_730_days(kept, left, database):
    def parties():
        return database.acting("jobs", lambda c, _: c.scalars(select(sellers.c.party)).all())

    before = [len(party) for party in parties()]
    left(729)
    assert [len(party) for party in parties()] == before
    left(731)
    assert set(parties()) <= {b""}


def test_a_job_goes_30_days_after_its_end_with_its_lines(database, left, now):
    def work(connection, _):
        job = add_job(connection, "create_listing", {}, 1, now)
        connection.execute(job_lines.insert().values(job_id=job.id, first=1, last=1, answer=b"{}"))
        connection.execute(update(jobs).values(state="done", finished_at=now))

    def count():
        return database.acting("jobs", lambda c, _: c.scalar(select(func.count()).select_from(job_lines)))

    database.acting("jobs", work)
    left(29)
    assert count() == 1
    left(31)
    assert count() == 0
