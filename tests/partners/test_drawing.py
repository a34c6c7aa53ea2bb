"""Lines drawn by a rights holder: versions, bounds, and what is advised anew on its marks alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from matching.overriding import Overrides
from matching.policies import DEFAULT_POLICY
from partners.drawing import draw_policy, try_policy
from partners.errors import NotFound, PreconditionFailed, PreconditionRequired, RuleBroken
from partners.explaining import explain, lines_of
from partners.planning import SETTLING
from partners.preconditions import Conditions
from partners.records.audit import EntryFilter, list_entries
from partners.records.job_lines import get_job
from partners.records.jobs import jobs
from partners.records.listings import ListingFields, get_listing, listings
from partners.records.matches import matches
from partners.records.policies import list_versions
from partners.records.screenings import erase_evidence, explain_screening, screenings
from partners.rescoring import AT_ONCE, RESCORING, Rescoring
from partners.screening import Draft
from partners.shadowing import Shadowing
from partners.working import JobBench

REPLICA = Draft(reference="A-1", fields=ListingFields(title="Nike Air Max 1:1 replica shoes"))
ZORGLUB = Draft(reference="A-2", fields=ListingFields(title="Zorglub Suede 1:1 replica shoes"))
MILD = Overrides(strong_cue="review")


@pytest.fixture
def draw(desk, now):
    def make(claims, overrides, revision=None):
        conditions = Conditions(if_match=frozenset([str(revision)]) if revision else frozenset())
        return draw_policy(desk, claims, overrides, conditions, now)

    return make


@pytest.fixture
def work(database, desk, now):
    """Do the jobs that are due."""

    def make(later=timedelta()):
        bench = JobBench(database, [Rescoring(desk), Shadowing(database)], lambda: now + later)
        while bench.work():
            pass

    return make


@pytest.fixture
def two_marks(register, owner, partner, nike):
    """NIKE of the owner, and ZORGLUB of another rights holder."""
    other = partner("rights_holder", "Other")
    register(owner, nike)
    register(other, replace(nike, reference="EM-2", mark="ZORGLUB"))
    return other


@pytest.fixture
def verdicts(read, shop):
    return lambda *keys: [read(shop, get_listing, key=key).screening.verdict for key in keys]


def explained(read, shop, key, version=None):
    kept = read(shop, get_listing, key=key).screening.id

    def ask(connection, principal):
        screening = explain_screening(connection, principal, kept)
        return explain(screening, lines_of(connection, screening, version), version)

    return read(shop, ask)


def test_a_policy_reaches_its_own_marks_only(two_marks, screener, shop, owner, draw, verdicts):
    draw(owner, MILD)
    screener.keep(shop, [REPLICA, ZORGLUB])
    assert verdicts("A-1", "A-2") == ["review", "alert"]


def test_what_was_advised_is_advised_anew_at_once_and_told(
    two_marks, screener, shop, owner, draw, verdicts, told
):
    screener.keep(shop, [REPLICA, ZORGLUB])
    draw(owner, MILD)
    assert verdicts("A-1", "A-2") == ["review", "alert"]
    type_, data = told(owner)[-1]
    assert (type_, data["verdict"], data["previous_verdict"]) == ("match.verdict_changed", "review", "alert")
    draw(owner, Overrides(), revision=1)
    assert verdicts("A-1", "A-2") == ["alert", "alert"]


def test_the_rest_is_advised_anew_by_a_job(two_marks, screener, shop, owner, draw, verdicts, work, database):
    screener.keep(shop, [replace(REPLICA, reference=f"B-{number}") for number in range(130)])
    draw(owner, MILD)
    keys = [f"B-{number}" for number in range(130)]
    assert verdicts(*keys).count("alert") == 30
    work(SETTLING)
    assert set(verdicts(*keys)) == {"review"}
    with database.surveying("jobs") as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.kind == RESCORING)).all()
    assert (job.state, job.done) == ("done", 130)


def test_a_listing_that_fails_is_skipped_and_counted(
    two_marks, screener, shop, owner, draw, work, database, desk
):
    kept = screener.keep(shop, [replace(REPLICA, reference=f"B-{number}") for number in range(AT_ONCE + 5)])
    row = screenings.c.id == kept[-1].listing.screening.id
    torn = update(screenings).where(row).values(document={"verdict": "none such"})
    database.acting("screening", lambda c, _: c.execute(torn))
    draw(owner, MILD)
    work(SETTLING)
    with database.surveying("jobs") as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.kind == RESCORING)).all()
        told = connection.execute(select(listings.c.verdict)).scalars().all()
    assert (job.state, job.done, job.document["skipped"]) == ("done", AT_ONCE + 5, 1)
    assert sorted(told) == ["alert"] + ["review"] * (AT_ONCE + 4)


def test_kept_advice_is_recomputed_bit_for_bit_under_each_version(
    two_marks, screener, shop, owner, draw, read
):
    screener.keep(shop, [REPLICA])
    version = draw(owner, MILD)
    told = explained(read, shop, "A-1")
    assert (told.reproduced, told.verdict, told.candidates[0].policy_version) == (
        True,
        "review",
        version.version,
    )
    shipped = explained(read, shop, "A-1", DEFAULT_POLICY.version)
    assert (shipped.reproduced, shipped.verdict, shipped.advised) == (False, "alert", "review")
    assert explained(read, shop, "A-1", version.version).reproduced


def test_anothers_policy_cannot_be_named_where_its_marks_are_not(two_marks, screener, shop, draw, read):
    foreign = draw(two_marks, MILD)
    screener.keep(shop, [REPLICA])
    with pytest.raises(RuleBroken):
        explained(read, shop, "A-1", foreign.version)


def test_a_rejection_stays_whatever_the_policy(met, shop, owner, draw, read, database):
    database.acting("casework", lambda c, _: c.execute(update(matches).values(judgement="rejected")))
    draw(owner, MILD)
    assert read(shop, get_listing, key="A-1").screening.matches[0].verdict == "clear"


def test_versions_are_kept_and_changing_one_needs_the_revision_seen(owner, draw, read):
    draw(owner, MILD)
    with pytest.raises(PreconditionRequired):
        draw(owner, Overrides(named=0.9))
    with pytest.raises(PreconditionFailed):
        draw(owner, Overrides(named=0.9), revision=7)
    draw(owner, Overrides(named=0.9), revision=1)
    assert [(each.revision, each.overrides) for each in read(owner, list_versions)] == [
        (2, {"named": 0.9}),
        (1, {"strong_cue": "review"}),
    ]


def test_the_same_lines_again_make_no_version(owner, draw, read):
    assert draw(owner, MILD) == draw(owner, MILD)
    assert len(read(owner, list_versions)) == 1


def test_a_line_out_of_bounds_is_refused(owner, draw, read):
    with pytest.raises(RuleBroken) as refused:
        draw(owner, Overrides(letters_of_alert=3))
    assert refused.value.errors[0][0] == "/overrides/letters_of_alert"
    assert read(owner, list_versions) == []


def test_a_change_is_audited_and_told(owner, draw, read, told):
    version = draw(owner, MILD)
    [entry] = read(owner, list_entries, wanted=EntryFilter(act="policy.changed"), after=None, limit=5)
    assert (entry.subject, entry.detail["lines"]) == (version.id, {"strong_cue": "review"})
    assert [data["version"] for type_, data in told(owner) if type_ == "policy.changed"] == [version.version]


def test_a_shadow_run_counts_what_would_have_been(
    two_marks, screener, shop, owner, desk, now, read, work, told
):
    screener.keep(shop, [REPLICA, ZORGLUB, replace(REPLICA, reference="A-3")])
    before = told(shop)
    job = try_policy(desk, owner, "own", MILD, 30, now)
    work()
    done = read(owner, get_job, key=job.id)
    report = done.document["report"]
    assert (done.state, done.done, report["screenings"]) == ("done", 2, 2)
    assert (report["before"], report["after"]) == ({"alert": 2}, {"review": 2})
    assert report["changes"] == [{"before": "alert", "after": "review", "count": 2}]
    assert {each["mark"] for each in report["examples"]} == {"NIKE"}
    assert told(shop) == before


def test_a_shadow_run_leaves_older_and_erased_evidence_out(
    two_marks, screener, shop, owner, desk, now, read, work, database
):
    first, _ = screener.keep(shop, [REPLICA, replace(REPLICA, reference="A-3")])
    database.acting("screening", lambda c, _: erase_evidence(c, [first.listing.id]))
    job = try_policy(desk, owner, DEFAULT_POLICY.version, MILD, 30, now)
    late = try_policy(desk, owner, "own", MILD, 1, now + timedelta(days=40))
    work()
    report = read(owner, get_job, key=job.id).document["report"]
    assert (report["screenings"], report["erased"]) == (1, 1)
    assert read(owner, get_job, key=late.id).document["report"]["screenings"] == 0


def test_a_policy_of_somebody_else_cannot_be_tried(owner, partner, draw, desk, now):
    version = draw(owner, MILD)
    with pytest.raises(NotFound):
        try_policy(desk, partner("rights_holder", "Other"), version.version, None, 30, now)
