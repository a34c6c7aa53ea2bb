from __future__ import annotations

import threading

import msgspec
import pytest
from sqlalchemy import select

from partners.casework import Ruling, decide_case
from partners.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RuleBroken,
)
from partners.judging import Opinion, judge_match
from partners.preconditions import Conditions
from partners.records.audit import audit
from partners.records.cases import list_cases, list_notices
from partners.records.events import events
from partners.records.matches import get_match

CONFIRMED = Opinion(judgement="confirmed", reason="We never made this shoe.")
REJECTED = Opinion(judgement="rejected", reason="It is ours.")
REMOVED = Ruling(decision="removed", grounds="counterfeit", statement="The listing offers a counterfeit.")
KEPT = Ruling(decision="kept", grounds="genuine_goods", statement="An invoice was shown.")
FREELY = Conditions()


def judge(database, met, now, opinion, conditions=FREELY, by=None):
    return database.acting(
        "casework",
        lambda c, p: judge_match(c, p, met.match_id, opinion, conditions, now),
        by or met.owner,
    )


def decide(database, met, now, ruling, conditions=FREELY, by=None):
    (case,) = cases_of(database, met.shop)
    return database.acting(
        "casework", lambda c, p: decide_case(c, p, case.id, ruling, conditions, now), by or met.shop
    )


def cases_of(database, claims):
    with database.reading(claims) as (connection, principal):
        return list_cases(connection, principal, after=None, limit=50, state=None)


def told(database, claims):
    with database.surveying("delivery") as connection:
        statement = select(events.c.type).where(events.c.organization_id == claims.organization_id)
        return sorted(connection.scalars(statement))


def test_a_confirming_judgement_files_a_notice_and_opens_a_case(database, met, now):
    judge(database, met, now, CONFIRMED)
    (case,) = cases_of(database, met.owner)
    assert (case.state, case.decision, case.match_id) == ("open", None, met.match_id)
    with database.reading(met.owner) as (connection, principal):
        (notice,) = list_notices(connection, principal, after=None, limit=50)
    assert notice.document["listing"]["url"] == "https://shop.example/a-1"


def test_the_marketplace_is_asked_for_the_takedown_and_the_owner_is_not(database, met, now):
    before = {claims: told(database, claims) for claims in (met.shop, met.owner)}
    judge(database, met, now, CONFIRMED)
    both = {"case.opened", "match.judged", "notice.filed"}
    assert set(told(database, met.owner)) - set(before[met.owner]) == both
    assert set(told(database, met.shop)) - set(before[met.shop]) == {*both, "takedown.requested"}


def test_a_rejected_match_no_longer_counts_until_the_rejection_is_taken_back(database, met, now):
    def verdict():
        with database.reading(met.owner) as (connection, principal):
            return get_match(connection, principal, met.match_id).verdict

    before = verdict()
    judge(database, met, now, REJECTED)
    assert (before, verdict()) == ("alert", "clear")
    assert "listing.verdict_changed" in told(database, met.shop)
    judge(database, met, now, CONFIRMED, Conditions(if_match=frozenset({"1"})))
    assert verdict() == "alert"


@pytest.mark.parametrize("judgement", ["rejected", "unsure"])
def test_any_other_judgement_opens_nothing(database, met, now, judgement):
    judge(database, met, now, Opinion(judgement=judgement, reason="no"))
    assert cases_of(database, met.shop) == []


def test_the_decision_closes_the_case_and_both_sides_hear_of_it(database, met, now):
    judge(database, met, now, CONFIRMED)
    case = decide(database, met, now, REMOVED)
    assert (case.state, case.decision, case.closed_at) == ("closed", "removed", now)
    assert "case.decided" in told(database, met.owner)
    assert "case.decided" in told(database, met.shop)


def test_the_same_judgement_again_changes_nothing(database, met, now):
    judge(database, met, now, CONFIRMED)
    before = told(database, met.shop)
    judge(database, met, now, CONFIRMED)
    assert told(database, met.shop) == before


def test_another_judgement_needs_if_match(database, met, now):
    judge(database, met, now, CONFIRMED)
    with pytest.raises(PreconditionRequired):
        judge(database, met, now, REJECTED)
    with pytest.raises(PreconditionFailed):
        judge(database, met, now, REJECTED, Conditions(if_match=frozenset({"7"})))


def test_a_confirmation_taken_back_closes_the_open_case(database, met, now):
    judge(database, met, now, CONFIRMED)
    judge(database, met, now, REJECTED, Conditions(if_match=frozenset({"1"})))
    (case,) = cases_of(database, met.shop)
    assert (case.state, case.decision) == ("closed", None)
    assert "case.withdrawn" in told(database, met.shop)
    with pytest.raises(Conflict):
        decide(database, met, now, REMOVED)


def test_a_decided_case_cannot_lose_its_notice(database, met, now):
    judge(database, met, now, CONFIRMED)
    decide(database, met, now, REMOVED)
    with pytest.raises(Conflict):
        judge(database, met, now, REJECTED, Conditions(if_match=frozenset({"1"})))
    with database.reading(met.owner) as (connection, principal):
        (notice,) = list_notices(connection, principal, after=None, limit=50)
    assert notice.withdrawn_at is None


def test_a_decision_is_changed_only_with_if_match(database, met, now):
    judge(database, met, now, CONFIRMED)
    first = decide(database, met, now, REMOVED)
    with pytest.raises(PreconditionRequired):
        decide(database, met, now, KEPT)
    changed = decide(database, met, now, KEPT, Conditions(if_match=frozenset({str(first.revision)})))
    assert changed.decision == "kept"


@pytest.mark.parametrize(("decision", "grounds"), [("kept", "counterfeit"), ("removed", "genuine_goods")])
def test_grounds_must_carry_the_decision(database, met, now, decision, grounds):
    judge(database, met, now, CONFIRMED)
    with pytest.raises(RuleBroken):
        decide(database, met, now, msgspec.structs.replace(REMOVED, decision=decision, grounds=grounds))


def test_nobody_else_judges_or_decides(database, met, partner, now):
    with pytest.raises(NotFound):
        judge(database, met, now, CONFIRMED, by=partner("rights_holder"))
    with pytest.raises(NotFound):
        judge(database, met, now, CONFIRMED, by=met.shop)
    judge(database, met, now, CONFIRMED)
    with pytest.raises(NotFound):
        decide(database, met, now, REMOVED, by=partner("marketplace"))


def test_the_rights_holder_cannot_decide_its_own_notice(database, met, now):
    judge(database, met, now, CONFIRMED)
    with pytest.raises(Forbidden):
        decide(database, met, now, REMOVED, by=met.owner)


def test_judgement_notice_and_decision_are_audited(database, met, now):
    judge(database, met, now, CONFIRMED)
    decide(database, met, now, REMOVED)
    with database.surveying("access") as connection:
        acts = sorted(connection.scalars(select(audit.c.act)))
    assert acts == ["case.removed", "match.confirmed", "notice.filed"]


def test_ten_confirmations_at_once_file_one_notice(database, met, now):
    threads = [threading.Thread(target=judge, args=(database, met, now, CONFIRMED)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cases_of(database, met.shop)) == 1
