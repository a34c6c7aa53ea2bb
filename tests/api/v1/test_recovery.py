"""Recovery, replay, test events and the catalogue over HTTP."""

import pytest

from api.house import House
from openapi.webhooks import body_schema
from partners.records.event_types import EVENT_TYPES
from partners.sequencing import Sequencer
from partners.settings import Settings

SCOPES = ["webhooks:read", "webhooks:write"]


@pytest.fixture
def claims(partner):
    return partner("marketplace", scopes=SCOPES)


@pytest.fixture
def house(house):
    """A trial house, in which a private address is its own consent."""
    fields = {name: getattr(house, name) for name in House.__struct_fields__}
    return House(**fields | {"settings": Settings(webhooks_allow_http=True, webhooks_allow_private=True)})


@pytest.fixture
def caller(claims):
    return claims


@pytest.fixture
def endpoint(call):
    made = call("POST", "/v1/webhook-endpoints", {"url": "http://127.0.0.1:9/"})
    assert made.json()["status"] == "enabled", made.text
    return made.json()["id"]


@pytest.fixture
def trigger(call, database):
    """Trigger a test event; returns it as it stands in the feed."""

    def make(event_type="match.found"):
        told = call("POST", f"/v1/event-types/{event_type}/trigger")
        assert told.status_code == 202, told.text
        Sequencer(database).place()
        return call("GET", f"/v1/events/{told.json()['event']}").json()

    return make


def test_a_triggered_event_is_a_test_and_goes_to_the_endpoints(trigger, call, endpoint):
    event = trigger()
    assert event["data"]["test"] is True
    assert event["labels"]["test"] == "true"
    (delivery,) = call("GET", f"/v1/deliveries?event={event['id']}").json()["items"]
    assert (delivery["endpoint"], delivery["state"]) == (endpoint, "due")


def test_every_type_one_may_hear_of_can_be_triggered_and_its_example_fits_its_schema(trigger, call):
    for one in call("GET", "/v1/event-types").json()["items"]:
        if one["name"] != "endpoint.verification":
            event = trigger(one["name"])
            assert {**event["data"], "test": True} | one["example"]["data"] | {
                "sequence": event["data"]["sequence"], "test": True
            } == event["data"]  # fmt: skip
            assert one["version"] >= 1
            assert set(event["labels"]) - {"test"} <= set(one["labels"])


def test_the_catalogue_shows_the_schemas_of_the_contract(call):
    for one in call("GET", "/v1/event-types").json()["items"]:
        assert one["schema"] == body_schema(one["name"], EVENT_TYPES[one["name"]].fields["marketplace"])


def test_a_replay_is_a_new_event_with_the_same_body(trigger, call, endpoint):
    event = trigger()
    again = call("POST", f"/v1/events/{event['id']}/replay", {})
    assert again.status_code == 201
    assert again.json()["replay_of"] == event["id"]
    assert again.json()["id"] != event["id"]
    assert (again.json()["data"], again.json()["timestamp"]) == (event["data"], event["timestamp"])
    assert len(call("GET", f"/v1/deliveries?endpoint={endpoint}").json()["items"]) == 2


def test_recovery_tells_how_many_go_out_again(trigger, call, endpoint, database):
    trigger()
    with database.surveying("delivery") as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar() == 1
    database.acting("delivery", lambda c, _: c.exec_driver_sql("UPDATE deliveries SET state = 'exhausted'"))
    path = f"/v1/webhook-endpoints/{endpoint}/recover"
    answer = call("POST", path, {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"})
    assert (answer.status_code, answer.json()) == (202, {"deliveries": 1})
    (delivery,) = call("GET", "/v1/deliveries").json()["items"]
    assert (delivery["state"], delivery["recovered_at"]) == ("due", "2026-11-21T12:00:00Z")


@pytest.mark.parametrize(
    ("span", "status"),
    [
        ({"from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}, 422),
        ({"from": "2026-11-22T00:00:00", "to": "2026-11-23T00:00:00"}, 400),
        ({"from": "2026-11-22T00:00:00Z"}, 400),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(call, endpoint, span, status):
    assert call("POST", f"/v1/webhook-endpoints/{endpoint}/recover", span).status_code == status
