"""What the service does by itself: old records go unless somebody waits for them or they are held."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from partners.errors import Conflict
from partners.ids import new_id
from partners.principal import Principal
from partners.records.endpoints import Endpoint, add_endpoint, attempts, deliveries
from partners.records.events import Fact, emit, events, list_events
from partners.records.holds import LegalHold, add_hold, lift_hold
from partners.records.purging import purge_event
from partners.upkeep import Retention
from partners.working import JobBench

LONG_AGO = timedelta(days=400)


@pytest.fixture
def owner(partner):
    claims = partner("marketplace")
    return Principal(organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id)


@pytest.fixture
def act(database):
    return lambda work: database.acting("jobs", lambda connection, _: work(connection))


@pytest.fixture
def endpoint(act, owner, now):
    made = Endpoint(
        id=new_id("end"),
        organization_id=owner.organization_id,
        url="https://example.com/",
        status="enabled",
        created_at=now,
        updated_at=now,
    )
    act(lambda c: add_endpoint(c, made))
    return made


@pytest.fixture
def told(act, owner, endpoint, now):
    """Tell a fact long ago; its delivery ends in a state."""

    def make(state="ok", subject="lst_1"):
        data = {"reference": "A-1", "verdict": "review", "score": 0.5, "matches": 1}
        fact = Fact(type="listing.screened", subject=subject, path="/v1/listings/A-1", data=data)
        recipient = [(owner.kind, owner.organization_id)]
        (event,) = act(lambda c: emit(c, fact, recipient, now - LONG_AGO))
        act(
            lambda c: c.execute(
                update(deliveries).values(state=state).where(deliveries.c.event_id == event.id)
            )
        )
        return event

    return make


@pytest.fixture
def work(database, now):
    def run(*kinds):
        bench = JobBench(database, kinds, lambda: now)
        while bench.work():
            pass

    return run


def find(act, event):
    return act(lambda c: c.execute(select(events).where(events.c.id == event.id)).one())


def count(act, table):
    return act(lambda c: c.scalar(select(func.count()).select_from(table)))


def test_an_old_event_keeps_its_hash_and_loses_its_body(act, told, work, database, owner):
    event = told()
    work(Retention(database))
    row = find(act, event)
    assert (row.body, row.body_sha256) == (b"", hashlib.sha256(event.body).digest())
    assert count(act, deliveries) == 0
    act(lambda c: c.execute(update(events).values(position=1)))
    assert act(lambda c: list_events(c, owner, after=0, limit=9)) == []


@pytest.mark.parametrize("state", ["due", "held"])
def test_what_somebody_waits_for_is_not_purged(act, told, work, database, state, now):
    event = told(state)
    work(Retention(database))
    assert find(act, event).body == event.body
    with pytest.raises(Conflict):
        act(lambda c: purge_event(c, event.id, now))


def test_a_legal_hold_keeps_what_agrees_with_it_until_it_is_lifted(act, told, work, database, now):
    held, free = told(subject="lst_1"), told(subject="lst_2")
    wanted = LegalHold(id="", subject="lst_1", reason="court order 4711", created_at=now)
    hold = act(lambda c: add_hold(c, wanted))
    work(Retention(database))
    assert find(act, held).body == held.body
    assert find(act, free).body == b""
    act(lambda c: lift_hold(c, hold.id, now))
    act(lambda c: purge_event(c, held.id, now))
    assert find(act, held).body == b""


def test_attempts_go_before_their_events(act, told, work, database, now):
    event = told()
    act(lambda c: c.execute(update(events).values(occurred_at=now)))
    delivery = act(lambda c: c.execute(select(deliveries)).one())
    row = {
        "id": new_id("att"),
        "delivery_id": delivery.id,
        "organization_id": delivery.organization_id,
        "number": 1,
        "sent_at": now - timedelta(days=31),
        "milliseconds": 1.0,
        "phase": "body",
        "trigger": "auto",
    }
    act(lambda c: c.execute(attempts.insert().values(row)))
    work(Retention(database, attempt_days=30))
    assert count(act, attempts) == 0
    assert find(act, event).body == event.body
