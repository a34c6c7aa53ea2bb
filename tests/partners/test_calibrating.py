"""From 500 judgements of three rights holders on scores are calibrated, by every process, and recomputed."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import insert, select, update

from matching.calibration import LEAST
from matching.model import Comparison
from matching.policies import DEFAULT_POLICY, POLICIES
from matching.scoring import action_score, values_of, verdict_of
from partners.calibrating import Calibrating, gather, is_comparable
from partners.errors import NotReady
from partners.explaining import explain_kept
from partners.ids import new_id
from partners.judging import Opinion, judge_match
from partners.preconditions import Conditions
from partners.records.audit import audit
from partners.records.calibrations import add_calibration, calibrations, find_latest
from partners.records.jobs import LEASE, Job
from partners.records.listings import ListingFields, get_listing, listings
from partners.records.matches import matches
from partners.records.outcomes import Outcome, count_outcomes
from partners.records.screenings import screenings
from partners.registry import Registry
from partners.screening import Draft, Screener
from partners.working import JobBench

DAY = timedelta(days=1)
ENOUGH = 42
"""So many copies of every listing are 504 judgements."""


@pytest.fixture
def work(database, now):
    """Let a worker do what is due, some time later; tells what was made of it."""

    def run(later=timedelta(0)):
        bench = JobBench(database, [Calibrating(database, lambda: now + later)], lambda: now + later)
        while bench.work():
            pass
        with database.surveying("jobs") as connection:
            return find_latest(connection, DEFAULT_POLICY.version)

    return run


@pytest.fixture
def calibrated(judge_copies, work):
    """A table of enough judgements."""
    judge_copies(ENOUGH)
    return work()


@pytest.fixture
def submit(screener, shop):
    """Submit one listing; its screening as its marketplace reads it."""

    def act(reference="A-1", title="NIKE 1:1 replica shoes", by=screener):
        [kept] = by.keep(shop, [Draft(reference=reference, fields=ListingFields(title=title), seller="S-9")])
        return kept.listing.screening

    return act


def changed(backstage, table, **values):
    with backstage.begin() as connection:
        connection.execute(update(table).values(values))


def judge_one(database, owner, match_id, judgement, now):
    opinion = Opinion(judgement=judgement, reason="Known to us.")
    return database.acting(
        "casework", lambda c, p: judge_match(c, p, match_id, opinion, Conditions(), now), owner
    )


def test_until_there_are_500_judgements_scores_are_estimates(judge_copies, work, submit):
    assert judge_copies(ENOUGH - 1) < LEAST
    assert work() is None
    told = submit()
    assert (told.score_basis, told.calibration) == ("estimate", None)


def test_from_500_judgements_on_scores_are_calibrated_and_verdicts_as_before(
    judge_copies, work, submit, backstage
):
    before = submit("before")
    assert judge_copies(ENOUGH) >= LEAST
    made = work()
    told = submit("after")
    assert (told.score_basis, told.calibration) == ("calibrated", made.version)
    assert told.score == made.calibration.score_of(before.score) != before.score
    assert told.verdict == before.verdict
    assert [match.score for match in told.matches] == [match.score for match in before.matches]
    with backstage.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.act == "calibration.made")).all()
    assert [row.subject for row in rows] == [made.id]


def test_the_event_of_a_listing_says_what_its_score_is(calibrated, submit, told, shop):
    kept = submit()
    events = [data for type_, data in told(shop) if type_ == "listing.screened"]
    assert [each["score_basis"] for each in events[-2:]] == ["estimate", "calibrated"]
    assert events[-1]["score"] == kept.score


def test_another_process_scores_by_the_newest_table_from_its_next_screening_on(
    calibrated, submit, database, desk, now
):
    registry = Registry(database, lambda: now)
    registry.refresh()
    elsewhere = Screener(desk, registry, lambda: now)
    assert submit("one", by=elsewhere).calibration == calibrated.version
    newer = database.acting("jobs", lambda c, _: add_calibration(c, calibrated))
    assert submit("two", by=elsewhere).calibration == newer.version == calibrated.version + 1


def test_kept_advice_is_recomputed_by_its_own_table_when_there_is_another(calibrated, submit, database, shop):
    told = submit()
    other = msgspec.structs.replace(calibrated, knots=calibrated.knots[:1])
    database.acting("jobs", lambda c, _: add_calibration(c, other))
    with database.reading(shop) as (connection, principal):
        found = explain_kept(connection, principal, told.id)
    assert (found.reproduced, found.score, found.calibrated_by.version) == (True, told.score, 1)
    assert calibrated.calibration.score_of(found.estimate) == told.score
    assert found.calibrated_by.below.estimate < found.estimate <= found.calibrated_by.above.estimate


def test_what_a_person_rejects_is_summed_up_by_the_table_it_was_scored_with(
    calibrated, submit, database, shop, owners, now
):
    told = submit()
    judge_one(database, owners[0], told.matches[0].id, "rejected", now)
    with database.reading(shop) as (connection, principal):
        listing = get_listing(connection, principal, "A-1")
        found = explain_kept(connection, principal, listing.screening.id)
    assert (found.verdict, found.reproduced, found.calibrated_by.version) == ("clear", True, 1)
    assert found.score < told.score


def test_another_policy_is_told_its_own_estimate(calibrated, submit, database, shop):
    told = submit()
    with database.reading(shop) as (connection, principal):
        found = explain_kept(connection, principal, told.id, "2026.5")
    assert (found.score_basis, found.calibrated_by, found.score) == ("estimate", None, found.estimate)


def test_two_rights_holders_are_too_few(judge_copies, work, backstage, owners):
    judge_copies(ENOUGH * 2)
    with backstage.begin() as connection:
        third = matches.c.rights_holder_id == owners[2].organization_id
        connection.execute(update(matches).where(third).values(judgement=None))
    assert work() is None


def test_a_doubt_and_what_is_over_do_not_count(judge_copies, work, backstage, database, now):
    judge_copies(ENOUGH, lambda title, copy: "unsure" if copy % 2 else "confirmed")
    assert work() is None
    changed(backstage, matches, judgement="rejected", judgement_expires_on=now.date() - DAY)
    with database.surveying("jobs") as connection:
        assert count_outcomes(connection, now.date()).judgements == 0
        assert count_outcomes(connection, now.date() - DAY).judgements >= LEAST


def test_a_judgement_counts_when_the_listing_is_gone(judge_copies, work, backstage, now):
    judge_copies(ENOUGH)
    changed(backstage, matches, withdrawn_at=now)
    changed(backstage, listings, deleted_at=now)
    assert work().judgements >= LEAST


def test_it_is_the_evidence_before_the_judgement_that_counts(judge_copies, backstage, database, now):
    judge_copies(ENOUGH)
    before, _ = gather(database, DEFAULT_POLICY, now)
    with backstage.begin() as connection:
        for row in connection.execute(select(screenings)).all():
            document = row.document | {"matches": []}
            later = {"id": new_id("scr"), "document": document, "screened_at": now + DAY}
            connection.execute(insert(screenings).values({**row._mapping, **later}))
    assert sorted(gather(database, DEFAULT_POLICY, now)[0]) == sorted(before)


def test_estimates_are_the_policys_own_whatever_the_score_was(calibrated, submit, database, owners, now):
    told = submit("A-1", "shoes in the style of NIKE")
    judge_one(database, owners[0], told.matches[0].id, "rejected", now + DAY)
    newest = gather(database, DEFAULT_POLICY, now + DAY)[0][0]
    with database.surveying("jobs") as connection:
        row = connection.execute(select(matches).where(matches.c.id == told.matches[0].id)).one()
    values = values_of(msgspec.convert(row.comparisons, tuple[Comparison, ...]))
    assert newest.estimate == action_score(
        values, verdict_of(values, row.use, DEFAULT_POLICY), DEFAULT_POLICY
    )
    assert newest.estimate != told.score


@pytest.mark.parametrize("kind", ["own lines", "erased"])
def test_judgements_under_a_holders_own_lines_or_without_evidence_do_not_count(
    judge_copies, backstage, database, now, work, kind
):
    judge_copies(ENOUGH)
    with backstage.begin() as connection:
        for row in connection.execute(select(screenings)).all():
            drawn = [match | {"policy_version": "own-1"} for match in row.document["matches"]]
            document = row.document | {"matches": drawn} if kind == "own lines" else {}
            connection.execute(update(screenings).where(screenings.c.id == row.id).values(document=document))
    assert gather(database, DEFAULT_POLICY, now)[0] == []
    assert work() is None


def test_a_new_table_takes_a_tenth_more_judgements_and_a_day(calibrated, judge_copies, work):
    assert work(2 * DAY).version == calibrated.version
    judge_copies(ENOUGH // 8)
    assert work(DAY / 2).version == calibrated.version
    made = work(2 * DAY)
    assert (made.version, made.judgements > calibrated.judgements) == (calibrated.version + 1, True)


class Dying(Calibrating, frozen=True):
    """A worker that ends before it has kept anything."""

    def do(self, job, now):
        super().do(job, now)
        raise KeyboardInterrupt


def test_a_worker_that_dies_leaves_the_table_to_another_and_there_is_one(judge_copies, work, database, now):
    judge_copies(ENOUGH)
    with pytest.raises(KeyboardInterrupt):
        JobBench(database, [Dying(database, lambda: now)], lambda: now).work()
    assert work() is None
    assert work(LEASE).version == 1
    with database.surveying("jobs") as connection:
        assert len(connection.execute(select(calibrations.c.id)).all()) == 1


def test_a_worker_that_lost_its_job_to_another_keeps_nothing(judge_copies, database, now):
    judge_copies(ENOUGH)
    late = now + 2 * LEASE
    other = JobBench(database, [Calibrating(database, lambda: late)], lambda: late)

    def clock():
        """As the first one holds its job again, its time is over, and the other has done it."""
        other.work()
        return late

    JobBench(database, [Calibrating(database, clock)], lambda: now).work()
    with database.surveying("jobs") as connection:
        assert list(connection.scalars(select(calibrations.c.version))) == [1]


def outcome(version):
    return Outcome(
        organization_id="org_1", is_confirmed=True, policy_version=version, use="origin", comparisons=()
    )


def test_only_what_was_measured_for_all_that_the_policy_weighs_is_compared():
    assert is_comparable(outcome(DEFAULT_POLICY.version), DEFAULT_POLICY)
    assert is_comparable(outcome(DEFAULT_POLICY.version), POLICIES["2026.5"])
    assert not is_comparable(outcome("2026.5"), DEFAULT_POLICY)
    assert not is_comparable(outcome("2019.1"), DEFAULT_POLICY)


def test_an_older_process_leaves_the_table_of_a_newer_policy_to_others(database, now):
    job = Job(
        id="job_1",
        kind="calibration",
        state="due",
        document={"policy": "2999.1"},
        done=0,
        tries=0,
        due_at=now,
        created_at=now,
    )
    with pytest.raises(NotReady):
        Calibrating(database).do(job, now)
