"""The life of an endpoint, as the worker sees it: proved, paused, rotated, tried out."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from partners.preconditions import Conditions
from partners.records.deliveries import DeliveryFilter, list_deliveries
from partners.retelling import resend_delivery, send_test
from partners.rotating import Rotation, rotate_secret
from partners.subscribing import Subscription, alter_endpoint, confirm_endpoint
from webhooks.delivery import Outcome
from webhooks.signing import new_secret


class Posing:
    """Sends nothing; the verification is answered by repeating the challenge, or by a plain yes."""

    def __init__(self, echo):
        self.sent, self.challenges, self._echo = Counter(), [], echo

    async def close(self):
        return None

    async def send(self, target, headers, body, deadline):
        if target.method == "OPTIONS":
            return Outcome(status=405)
        document = msgspec.json.decode(body)
        self.sent[document["type"]] += 1
        if document["type"] != "endpoint.verification":
            return Outcome(status=200)
        self.challenges.append(document["data"]["challenge"])
        return Outcome(status=200, response=self.challenges[-1].encode() if self._echo else b"yes")


def test_a_receiver_that_repeats_the_challenge_is_verified_and_gets_what_was_held(
    register, tell, dispatcher, states, wait_for, status_of
):
    endpoint, _ = register("http://partner.example/in")
    tell(3)
    assert states() == {"due": 1, "held": 3}
    sender = Posing(echo=True)
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 4})
    assert status_of(endpoint) == "enabled"
    assert sender.sent == {"endpoint.verification": 1, "listing.screened": 3}


def test_a_plain_yes_proves_nothing_and_the_challenge_can_be_posted(
    register, change, dispatcher, states, wait_for, status_of
):
    endpoint, _ = register("http://partner.example/in")
    sender = Posing(echo=False)
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 1})
    assert status_of(endpoint) == "pending"
    challenge = sender.challenges[0]
    change(lambda c, who, desk: confirm_endpoint(c, who, endpoint.id, challenge, desk.now))
    assert status_of(endpoint) == "enabled"


def test_the_challenge_and_the_secret_are_not_in_the_log_even_if_the_receiver_repeats_them(
    counting, register, dispatcher, wait_for, log
):
    _, secret = register("http://partner.example/in")
    sender = Posing(echo=False)
    repeats = counting()

    async def send(target, headers, body, deadline):
        await sender.send(target, headers, body, deadline)
        return Outcome(status=404, response=f"{body.decode()} {headers} {secret}".encode())

    repeats.send = send
    dispatcher(sender=repeats)
    wait_for(log)
    (row,) = log()
    assert sender.challenges[0] not in row.response
    assert secret.removeprefix("whsec_") not in row.response
    assert "v1," not in row.response


def test_another_url_is_not_called_before_it_is_proved(register, change, tell, dispatcher, wait_for):
    endpoint, _ = register("http://127.0.0.53:1/in")
    any_state = Conditions(if_match=frozenset(["*"]))
    elsewhere = Subscription(url="http://stranger.example/in")
    change(lambda c, who, desk: alter_endpoint(c, who, endpoint.id, elsewhere, any_state, desk))
    tell(2)
    sender = Posing(echo=False)
    dispatcher(sender=sender)
    wait_for(lambda: sender.sent)
    assert sender.sent == {"endpoint.verification": 1}


def test_a_paused_endpoint_gets_its_events_when_it_is_enabled_again(
    counting, register, change, tell, dispatcher, states, wait_for
):
    endpoint, _ = register("http://127.0.0.53:1/in")
    any_state = Conditions(if_match=frozenset(["*"]))
    for status, expected in (("paused", {"held": 2}), ("enabled", {"ok": 2})):
        wanted = Subscription(status=status)
        change(lambda c, who, desk, to=wanted: alter_endpoint(c, who, endpoint.id, to, any_state, desk))
        if status == "paused":
            tell(2)
            dispatcher(sender=counting())
        wait_for(lambda goal=expected: states() == goal)


@pytest.fixture
def rotated(receiver, register, change):
    """An endpoint whose secret was rotated with an overlap: the new secret, and the old one."""

    def make(hours):
        endpoint, old = register(receiver.url())
        rotation = Rotation(secret=new_secret(), overlap=timedelta(hours=hours))
        change(lambda c, who, desk: rotate_secret(c, who, endpoint.id, rotation, desk))
        return rotation.secret, old

    return make


def test_during_the_overlap_both_secrets_verify(receiver, rotated, tell, dispatcher, wait_for):
    secrets = rotated(hours=24)
    tell()
    dispatcher()
    wait_for(lambda: receiver.got)
    ((_, headers, body),) = receiver.got
    for secret in secrets:
        Webhook(secret).verify(body, headers)


def test_without_an_overlap_the_old_secret_signs_nothing_more(receiver, rotated, tell, dispatcher, wait_for):
    new, old = rotated(hours=0)
    tell()
    dispatcher()
    wait_for(lambda: receiver.got)
    ((_, headers, body),) = receiver.got
    Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_a_resend_by_hand_goes_out_once_beside_the_schedule(
    counting, register, change, tell, dispatcher, states, wait_for
):
    register("http://127.0.0.53:1/in")
    (event_id,) = tell()
    sender = counting(lambda _t, _h: Outcome(status=500))
    worker = dispatcher(sender=sender)
    wait_for(lambda: sender.sent[event_id] == 1)
    wanted = DeliveryFilter(event_id=event_id)
    (delivery,) = change(lambda c, who, _: list_deliveries(c, who, wanted, after=None, limit=9))
    change(lambda c, who, desk: resend_delivery(c, who, delivery.id, desk.now))
    worker.wake()
    wait_for(lambda: states() == {"due": 1, "exhausted": 1})
    assert sender.sent[event_id] == 2


def test_a_test_event_goes_to_its_endpoint_alone(counting, register, change, dispatcher, states, wait_for):
    one, _ = register("http://127.0.0.53:1/one")
    register("http://127.0.0.53:1/two")
    change(lambda c, who, desk: send_test(c, who, one.id, desk.now))
    sender = counting()
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 1})
    assert dict(sender.most) == {"http://127.0.0.53:1/one": 1}
