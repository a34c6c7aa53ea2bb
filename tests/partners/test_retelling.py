"""Telling on request, and choosing by label."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from partners.destinations import AddressRules
from partners.errors import Conflict, NotFound, RuleBroken
from partners.preconditions import Conditions
from partners.principal import Principal
from partners.records.deliveries import Span
from partners.records.endpoints import deliveries
from partners.records.events import Fact, emit, get_event
from partners.retelling import Example, recover_endpoint, replay, trigger_event
from partners.sealing import Desk
from partners.subscribing import Subscription, alter_endpoint, register_endpoint

HOUR = timedelta(hours=1)


@pytest.fixture
def claims(partner):
    return partner("marketplace")


@pytest.fixture
def act(database, claims, keyring, now):
    """Run an act with the principal and a desk."""
    principal = Principal(
        organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id
    )

    def run(work, at=now):
        rules = AddressRules(allow_http=True, allow_private=True)
        desk = Desk(keyring=keyring, rules=rules, now=at)
        return database.acting("delivery", lambda c, _: work(c, principal, desk))

    return run


@pytest.fixture
def register(act):
    """Register an enabled endpoint."""

    def make(**wanted):
        given = Subscription(url="http://127.0.0.1:9/", **wanted)
        secret = "whsec_" + "QUJD" * 11
        return act(lambda c, who, desk: register_endpoint(c, who, given, secret, desk)).id

    return make


@pytest.fixture
def tell(act, now):
    """Tell that a listing was screened; returns the event."""

    def make(verdict="alert", at=now):
        data = {"reference": "A-1", "verdict": verdict, "score": 0.9, "matches": 1}
        fact = Fact(type="listing.screened", subject="lst_1", path="/v1/listings/A-1", data=data)
        return act(lambda c, who, _: emit(c, fact, [(who.kind, who.organization_id)], at))[0]

    return make


@pytest.fixture
def found(act):
    """The deliveries as (event, endpoint, state)."""

    def read():
        columns = deliveries.c.event_id, deliveries.c.endpoint_id, deliveries.c.state
        return [
            tuple(row) for row in act(lambda c, *_: c.execute(select(*columns).order_by(deliveries.c.id)))
        ]

    return read


def test_an_endpoint_with_labels_gets_the_events_that_carry_all_of_them(register, tell, found):
    alerts = register(labels={"verdict": "alert"})
    one = register(labels={"verdict": "alert", "listing": "A-1"})
    register(labels={"verdict": "alert", "listing": "A-2"})
    event = tell("alert")
    tell("review")
    assert event.labels == {"verdict": "alert", "listing": "A-1"}
    assert [(key, where) for key, where, _ in found()] == [(event.id, alerts), (event.id, one)]


def test_a_label_that_no_event_carries_is_refused(register):
    with pytest.raises(RuleBroken, match="no label"):
        register(labels={"team": "trust"})
    with pytest.raises(RuleBroken, match="no label"):
        register(labels={"office": "EM"})  # of a right holder's events


def test_a_replay_has_a_new_id_and_the_same_bytes(act, register, tell, found):
    register()
    event = tell()
    again = act(lambda c, who, desk: replay(c, who, event.id, None, desk.now + HOUR))
    assert again.id != event.id
    assert (again.body, again.sequence, again.replay_of) == (event.body, event.sequence, event.id)
    assert [state for key, _, state in found() if key == again.id] == ["due"]
    third = act(lambda c, who, desk: replay(c, who, again.id, None, desk.now + HOUR))
    assert third.replay_of == event.id


def test_a_replay_can_go_to_one_endpoint_alone(act, register, tell, found):
    one, _ = register(), register()
    event = tell()
    again = act(lambda c, who, desk: replay(c, who, event.id, one, desk.now))
    assert [where for key, where, _ in found() if key == again.id] == [one]
    with pytest.raises(NotFound):
        act(lambda c, who, desk: replay(c, who, event.id, "end_none", desk.now))


@pytest.fixture
def settle(act):
    """Let all deliveries have come to a state."""

    def make(state):
        act(lambda c, *_: c.execute(update(deliveries).values(state=state, failures=9)))

    return make


@pytest.mark.parametrize(("state", "again"), [("exhausted", 1), ("held", 1), ("ok", 0), ("cancelled", 0)])
def test_recovery_sends_what_was_not_got(database, claims, register, tell, settle, found, now, state, again):
    endpoint = register()
    tell()
    settle(state)
    assert recover_endpoint(database, claims, endpoint, Span(now - HOUR, now + HOUR), now) == again
    assert [state for _, _, state in found()] == (["due"] if again else [state])


def test_recovery_takes_the_time_that_is_asked_for(database, claims, register, tell, settle, now):
    endpoint = register()
    for hours in range(4):
        tell(at=now + hours * HOUR)
    settle("exhausted")
    span = Span(now + HOUR, now + 3 * HOUR)
    assert recover_endpoint(database, claims, endpoint, span, now + 5 * HOUR) == 2


def test_after_three_days_down_all_of_them_come_and_in_several_turns(
    database, claims, register, act, settle, found, now
):
    endpoint = register()
    many = 2300
    data = {"reference": "A-1", "verdict": "alert", "score": 0.9, "matches": 1}
    fact = Fact(type="listing.screened", subject="lst_1", path="/v1/listings/A-1", data=data)
    act(lambda c, who, _: emit(c, fact, [(who.kind, who.organization_id)] * many, now))
    settle("exhausted")
    at = now + timedelta(days=3)
    assert recover_endpoint(database, claims, endpoint, Span(now, at), at) == many
    assert {state for _, _, state in found()} == {"due"}


@pytest.mark.parametrize("hours", [0, -1, 24 * 32])
def test_a_time_that_is_empty_or_too_long_is_refused(database, claims, register, now, hours):
    with pytest.raises(RuleBroken):
        recover_endpoint(database, claims, register(), Span(now, now + hours * HOUR), now)


def test_a_paused_endpoint_recovers_nothing(database, claims, register, act, now):
    endpoint = register()
    pause = Subscription(status="paused")
    any_state = Conditions(if_match=frozenset(["*"]))
    act(lambda c, who, desk: alter_endpoint(c, who, endpoint, pause, any_state, desk))
    with pytest.raises(Conflict, match="paused"):
        recover_endpoint(database, claims, endpoint, Span(now, now + HOUR), now)


def test_a_test_event_says_so_in_its_body_and_by_its_label(act, register, found):
    register(event_types=["listing.screened"])
    data = {"reference": "A-123", "verdict": "alert", "score": 0.9, "matches": 1}
    example = Example("listing.screened", "lst_example", "/v1/listings/lst_example", data)
    told = act(lambda c, who, desk: trigger_event(c, who, example, desk.now))
    assert msgspec.json.decode(told.body)["data"]["test"] is True
    assert told.labels["test"] == "true"
    assert [key for key, _, _ in found()] == [told.id]
    assert act(lambda c, who, _: get_event(c, who, told.id)).type == "listing.screened"


@pytest.mark.parametrize("type_", ["seizure.reported", "endpoint.verification", "nothing.known"])
def test_no_test_event_of_what_one_never_hears_of_or_what_proves_consent(act, type_):
    example = Example(type_, "x_1", "/v1/x", {"challenge": "guess"})
    with pytest.raises(NotFound):
        act(lambda c, who, desk: trigger_event(c, who, example, desk.now))
