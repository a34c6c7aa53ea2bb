from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, insert, update

from partners import casework, judging
from partners.casework import Ruling
from partners.enrolling import delete_seller
from partners.flagging import expire_flags, reassess, reassess_all, reassess_pseudonym
from partners.ids import new_id
from partners.preconditions import Conditions
from partners.records.cases import list_cases
from partners.records.listings import ListingFields, listings
from partners.records.matches import matches
from partners.records.sellers import find_by_reference, find_sellers
from partners.screening import Draft
from partners.standings import standings_of


@pytest.fixture
def seller_of(met, database):
    """The seller of the listing that met a registration: the match is an alert."""
    with database.surveying("tracing") as connection:
        return find_by_reference(connection, met.shop.organization_id, ["S-1"])["S-1"]


@pytest.fixture
def assess_again(database, now):
    def act(seller, at=now):
        database.acting("flagging", lambda c, _: reassess(c, seller.id, at))

    return act


@pytest.fixture
def judge(database, now):
    def act(judgement):
        values = {"judgement": judgement, "judged_at": now}
        database.acting("casework", lambda c, _: c.execute(update(matches).values(values)))

    return act


def test_unjudged_alerts_alone_raise_low(database, met, seller_of, assess_again, flags_of, now):
    for number in range(40):
        row = {"id": new_id("lst"), "reference": f"B-{number}", "seller_id": seller_of.id}
        database.acting("screening", lambda c, _, row=row: copy_alert(c, met, row))
    assess_again(seller_of)
    [flag] = flags_of()
    assert (flag.level, flag.alerts) == ("low", 41)


def copy_alert(connection, met, changed):
    listing = connection.execute(listings.select().limit(1)).one()._asdict() | changed
    match = connection.execute(matches.select().where(matches.c.id == met.match_id)).one()._asdict()
    connection.execute(insert(listings).values(listing))
    connection.execute(insert(matches).values(match | {"id": new_id("mch"), "listing_id": listing["id"]}))


def test_a_confirmed_match_speaks_against_the_seller(seller_of, judge, assess_again, flags_of):
    judge("confirmed")
    assess_again(seller_of)
    [flag] = flags_of()
    assert [reason["code"] for reason in flag.reasons] == ["judgements_confirmed"]


def test_a_rejected_alert_lifts_the_flag_that_rested_on_it(seller_of, judge, assess_again, flags_of, now):
    judge("rejected")
    assess_again(seller_of)
    assert [flag.lifted_at for flag in flags_of()] == [now]


def test_an_unchanged_history_leaves_the_flag_in_its_place(seller_of, assess_again, flags_of):
    assess_again(seller_of)
    assess_again(seller_of)
    assert [flag.revision for flag in flags_of()] == [1]


def test_a_flag_expires_without_new_evidence(
    database, partner, enroll, seize, seizure_report, bright, flags_of, told, now
):
    shop, customs = partner("marketplace"), partner("customs")
    enroll(shop, "S-9", bright)
    seize(customs, seizure_report())
    assert flags_of()[0].expires_at == now + timedelta(days=365)
    early, late = now + timedelta(days=364), now + timedelta(days=365)
    assert database.acting("jobs", lambda c, _: expire_flags(c, early)) == 0
    assert database.acting("jobs", lambda c, _: expire_flags(c, late)) == 1
    assert database.acting("jobs", lambda c, _: expire_flags(c, late)) == 0
    assert flags_of()[0].lifted_at == late
    assert [type_ for type_, _ in told(shop)] == ["seller.flagged", "seller.flag_lifted"]
    assert [type_ for type_, _ in told(customs)][-1] == "seller.flag_lifted"


def test_new_evidence_keeps_the_flag_and_moves_its_end(
    partner, enroll, seize, seizure_report, bright, flags_of, now
):
    customs, later = partner("customs"), now + timedelta(days=300)
    enroll(partner("marketplace"), "S-9", bright)
    seize(customs, seizure_report())
    seize(customs, seizure_report("FR-2"), later)
    [flag] = flags_of()
    assert (flag.raised_at, flag.expires_at) == (now, later + timedelta(days=365))


