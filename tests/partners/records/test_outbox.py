"""Leasing and acknowledging: fair between endpoints, once each, and never by an older token."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from partners.ids import new_id
from partners.principal import Principal
from partners.records.attempts import Acknowledgement, acknowledge
from partners.records.deliveries import list_attempts
from partners.records.endpoints import (
    Endpoint,
    add_endpoint,
    add_secret,
    deliveries,
    disable_endpoint,
    endpoints,
    remove_endpoint,
    resume_deliveries,
)
from partners.records.events import events
from partners.records.outbox import Claim, claim_due, has_due, release

LEASE = timedelta(seconds=60)


@pytest.fixture
def principal(partner):
    claims = partner("marketplace")
    return Principal(organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id)


@pytest.fixture
def act(database):
    def run(work):
        return database.acting("delivery", lambda connection, _: work(connection))

    return run


@pytest.fixture
def endpoint(act, principal, now):
    """Make an endpoint with one secret."""

    def make(status="enabled"):
        made = Endpoint(
            id=new_id("end"),
            organization_id=principal.organization_id,
            url="https://example.com/in",
            status=status,
            created_at=now,
            updated_at=now,
        )

        def work(connection):
            add_endpoint(connection, made)
            add_secret(connection, made.id, new_id("whs"), b"sealed", now)

        act(work)
        return made

    return make


@pytest.fixture
def fill(act, principal, now):
    """Make so many deliveries due to an endpoint."""

    def make(endpoint, count, due_at=now, state="due", event_type="case.opened"):
        event = {"organization_id": principal.organization_id, "type": event_type, "subject": "case_1"}
        rows = [
            event | {"id": new_id("evt"), "sequence": 1, "body": b"{}", "occurred_at": now}
            for _ in range(count)
        ]
        due = [
            {
                "id": new_id("dlv"),
                "event_id": row["id"],
                "endpoint_id": endpoint.id,
                "organization_id": principal.organization_id,
                "state": state,
                "due_at": due_at,
                "created_at": now,
            }
            for row in rows
        ]
        act(lambda c: (c.execute(insert(events), rows), c.execute(insert(deliveries), due)))
        return [row["id"] for row in due]

    return make


@pytest.fixture
def claim(act, now):
    numbers = iter(range(1, 10_000))

    def make(limit=100, per_endpoint=8, at=now, worker="w", busy=None):
        wanted = Claim(
            token=f"{worker}.{next(numbers)}",
            now=at,
            lease_until=at + LEASE,
            limit=limit,
            per_endpoint=per_endpoint,
            busy=busy or {},
        )
        return act(lambda c: claim_due(c, wanted))

    return make


def outcome(leased, now, **changes):
    standard = {
        "delivery_id": leased.id,
        "token": leased.token,
        "organization_id": leased.organization_id,
        "endpoint_id": leased.endpoint_id,
        "url": leased.url,
        "trigger": leased.trigger,
        "state": "ok",
        "due_at": now,
        "failures": 0,
        "sent_at": now,
        "milliseconds": 1.5,
        "phase": "body",
        "status": 200,
    }
    return Acknowledgement(**(standard | changes))


@pytest.fixture
def read(database):
    def one(delivery_id):
        with database.surveying("delivery") as connection:
            return connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()

    return one


@pytest.fixture
def one_due(endpoint, fill):
    return fill(endpoint(), 1)


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
    assert [ciphertext for _, ciphertext in leased.secrets] == [b"sealed"]


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


def test_a_late_acknowledgement_leaves_its_row_and_changes_nothing_else(
    act, one_due, claim, read, principal, now
):
    (first,) = claim()
    later = now + LEASE + timedelta(seconds=1)
    (second,) = claim(at=later)
    assert act(lambda c: acknowledge(c, [outcome(first, now)], later)) == set()
    row = read(first.id)
    assert (row.state, row.lease_token) == ("due", second.token)
    failed = outcome(second, later, state="exhausted", status=500, failures=1)
    assert act(lambda c: acknowledge(c, [failed], later)) == {second.id}
    assert read(first.id).state == "exhausted"
    log = act(lambda c: list_attempts(c, principal, first.id))
    assert [(one.number, one.status) for one in log] == [(1, 200), (2, 500)]


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


def test_410_disables_once_tells_the_organization_and_holds_the_rest(act, endpoint, fill, claim, read, now):
    one, other = endpoint(), endpoint()
    rest = fill(one, 10)
    first, second = claim(limit=2, per_endpoint=2)[:2]
    gone = [
        outcome(leased, now, state="held", status=410, disabled_reason="answered 410 Gone")
        for leased in (first, second)
    ]
    act(lambda c: acknowledge(c, gone, now))
    assert {read(key).state for key in rest} == {"held"}
    told = [leased.event_type for leased in claim()]
    assert told == ["endpoint.disabled"]
    assert [leased.endpoint_id for leased in claim(at=now + LEASE * 2)] == [other.id]


def test_a_url_changed_meanwhile_is_not_disabled_for_what_the_old_one_answered(act, endpoint, now):
    one = endpoint()
    act(lambda c: c.execute(update(endpoints).values(url="https://example.com/new")))
    assert not act(lambda c: disable_endpoint(c, one.id, one.url, "answered 410 Gone", now))


def test_what_was_held_goes_out_when_it_is_resumed(act, endpoint, fill, claim, now):
    one = endpoint()
    held = fill(one, 3, state="held")
    assert claim() == []
    act(lambda c: resume_deliveries(c, one.id, now))
    assert sorted(leased.id for leased in claim()) == held


def test_deleting_an_endpoint_cancels_even_what_is_being_sent(act, endpoint, fill, claim, read, now):
    one = endpoint()
    fill(one, 2)
    leased, _ = claim()
    act(lambda c: remove_endpoint(c, one, now))
    assert act(lambda c: acknowledge(c, [outcome(leased, now, state="due")], now)) == set()
    assert read(leased.id).state == "cancelled"


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
