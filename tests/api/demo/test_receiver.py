import json
import secrets
from base64 import b64encode
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from standardwebhooks import Webhook

from api.demo.receiver import Receiver

SECRET = "whsec_" + b64encode(secrets.token_bytes(24)).decode()
BODY = json.dumps({"type": "match.found", "data": {"subject": "mch_1"}})


@pytest.fixture
def receiver():
    receiver = Receiver()
    receiver.trust("customs", SECRET)
    yield receiver
    receiver.close()


@pytest.fixture
def post(receiver):
    def send(event_id="evt_1", secret=SECRET, partner="customs"):
        now = datetime.now(UTC)
        signature = Webhook(secret).sign(event_id, now.replace(tzinfo=None), BODY)
        headers = {
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        request = Request(receiver.url(partner), BODY.encode(), headers)  # noqa: S310 - loopback
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
                return answer.status
        except HTTPError as error:
            return error.code

    return send


def test_a_signed_webhook_is_kept_and_found(receiver, post):
    assert post() == 200
    arrival = receiver.wait_for(lambda arrival: arrival.type == "match.found", 5)
    assert (arrival.id, arrival.data) == ("evt_1", {"subject": "mch_1"})


@pytest.mark.parametrize(
    "wrong", [{"secret": "whsec_" + b64encode(b"other secret of ours").decode()}, {"partner": "stranger"}]
)
def test_a_webhook_that_does_not_verify_is_refused_and_counted(receiver, post, wrong):
    assert post(**wrong) == 401
    tally = receiver.tally()
    assert (tally.verified, tally.failed, tally.by_type) == (0, 1, {})


def test_an_event_that_comes_twice_counts_once(receiver, post):
    assert [post(), post()] == [200, 200]
    tally = receiver.tally()
    assert (tally.verified, tally.duplicates, tally.by_type) == (2, 1, {("customs", "match.found"): 1})


def test_waiting_for_what_never_comes_ends(receiver):
    assert receiver.wait_for(lambda _: True, 0.01) is None
