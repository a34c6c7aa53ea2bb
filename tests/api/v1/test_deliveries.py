"""Deliveries, events and their types over HTTP."""

import pytest

from partners.records.events import Fact, emit
from partners.sequencing import Sequencer

SCOPES = ["webhooks:read", "webhooks:write"]
URL = "https://hooks.example.com/in"


@pytest.fixture
def claims(partner):
    return partner("marketplace", scopes=SCOPES)


@pytest.fixture
def caller(claims):
    return claims


@pytest.fixture
def tell(database, claims, now):
    """Tell one fact to the marketplace."""

    def make(number=1):
        data = {"reference": f"A-{number}", "verdict": "alert", "score": 0.9, "matches": 1}
        fact = Fact(type="listing.screened", subject=f"lst_{number}", path="/v1/listings/A", data=data)
        database.acting(
            "screening", lambda c, _: emit(c, fact, [("marketplace", claims.organization_id)], now)
        )

    return make


def test_events_told_to_a_pending_endpoint_are_held(call, tell):
    call("POST", "/v1/webhook-endpoints", {"url": URL})
    tell()
    (held,) = call("GET", "/v1/deliveries?state=held").json()["items"]
    assert held["event_type"] == "listing.screened"
    assert held["next_attempt_at"] is None


def test_a_delivery_is_read_with_its_attempts(call, tell):
    call("POST", "/v1/webhook-endpoints", {"url": URL})
    tell()
    (held,) = call("GET", "/v1/deliveries?state=held").json()["items"]
    read = call("GET", f"/v1/deliveries/{held['id']}").json()
    assert read["log"] == []
    assert read["attempts"] == 0


def test_another_organization_finds_no_delivery_and_no_event(call, tell, partner, database):
    call("POST", "/v1/webhook-endpoints", {"url": URL})
    tell()
    Sequencer(database).place()
    other = partner("marketplace", name="Other", scopes=SCOPES)
    (event,) = call("GET", "/v1/events?type=listing.screened").json()["items"]
    delivery = call("GET", "/v1/deliveries").json()["items"][0]
    assert call("GET", f"/v1/events/{event['id']}", who=other).status_code == 404
    assert call("GET", f"/v1/deliveries/{delivery['id']}", who=other).status_code == 404
    assert call("POST", f"/v1/deliveries/{delivery['id']}/resend", who=other).status_code == 404
    assert call("GET", "/v1/events", who=other).json()["items"] == []


def test_a_resend_to_an_endpoint_that_is_not_enabled_conflicts(call, tell):
    call("POST", "/v1/webhook-endpoints", {"url": URL})
    tell()
    (held,) = call("GET", "/v1/deliveries?state=held").json()["items"]
    assert call("POST", f"/v1/deliveries/{held['id']}/resend").status_code == 409


def test_the_feed_is_followed_to_its_end_and_on(call, tell, database):
    sequencer = Sequencer(database)
    for number in range(3):
        tell(number)
    sequencer.place()
    page = call("GET", "/v1/events?limit=2").json()
    rest = call("GET", f"/v1/events?limit=2&after={page['next']}").json()
    assert [one["data"]["reference"] for one in page["items"] + rest["items"]] == ["A-0", "A-1", "A-2"]
    tell(3)
    assert call("GET", f"/v1/events?limit=2&after={rest['next']}").json()["items"] == []
    sequencer.place()
    news = call("GET", f"/v1/events?limit=2&after={rest['next']}").json()
    assert [one["data"]["reference"] for one in news["items"]] == ["A-3"]


def test_the_feed_can_be_asked_for_one_type(call, tell, database):
    tell()
    Sequencer(database).place()
    assert len(call("GET", "/v1/events?type=listing.screened").json()["items"]) == 1
    assert call("GET", "/v1/events?type=case.opened").json()["items"] == []


def test_the_catalogue_has_a_schema_for_each_type_one_may_hear_of(call):
    items = {one["name"]: one for one in call("GET", "/v1/event-types").json()["items"]}
    assert "takedown.requested" in items
    assert "seizure.reported" not in items
    assert items["listing.screened"]["schema"]["properties"]["type"] == {"const": "listing.screened"}
