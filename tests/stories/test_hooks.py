"""`touchstone hooks` against a running service: a test event is triggered, relayed and verified."""

from __future__ import annotations

import json

import pytest

from api.demo.receiver import Receiver
from webhooks.signing import new_secret


@pytest.fixture
def service(standing_service):
    return standing_service


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def shop(service, tmp_path):
    """A marketplace, and the file of its client as `clients create --json` prints it."""
    made = service.create_client("marketplace", "The shop")
    file = tmp_path / "shop.json"
    content = {"organization_id": made.organization_id, "client_id": made.client_id}
    file.write_text(json.dumps(content | {"client_secret": made.client_secret}))
    return made, str(file)


def test_a_triggered_event_reaches_a_port_of_this_machine_without_an_endpoint(service, shop, receiver):
    _, file = shop
    secret = new_secret()
    receiver.trust("local", secret)
    done = service.run("hooks", "trigger", "match.found", "--client", file)
    assert done.returncode == 0, done.stderr
    told = done.stdout.split()[0]
    deadline = 50
    relayed = ""
    while told not in relayed and deadline:  # the sequencer places it within moments
        run = service.run(
            "hooks",
            "listen",
            "--client",
            file,
            "--forward",
            receiver.url("local"),
            "--secret",
            secret,
            "--all",
            "--once",
        )
        assert run.returncode == 0, run.stderr
        relayed, deadline = run.stdout, deadline - 1
    assert f"{told} match.found -> 2" in relayed
    assert receiver.tally().failed == 0
    assert receiver.tally().by_type["local", "match.found"] == 1


def test_a_triggered_event_goes_to_the_endpoints_that_asked_for_it(service, shop, receiver):
    made, file = shop
    wanted = {"url": receiver.url("shop"), "event_types": ["case.*"]}
    endpoint = service.call("POST", "/v1/webhook-endpoints", wanted, by=made).json
    receiver.trust("shop", endpoint["secret"])
    for event_type in ("match.found", "case.opened"):
        assert service.run("hooks", "trigger", event_type, "--client", file).returncode == 0
    arrival = receiver.wait_for(lambda one: one.type == "case.opened", 30)
    assert arrival.data["test"] is True
    assert ("shop", "match.found") not in receiver.tally().by_type


def test_customs_trigger_by_key(service):
    made = service.create_client("customs", "Customs")
    done = service.run("hooks", "trigger", "seizure.reported", "--key", str(made.key_file))
    assert done.returncode == 0, done.stderr
    refused = service.run("hooks", "trigger", "match.found", "--key", str(made.key_file))
    assert refused.returncode == 1
    assert "404" in refused.stderr


@pytest.mark.parametrize("forward", ["https://127.0.0.1/", "http://example.com/", "http://10.0.0.1/"])
def test_nothing_is_relayed_to_another_machine(service, shop, forward):
    done = service.run("hooks", "listen", "--client", shop[1], "--forward", forward, "--once")
    assert done.returncode == 2
