from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from partners.records.outbox import Leased
from webhooks.delivery import Outcome
from webhooks.schedule import Schedule
from webhooks.settlement import settle

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def leased(**changes):
    standard = {
        "id": "dlv_1",
        "token": "w.1",
        "event_id": "evt_1",
        "event_type": "case.opened",
        "body": b"{}",
        "endpoint_id": "end_1",
        "organization_id": "org_1",
        "url": "https://example.com/",
        "failures": 0,
        "trigger": "auto",
    }
    return Leased(**(standard | changes))


def fate(outcome, **changes):
    return settle(leased(**changes), outcome, NOW, 0.5, Schedule())


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_success(status):
    assert fate(Outcome(status=status)).state == "ok"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 409, 429, 500, 502, 503, 199])
def test_every_other_status_is_tried_again(status):
    settlement = fate(Outcome(status=status))
    assert (settlement.state, settlement.failures) == ("due", 1)
    assert settlement.due_at == NOW + timedelta(seconds=5)


@pytest.mark.parametrize("error", ["timed_out", "tls_failed", "name_not_resolved", "address_refused"])
def test_every_failure_on_the_way_is_tried_again(error):
    assert fate(Outcome(error=error, phase="dns")).state == "due"


def test_a_2xx_whose_body_never_ended_is_tried_again():
    assert fate(Outcome(status=200, phase="body", error="timed_out")).state == "due"


def test_the_last_failure_exhausts():
    assert fate(Outcome(status=500), failures=9).state == "exhausted"


def test_a_request_that_cannot_be_built_is_exhausted_at_once():
    assert fate(Outcome(error="invalid_request", phase="dns")).state == "exhausted"


def test_410_holds_the_delivery_and_disables_the_endpoint():
    settlement = fate(Outcome(status=410))
    assert settlement.state == "held"
    assert settlement.disabled_reason == "answered 410 Gone"


def test_a_receiver_may_disable_its_endpoint_by_header():
    assert fate(Outcome(status=500, control="disable")).disabled_reason
    assert fate(Outcome(status=200, control="disable")).state == "ok"
    assert fate(Outcome(status=200, control="disable")).disabled_reason


def test_a_receiver_may_give_up_one_message_by_header():
    settlement = fate(Outcome(status=500, control="abort-message"))
    assert (settlement.state, settlement.disabled_reason) == ("cancelled", None)


@pytest.mark.parametrize(("status", "seconds"), [(429, 90), (503, 90), (500, 5), (404, 5)])
def test_only_429_and_503_may_ask_to_wait(status, seconds):
    settlement = fate(Outcome(status=status, retry_after="90"))
    assert settlement.due_at == NOW + timedelta(seconds=seconds)


def test_a_resend_by_hand_is_one_attempt():
    assert fate(Outcome(status=500), trigger="manual").state == "exhausted"
    assert fate(Outcome(status=200), trigger="manual").state == "ok"


def verification(challenge="secret-challenge"):
    body = msgspec.json.encode({"type": "endpoint.verification", "data": {"challenge": challenge}})
    return {"event_type": "endpoint.verification", "body": body}


def test_a_2xx_that_repeats_the_challenge_is_proof():
    outcome = Outcome(status=200, response=b'{"challenge": "secret-challenge"}')
    assert fate(outcome, **verification()).proof == "secret-challenge"


def test_neither_another_body_nor_another_status_is_proof():
    assert fate(Outcome(status=200, response=b"ok"), **verification()).proof is None
    assert fate(Outcome(status=404, response=b"secret-challenge"), **verification()).proof is None
