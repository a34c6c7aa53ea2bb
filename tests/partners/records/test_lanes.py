"""Lanes: first tries, late retries and ordered queues do not keep each other waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from partners.records.endpoints import deliveries, endpoints
from partners.records.ordering import order_deliveries
from partners.records.outbox import has_due

MINUTE = timedelta(minutes=1)


@pytest.fixture
def alter(act):
    """Change the rows of deliveries."""

    def make(ids, **values):
        act(lambda c: c.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**values)))

    return make


@pytest.fixture
def ordered(act, endpoint, fill):
    """An ordered endpoint with so many in its queue; returns their ids."""

    def make(count):
        one = endpoint()
        ids = fill(one, count)
        act(lambda c: c.execute(update(endpoints).where(endpoints.c.id == one.id).values(ordered=1)))
        act(lambda c: order_deliveries(c, one.id, is_ordered=True))
        return ids

    return make


def test_late_retries_have_a_budget_of_their_own(endpoint, fill, claim, alter):
    first, late = endpoint(), endpoint()
    new = fill(first, 4)
    alter(fill(late, 6), late=1, failures=3)
    assert [leased.id for leased in claim(limit=10, late_limit=0)] == new
    assert {leased.lane for leased in claim(limit=10, late_limit=3)} == {"late"}


def test_a_full_late_lane_takes_nothing_from_first_tries(endpoint, fill, claim, alter):
    one = endpoint()
    alter(fill(one, 50), late=1, failures=3)
    new = fill(one, 2)
    assert {leased.id for leased in claim(limit=8, late_limit=0)} == set(new)


def test_an_ordered_endpoint_is_leased_a_run_from_its_head_on(ordered, claim):
    ids = ordered(5)
    assert [leased.id for leased in claim()] == ids
    assert claim(worker="other") == []


def test_nothing_goes_while_the_head_waits_for_its_retry(ordered, claim, alter, now):
    ids = ordered(5)
    alter(ids[:1], due_at=now + MINUTE, failures=1)
    assert claim() == []
    assert [leased.id for leased in claim(at=now + MINUTE)] == ids


def test_a_head_that_is_given_up_lets_the_next_one_go(ordered, claim, alter):
    ids = ordered(3)
    alter(ids[:1], state="exhausted")
    assert [leased.id for leased in claim()] == ids[1:]


def test_a_manual_resend_waits_in_no_queue(ordered, claim, alter, now):
    ids = ordered(3)
    alter(ids[:1], due_at=now + MINUTE, failures=1)
    alter(ids[2:], ordinal=0, trigger="manual")
    assert [leased.id for leased in claim()] == ids[2:]


def test_looking_for_work_knows_all_lanes(database, ordered, endpoint, fill, alter, now):
    def due(at):
        with database.surveying("delivery") as connection:
            return has_due(connection, at)

    ids = ordered(2)
    alter(ids[:1], due_at=now + MINUTE)
    assert not due(now)
    assert due(now + MINUTE)
    alter(fill(endpoint(), 1), late=1)
    assert due(now)


def test_what_has_outlived_its_deadline_is_cancelled_not_sent(endpoint, fill, claim, alter, read, now):
    one, other = fill(endpoint(), 2)
    alter([one], expires_at=now)
    alter([other], expires_at=now + MINUTE)
    assert [leased.id for leased in claim()] == [other]
    assert (read(one).state, read(one).finished_at) == ("cancelled", now)


def test_a_rate_is_shared_by_all_workers(act, endpoint, fill, claim, now):
    one = endpoint()
    fill(one, 40)
    act(lambda c: c.execute(update(endpoints).values(rate_per_s=5.0)))
    assert len(claim(worker="a")) == 5
    assert claim(worker="b", at=now + timedelta(seconds=0.1)) == []
    assert len(claim(worker="b", at=now + timedelta(seconds=0.45))) == 2
