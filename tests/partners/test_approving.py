"""A text that a person approved of, and what is said of one that was put in its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from matching.model import Money
from partners.casework import Ruling, decide
from partners.filing import remove_listing
from partners.judging import Opinion, judge
from partners.planning import SETTLING
from partners.preconditions import Conditions
from partners.records.approvals import approvals
from partners.records.cases import list_cases
from partners.records.expiring import expire_listings
from partners.records.listings import Image, ListingFields, get_listing
from partners.records.screenings import explain_screening
from partners.revisiting import Revisiting
from partners.screening import Draft

ANYWAY = Conditions(if_match=frozenset("*"))
STYLE = ListingFields(title="NIKE style running shoes", price=Money(Decimal("29.90"), "EUR"), quantity=3)
SIGNAL = "changed_after_approval"


@pytest.fixture
def submit(screener, shop):
    """Submit a listing; returns its screening."""

    def act(fields, reference="A-1"):
        [kept] = screener.keep(shop, [Draft(reference=reference, fields=fields)])
        return kept.listing.screening

    return act


@pytest.fixture
def approved(submit, nike_mark, desk, owner, now):
    """A listing whose match its rights holder rejected; the id of the match."""
    [match] = submit(STYLE).matches
    reject(desk, owner, match.id, now, conditions=Conditions())
    return match.id


def reject(desk, owner, key, now, judgement="rejected", conditions=ANYWAY):
    opinion = Opinion(judgement=judgement, reason=f"It is {judgement}.")
    return judge(desk, owner, key, opinion, conditions, now)


@pytest.fixture
def signal_of(read, shop):
    """The value of the signal in the evidence that is kept of a listing's match."""

    def find(reference="A-1"):
        key = read(shop, get_listing, key=reference).screening.id
        [match] = read(shop, explain_screening, key=key).matches
        return {each.code: each.value for each in match.comparisons}.get(SIGNAL, 0.0)

    return find


@pytest.fixture
def revisit(desk, registry, now):
    def act():
        worker = Revisiting(desk, registry, lambda: now + SETTLING)
        while worker.work():
            pass

    return act


@pytest.mark.parametrize(
    "change",
    [
        {"title": "NIKE style running shoes, blue"},
        {"description": "Best quality."},
        {"brand": "Nike"},
        {"images": (Image(url="https://shop.example/2.jpg"),)},
    ],
)
def test_whatever_is_judged_of_a_listing_is_told_when_it_is_changed(approved, submit, signal_of, change):
    submit(replace(STYLE, **change))
    assert signal_of() == 1.0


@pytest.mark.parametrize(
    "change",
    [
        {"price": Money(Decimal("9.90"), "EUR")},
        {"quantity": 1},
        {"ships_to": ("DE",)},
        {"title": "NIKE  style running shoes "},
    ],
)
def test_another_price_or_stock_is_no_change_and_the_rejection_stands(approved, submit, signal_of, change):
    assert submit(replace(STYLE, **change)).verdict == "clear"
    assert signal_of() == 0.0


def test_a_rejection_silences_no_text_but_its_own_and_the_change_weighs(approved, submit, read, shop):
    changed = submit(replace(STYLE, description="Comes in a box."))
    [match] = changed.matches
    assert (changed.verdict, match.verdict) == ("alert", "alert")  # a comparison is reviewed; it was changed
    assert "text_changed_after_approval" in {reason.code for reason in match.reasons}


def test_a_stranger_to_the_text_is_only_reviewed(submit, nike_mark):
    assert submit(STYLE).verdict == "review"
    assert submit(replace(STYLE, description="Comes in a box.")).verdict == "review"


def test_one_of_many_in_bulk_is_told_from_the_others(approved, screener, shop):
    changed = replace(STYLE, description="Comes in a box.")
    drafts = [Draft(reference=f"A-{number}", fields=changed) for number in range(4)]
    verdicts = [screening.verdict for screening in screener.screen(shop, drafts)]
    kept = [each.listing.screening.verdict for each in screener.keep(shop, drafts)]
    assert verdicts == kept == ["review", "alert", "review", "review"]


def test_the_same_reference_on_another_marketplace_was_approved_by_nobody(approved, screener, partner):
    draft = Draft(reference="A-1", fields=replace(STYLE, description="Comes in a box."))
    assert screener.screen(partner("marketplace", "Other"), [draft])[0].verdict == "review"


def test_the_approved_text_put_back_is_no_change(approved, submit, signal_of):
    submit(replace(STYLE, description="Comes in a box."))
    submit(STYLE)
    assert signal_of() == 0.0


def test_a_changed_text_that_is_approved_in_its_turn_is_no_change_any_more(
    approved, submit, signal_of, desk, owner, now, revisit
):
    submit(replace(STYLE, description="Comes in a box."))
    reject(desk, owner, approved, now)
    revisit()
    assert signal_of() == 0.0
    assert submit(replace(STYLE, description="Comes in a box.")).verdict == "clear"


def test_an_approval_taken_back_is_none(approved, submit, signal_of, desk, owner, now):
    reject(desk, owner, approved, now, "unsure")
    submit(replace(STYLE, description="Comes in a box."))
    assert signal_of() == 0.0


def test_a_listing_deleted_and_offered_anew_with_another_text_was_changed(
    approved, submit, desk, shop, now, signal_of
):
    from_before = replace(STYLE, description="Comes in a box.")
    remove_listing(desk, shop, "A-1", now)
    assert submit(from_before).verdict == "alert"
    assert signal_of() == 1.0


@pytest.fixture
def kept(submit, nike_mark, desk, owner, shop, now, read):
    """A listing that its marketplace decided to keep."""
    [match] = submit(STYLE).matches
    reject(desk, owner, match.id, now, "confirmed", Conditions())
    [case] = read(shop, list_cases, after=None, limit=2, state=None)
    ruling = Ruling(decision="kept", grounds="genuine_goods", statement="An invoice was shown.")
    return decide(desk, shop, case.id, ruling, Conditions(), now)


def test_a_marketplace_that_keeps_a_listing_approves_of_its_text(kept, submit, signal_of):
    submit(replace(STYLE, quantity=1))
    assert signal_of() == 0.0
    assert submit(replace(STYLE, description="Comes in a box.")).verdict == "alert"
    assert signal_of() == 1.0


def test_a_decision_changed_to_removal_is_no_approval(kept, submit, desk, shop, now, signal_of):
    ruling = Ruling(decision="removed", grounds="counterfeit", statement="The invoice was forged.")
    decide(desk, shop, kept.id, ruling, ANYWAY, now)
    submit(replace(STYLE, description="Comes in a box."))
    assert signal_of() == 0.0


def test_approvals_go_with_their_listing(approved, database, now):
    def work(connection, _):
        assert connection.execute(select(approvals)).all()
        gone = expire_listings(connection, now.replace(year=now.year + 1), 9)
        return gone, connection.execute(select(approvals)).all()

    assert database.acting("jobs", work) == (1, [])
