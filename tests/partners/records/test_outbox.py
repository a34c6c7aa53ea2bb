"""Leasing: fair between endpoints, and no delivery twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from partners.records.endpoints import deliveries
from partners.records.outbox import has_due, release
from partners.records.switching import resume_deliveries

LEASE = timedelta(seconds=60)


def test_a_backlog_of_a_thousand_keeps_no_other_endpoint_waiting(endpoint, fill, claim, now):
    dead, good = endpoint(), [endpoint() for _ in range(5)]
    fill(dead, 1000, due_at=now - timedelta(hours=1))
    for one in good:
        fill(one, 3)
    taken = Counter(leased.endpoint_id for leased in claim(limit=100))
    assert taken[dead.id] == 8
    assert [taken[one.id] for one in good] == [3] * 5


def test_a_small_limit_is_shared_evenly(endpoint, fill, claim):
    ones = [endpoint() for _ in range(4)]
    for one in ones:
        fill(one, 20)
    taken = Counter(leased.endpoint_id for leased in claim(limit=8))
    assert [taken[one.id] for one in ones] == [2] * 4


def test_what_is_under_way_counts_against_the_endpoint(endpoint, fill, claim):
    one = endpoint()
    fill(one, 20)
    assert len(claim(worker="a")) == 8
    assert claim(worker="b") == []  # another worker's leases count
    assert len(claim(worker="a", busy={one.id: 5})) == 3  # one's own are counted by itself


def test_the_oldest_go_first_and_nothing_goes_early(endpoint, fill, claim, now):
    one = endpoint()
    (late,) = fill(one, 1, due_at=now - timedelta(seconds=1))
    (early,) = fill(one, 1, due_at=now - timedelta(seconds=2))
    fill(one, 1, due_at=now + timedelta(seconds=1))
    assert [leased.id for leased in claim()] == [early, late]


def test_a_lease_carries_what_an_attempt_needs(endpoint, fill, claim):
    one = endpoint()
    fill(one, 1)
    (leased,) = claim()
    assert (leased.url, leased.body, leased.event_type) == (one.url, b"{}", "case.opened")
    assert [ciphertext for _, _, ciphertext in leased.secrets] == [b"sealed"]


def test_workers_at_once_never_lease_the_same_delivery(endpoint, fill, claim):
    for _ in range(6):
        fill(endpoint(), 40)

    def work(name):
        return [leased.id for _ in range(15) for leased in claim(limit=10, per_endpoint=100, worker=name)]

    with ThreadPoolExecutor(4) as threads:
        taken = [key for keys in threads.map(work, ("a", "b", "c", "d")) for key in keys]
    assert len(taken) == len(set(taken))
    assert len(taken) == 240


def test_an_expired_lease_is_due_again_with_the_same_event(endpoint, fill, claim, now):
    fill(endpoint(), 1)
    (first,) = claim()
    assert claim() == []
    (second,) = claim(at=now + LEASE + timedelta(seconds=1))
    assert (second.id, second.event_id) == (first.id, first.event_id)
    assert second.token != first.token


def test_a_released_lease_is_due_at_once(act, endpoint, fill, claim, now):
    fill(endpoint(), 1)
    (leased,) = claim()
    act(lambda c: release(c, {leased.id: leased.token}, now))
    assert [one.id for one in claim()] == [leased.id]


def test_a_release_with_an_older_token_changes_nothing(act, endpoint, fill, claim, now):
    fill(endpoint(), 1)
    (leased,) = claim()
    act(lambda c: release(c, {leased.id: "other.1"}, now))
    assert claim() == []


@pytest.mark.parametrize("status", ["paused", "disabled", "pending"])
def test_nothing_is_sent_to_an_endpoint_that_is_not_enabled(endpoint, fill, claim, status):
    fill(endpoint(status), 2)
    assert claim() == []


def test_a_pending_endpoint_is_sent_its_verification_and_the_rest_is_held(endpoint, fill, claim, read):
    one = endpoint("pending")
    (stray,) = fill(one, 1)
    fill(one, 1, event_type="endpoint.verification")
    assert [leased.event_type for leased in claim()] == ["endpoint.verification"]
    assert read(stray).state == "held"


def test_a_verification_of_an_endpoint_that_was_proved_meanwhile_is_cancelled(endpoint, fill, claim, read):
    (moot,) = fill(endpoint(), 1, event_type="endpoint.verification")
    assert claim() == []
    assert read(moot).state == "cancelled"


def test_what_was_held_goes_out_when_it_is_resumed(act, endpoint, fill, claim, now):
    one = endpoint()
    held = fill(one, 3, state="held")
    assert claim() == []
    act(lambda c: resume_deliveries(c, one.id, now))
    assert sorted(leased.id for leased in claim()) == held


def test_looking_for_work_sees_what_is_due_and_only_that(database, endpoint, fill, now):
    def due(at):
        with database.surveying("delivery") as connection:
            return has_due(connection, at)

    fill(endpoint("paused"), 1)
    fill(endpoint(), 1, due_at=now + timedelta(seconds=5))
    assert not due(now)
    assert due(now + timedelta(seconds=5))


def test_a_claim_of_ten_thousand_due_reads_by_index(act, endpoint, fill, claim):
    one = endpoint()
    fill(one, 2000)
    assert len(claim(limit=64, per_endpoint=64)) == 64
    assert act(lambda c: c.scalar(select(func.count()).where(deliveries.c.lease_token.is_not(None)))) == 64