def test_a_lifted_flag_is_raised_again_under_its_id(
    database, partner, enroll, seize, seizure_report, bright, flags_of, now
):
    customs, later = partner("customs"), now + timedelta(days=400)
    enroll(partner("marketplace"), "S-9", bright)
    seize(customs, seizure_report())
    database.acting("jobs", lambda c, _: expire_flags(c, later))
    [before] = flags_of()
    seize(customs, seizure_report("FR-2"), later)
    [after] = flags_of()
    assert (after.id, after.lifted_at, after.raised_at) == (before.id, None, later)


def test_the_person_of_a_deleted_seller_goes_with_its_flag(
    desk, database, partner, enroll, seize, seizure_report, bright, now
):
    shop = partner("marketplace")
    kept = enroll(shop, "S-9", bright)
    seize(partner("customs"), seizure_report())
    delete_seller(desk, shop, "S-9", now)
    database.acting("jobs", lambda c, _: expire_flags(c, now + timedelta(days=400)))
    with database.surveying("tracing") as connection:
        [seller] = find_sellers(connection, [kept.seller.id])
    assert seller.party == b""


@pytest.mark.parametrize("act", ["casework", "flagging", "retro_screening", "screening", "tracing"])
def test_whatever_moves_a_flag_erases_whom_it_was_kept_for(
    act, desk, database, partner, enroll, seize, seizure_report, bright, now
):
    shop, later = partner("marketplace"), now + timedelta(days=400)
    kept = enroll(shop, "S-9", bright)
    seize(partner("customs"), seizure_report())
    delete_seller(desk, shop, "S-9", now)
    database.acting(act, lambda c, _: reassess_pseudonym(c, kept.seller.pseudonym, later))
    with database.surveying("tracing") as connection:
        [seller] = find_sellers(connection, [kept.seller.id])
    assert seller.party == b""


def test_the_flags_of_many_sellers_cost_as_many_statements_as_that_of_one(
    database, screener, nike_mark, shop, now
):
    titled = ListingFields(title="Nike Air Max 1:1 replica shoes")
    screener.keep(shop, [Draft(reference=f"A-{n}", fields=titled, seller=f"S-{n}") for n in range(9)])
    later, counts = now + timedelta(days=1), []
    for few in (1, 9):
        statements: list[str] = []

        def assess(connection, _principal, few=few, statements=statements):
            event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
            sellers = find_by_reference(connection, shop.organization_id, [f"S-{n}" for n in range(few)])
            reassess_all(connection, [seller.id for seller in sellers.values()], later, flag_days=0)

        database.acting("flagging", assess)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_standing_reads_as_a_marketplace_may_read_it(
    database, partner, enroll, seize, seizure_report, bright
):
    kept = enroll(partner("marketplace"), "S-9", bright)
    seize(partner("customs"), seizure_report())
    with database.surveying("screening") as connection:
        standing = standings_of(connection, [kept.seller.id])[kept.seller.id]
    assert (standing.reference, standing.risk) == ("S-9", "medium")
    assert standing.reasons[0].text == "1-9 seizures are linked to this seller."


def test_a_judgement_and_a_decision_move_the_sellers_flag_at_once(desk, met, seller_of, flags_of, now):
    opinion = judging.Opinion(judgement="confirmed", reason="a fake")
    judging.judge(desk, met.owner, met.match_id, opinion, Conditions(), now)
    assert [reason["code"] for reason in flags_of()[0].reasons] == ["judgements_confirmed"]
    with desk.database.reading(met.shop) as (connection, principal):
        [case] = list_cases(connection, principal, after=None, limit=9, state=None)
    ruling = Ruling(decision="removed", grounds="counterfeit", statement="a fake")
    casework.decide(desk, met.shop, case.id, ruling, Conditions(), now)
    codes = {reason["code"] for reason in flags_of()[0].reasons}
    assert codes == {"judgements_confirmed", "cases_removed"}
