"""A judgement that expires holds through its last day; then the match is advised on as if not judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from partners.errors import PreconditionFailed, RuleBroken
from partners.filing import remove_listing
from partners.judging import LONGEST, Opinion, judge_match
from partners.lapsing import JudgementExpiry
from partners.preconditions import Conditions
from partners.records.approvals import approvals
from partners.records.events import events
from partners.records.jobs import jobs
from partners.records.matches import get_match, matches
from partners.working import JobBench

DAY = timedelta(days=1)


@pytest.fixture
def judge(database, met, now):
    """Judge the match, to hold for some days."""

    def say(judgement="rejected", days=1, conditions=Conditions()):  # noqa: B008 - it is frozen
        until = (now + days * DAY).date() if days is not None else None
        opinion = Opinion(judgement=judgement, reason="Licensed for this season.", expires_on=until)
        return database.acting(
            "casework", lambda c, p: judge_match(c, p, met.match_id, opinion, conditions, now), met.owner
        )

    return say


@pytest.fixture
def work(database, desk, now):
    """Let the upkeep work some days later."""

    def run(days):
        bench = JobBench(database, [JudgementExpiry(desk)], lambda: now + days * DAY)
        while bench.work():
            pass

    return run


@pytest.fixture
def seen(database, met):
    """The match's verdict and judgement, as its rights holder reads them."""

    def read():
        with database.reading(met.owner) as (connection, principal):
            match = get_match(connection, principal, met.match_id)
        return match.verdict, match.judgement, match.judgement_expires_on

    return read


@pytest.fixture
def told(database):
    def count(type_):
        with database.surveying("delivery") as connection:
            return len(list(connection.scalars(select(events.c.id).where(events.c.type == type_))))

    return count


def test_a_rejection_holds_through_its_last_day_and_no_longer(judge, work, seen, now):
    judge(days=1)
    last = (now + DAY).date()
    work(days=1)
    assert seen() == ("clear", "rejected", last)
    work(days=2)
    assert seen() == ("alert", None, None)


def test_what_was_judged_approves_of_its_text_no_longer(backstage, judge, work):
    def approved():
        with backstage.connect() as connection:
            return len(connection.execute(select(approvals)).all())

    judge(days=1)
    assert approved() == 1
    work(days=2)
    assert approved() == 0


def test_only_a_changed_verdict_is_told_and_only_once(judge, work, told):
    judge(days=1)
    before = told("listing.verdict_changed")
    work(days=2)
    work(days=3)
    assert told("listing.verdict_changed") == before + 1


def test_a_doubt_lapses_without_an_event(judge, work, seen, told):
    judge("unsure", days=1)
    before = told("listing.verdict_changed"), told("match.verdict_changed")
    work(days=2)
    assert seen() == ("alert", None, None)
    assert (told("listing.verdict_changed"), told("match.verdict_changed")) == before


def test_a_judgement_without_an_end_stays(database, judge, work, seen):
    judge(days=None)
    work(days=5_000)
    assert seen() == ("clear", "rejected", None)
    with database.surveying("jobs") as connection:
        assert list(connection.scalars(select(jobs.c.id).where(jobs.c.kind == "judgement_expiry"))) == []


def test_a_lapsed_judgement_is_not_overwritten_by_who_has_not_seen_that(judge, work, seen):
    judge(days=1)
    work(days=2)
    with pytest.raises(PreconditionFailed):
        judge("confirmed", days=None, conditions=Conditions(if_match=frozenset({"1"})))
    judge("unsure", days=None)
    assert seen()[1] == "unsure"


def test_a_longer_time_is_given_by_judging_again(judge, work, seen):
    judge(days=1)
    judge(days=30, conditions=Conditions(if_match=frozenset({"1"})))
    work(days=2)
    assert seen()[:2] == ("clear", "rejected")


def test_a_judgement_on_a_listing_that_is_gone_lapses_too(database, desk, met, judge, work, seen, now):
    judge(days=1)
    remove_listing(desk, met.shop, "A-1", now)
    work(days=2)
    assert seen()[1:] == (None, None)


def test_where_the_evidence_cannot_be_read_the_judgement_lapses_all_the_same(backstage, judge, work, seen):
    judge(days=1)
    with backstage.begin() as connection:
        connection.exec_driver_sql("update screenings set document = '{}'")
    work(days=2)
    assert seen() == ("clear", None, None)
    with backstage.connect() as connection:
        assert connection.scalar(select(matches.c.judgement_revision)) == 2


@pytest.mark.parametrize(
    ("judgement", "days"), [("rejected", 0), ("unsure", -1), ("rejected", LONGEST.days + 1), ("confirmed", 9)]
)
def test_a_day_that_cannot_be_is_refused(judge, seen, judgement, days):
    with pytest.raises(RuleBroken) as refused:
        judge(judgement, days)
    assert [pointer for pointer, _ in refused.value.errors] == ["/expires_on"]
    assert seen() == ("alert", None, None)


def test_ten_years_are_allowed(judge, seen, now):
    judge(days=LONGEST.days)
    assert seen()[2] == (now + LONGEST).date()
