"""kill -9 in the middle of a bulk submit: what was acknowledged is kept, and its webhooks arrive."""

from __future__ import annotations

import http.client
import json
import time

import pytest

from api.demo.receiver import Receiver

MARK = {"reference": "veloriq", "mark": "VELORIQ", "office": "EM", "nice_classes": [25]}
LISTINGS = 3000
SECONDS = 120  # generous: what counts is that it comes


@pytest.fixture
def service_settings(service_settings):
    """What a killed worker had is due again soon."""
    return service_settings | {"WEBHOOKS_SECONDS": "4"}


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def wait_for():
    def wait(found, seconds=SECONDS):
        deadline = time.monotonic() + seconds
        while not found():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.2)

    return wait


@pytest.fixture
def shop(service, receiver, wait_for):
    """A marketplace that hears of its listings, in a world with one mark."""
    shop, holder = service.create_client("marketplace"), service.create_client("rights_holder")
    asked = {"url": receiver.url("shop"), "event_types": ["listing.screened"]}
    receiver.trust("shop", service.call("POST", "/v1/webhook-endpoints", asked, by=shop).json["secret"])
    assert service.call("POST", "/v1/trademarks", MARK, by=holder).status == 201
    probe = {"reference": "probe", "title": "V3L0RIQ sneakers"}
    wait_for(lambda: service.call("POST", "/v1/screenings", probe, by=shop).json["matches"])
    return shop


def submit_and_kill(service, shop, after):
    """Stream listings in, kill the service once `after` lines are answered; returns what was acknowledged."""
    lines = [{"reference": f"L{n}", "title": f"V3L0RIQ sneakers, lot {n}"} for n in range(LISTINGS)]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    headers = {"authorization": f"Bearer {service.token(shop)}", "content-type": "application/x-ndjson"}
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=SECONDS)
    connection.request("POST", "/v1/listings", body, headers)
    acknowledged = []
    try:
        answer = connection.getresponse()
        while line := answer.readline():
            acknowledged.append(json.loads(line))
            if len(acknowledged) == after:
                service.kill()
    except (http.client.HTTPException, OSError, json.JSONDecodeError):
        pass  # the connection ends in the middle of a line
    assert {line["status"] for line in acknowledged} == {201}
    return {line["reference"] for line in acknowledged}


def stored_listings(service, shop):
    """Every stored listing: its reference and its verdict."""
    found, path = {}, "/v1/listings?limit=200"
    while path:
        page = service.call("GET", path, by=shop).json
        found |= {one["reference"]: one["screening"]["verdict"] for one in page["items"]}
        path = page["next"] and f"/v1/listings?limit=200&after={page['next']}"
    return found


def told_references(receiver):
    return {arrival.data["reference"] for arrival in receiver.arrivals()}


def test_no_acknowledged_listing_is_lost_and_every_webhook_arrives(service, shop, receiver, wait_for):
    acknowledged = submit_and_kill(service, shop, after=300)
    assert 300 <= len(acknowledged) < LISTINGS
    service.restart()
    stored = stored_listings(service, shop)
    assert acknowledged <= set(stored)
    assert set(stored.values()) == {"alert"}
    # a second kill, among the deliveries
    wait_for(lambda: told_references(receiver))
    service.kill()
    service.restart()
    wait_for(lambda: told_references(receiver) == set(stored))
    assert receiver.tally().failed == 0
