"""The whole worker: from the row that a transaction left to a receiver on loopback, and back."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from aiohttp import web
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from partners.db import utc_now
from partners.preconditions import Conditions
from partners.records.deliveries import DeliveryFilter, list_deliveries
from partners.records.endpoints import attempts, endpoints
from partners.subscribing import (
    Desk,
    Rotation,
    Subscription,
    alter_endpoint,
    confirm_endpoint,
    resend_delivery,
    rotate_secret,
    send_test,
)
from webhooks.delivery import Outcome
from webhooks.dispatch import Pace
from webhooks.signing import new_secret

BRISK = Pace(poll=0.05, group=0.02)
SHORT_LEASE = Pace(poll=0.05, group=0.02, attempt=0.5, lease=1.0)


@pytest.fixture
def log(database):
    """Every attempt row, in order."""

    def read():
        with database.surveying("delivery") as connection:
            return connection.execute(select(attempts).order_by(attempts.c.id)).all()

    return read


@pytest.fixture
def status_of(database):
    def read(endpoint):
        with database.surveying("delivery") as connection:
            return connection.scalar(select(endpoints.c.status).where(endpoints.c.id == endpoint.id))

    return read


@pytest.fixture
def change(database, keyring, egress, principal):
    """Act on an endpoint as its organization does."""

    def make(work):
        desk = Desk(keyring=keyring, rules=egress.rules, now=utc_now())
        return database.acting("delivery", lambda c, _: work(c, principal, desk))

    return make


class Counting:
    """A sender without a network: it counts what it is given and answers as it is told."""

    def __init__(self, answer=None, seconds=0.0):
        self.sent = Counter()
        self.most = Counter()
        self._now = Counter()
        self._answer = answer or (lambda _target, _headers: Outcome(status=200))
        self._seconds = seconds

    async def send(self, target, headers, body, deadline):
        self._now[target.url] += 1
        self.most[target.url] = max(self.most[target.url], self._now[target.url])
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._now[target.url] -= 1
        self.sent[headers["webhook-id"]] += 1
        return self._answer(target, headers)

    async def close(self):
        return None


def test_an_event_arrives_and_its_signature_verifies(receiver, register, tell, dispatcher, states, wait_for):
    _, secret = register(receiver.url("/in"))
    (event_id,) = tell()
    dispatcher()
    wait_for(lambda: states() == {"ok": 1})
    ((path, headers, body),) = receiver.got
    assert path == "/in"
    assert headers["webhook-id"] == event_id
    Webhook(secret).verify(body, headers)


def test_every_attempt_is_a_row(receiver, register, tell, dispatcher, wait_for, log):
    receiver.answer = lambda _request, _body: web.Response(status=500, text="broken")
    register(receiver.url())
    tell()
    dispatcher()
    wait_for(log)
    (row,) = log()
    assert (row.number, row.status, row.error, row.phase) == (1, 500, None, "body")
    assert (row.response, row.peer, row.trigger) == ("broken", "127.0.0.53", "auto")


def test_a_failure_is_tried_again_by_the_schedule(receiver, register, tell, dispatcher, states, wait_for):
    answers = iter([500, 200])
    receiver.answer = lambda _request, _body: web.Response(status=next(answers))
    register(receiver.url())
    tell()
    moved = [timedelta(0)]
    dispatcher(clock=lambda: utc_now() + moved[0])
    wait_for(lambda: len(receiver.got) == 1)
    moved[0] = timedelta(seconds=10)
    wait_for(lambda: states() == {"ok": 1})
    first, second = receiver.got
    assert first[2] == second[2]
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[1]["webhook-signature"] != second[1]["webhook-signature"]


def test_a_dead_endpoint_keeps_nobody_waiting(register, tell, dispatcher, states, wait_for):
    sender = Counting(lambda target, _h: Outcome(status=200) if "good" in target.url else Outcome(status=500))
    register("http://127.0.0.53:1/dead", event_types=("listing.screened",))
    tell(1000)
    for number in range(4):
        register(f"http://127.0.0.53:1/good/{number}")
    tell(25)
    dispatcher(sender=sender)
    wait_for(lambda: states().get("ok", 0) == 100)
    assert states()["due"] == 1025


def test_no_endpoint_is_sent_more_at_once_than_its_cap(register, tell, dispatcher, states, wait_for):
    sender = Counting(seconds=0.01)
    register("http://127.0.0.53:1/a")
    register("http://127.0.0.53:1/b")
    tell(100)
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 200})
    assert max(sender.most.values()) <= BRISK.per_endpoint


def test_two_workers_send_each_event_once(register, tell, dispatcher, states, wait_for):
    sender = Counting(seconds=0.002)
    for number in range(5):
        register(f"http://127.0.0.53:1/{number}", event_types=("listing.screened",))
    tell(100)
    dispatcher(sender=sender)
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 500})
    assert set(sender.sent.values()) == {5}  # each event once to each of five endpoints


def test_what_a_killed_worker_had_taken_is_sent_by_another_with_the_same_id(
    receiver, register, tell, dispatcher, states, wait_for
):
    async def slow(_request):
        await asyncio.sleep(0.3)
        return web.Response()

    receiver.answer = lambda request, _body: slow(request)
    register(receiver.url())
    (event_id,) = tell()
    killed = dispatcher(pace=SHORT_LEASE)
    wait_for(lambda: receiver.got)
    killed.stop(drain=False)
    assert states() == {"due": 1}
    dispatcher(pace=SHORT_LEASE)
    wait_for(lambda: states() == {"ok": 1})
    assert [headers["webhook-id"] for _, headers, _ in receiver.got] == [event_id] * 2


def test_killing_workers_again_and_again_loses_nothing(register, tell, dispatcher, states, wait_for):
    sender = Counting(seconds=0.005)
    for number in range(4):
        register(f"http://127.0.0.53:1/{number}", event_types=("listing.screened",))
    told = tell(100)
    pace = Pace(poll=0.05, group=0.05, attempt=0.3, lease=1.0, in_flight=32)
    for _ in range(3):
        worker = dispatcher(sender=sender, pace=pace)
        already = sum(sender.sent.values())
        wait_for(lambda before=already: sum(sender.sent.values()) > before + 10)
        worker.stop(drain=False)
    dispatcher(sender=sender, pace=pace)
    wait_for(lambda: states() == {"ok": 400}, seconds=40)
    assert set(sender.sent) == set(told)
    repeated = sum(sender.sent.values()) - 400
    assert repeated <= 3 * (32 + pace.group_size)  # in flight and unwritten, at each kill


def test_a_draining_worker_finishes_what_flies_and_writes_it_down(
    receiver, register, tell, dispatcher, states, wait_for
):
    async def slow(_request):
        await asyncio.sleep(0.5)
        return web.Response()

    receiver.answer = lambda request, _body: slow(request)
    register(receiver.url())
    tell(20)
    worker = dispatcher()
    wait_for(lambda: len(receiver.got) == 8)
    worker.stop()
    assert states() == {"ok": len(receiver.got), "due": 20 - len(receiver.got)}


def test_410_disables_the_endpoint_and_its_organization_is_told_elsewhere(
    receiver, register, tell, dispatcher, wait_for, status_of
):
    receiver.answer = lambda request, _body: web.Response(status=410 if request.path == "/gone" else 200)
    gone, _ = register(receiver.url("/gone"), event_types=("listing.screened",))
    register(receiver.url("/kept"))
    tell(1)
    dispatcher()
    wait_for(lambda: any(b'"endpoint.disabled"' in body for _, _, body in receiver.got))
    assert status_of(gone) == "disabled"
    tell(3)
    wait_for(lambda: sum(path == "/kept" for path, _, _ in receiver.got) == 5)
    assert sum(path == "/gone" for path, _, _ in receiver.got) == 1


class Posing(Counting):
    """Sends nothing; the verification is answered by repeating the challenge, or by a plain yes."""

    def __init__(self, echo):
        super().__init__()
        self.challenges, self._echo = [], echo

    async def send(self, target, headers, body, deadline):
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
    register, dispatcher, wait_for, log
):
    _, secret = register("http://partner.example/in")
    sender = Posing(echo=False)
    repeats = Counting()

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
    register, change, tell, dispatcher, states, wait_for
):
    endpoint, _ = register("http://127.0.0.53:1/in")
    any_state = Conditions(if_match=frozenset(["*"]))
    for status, expected in (("paused", {"held": 2}), ("enabled", {"ok": 2})):
        wanted = Subscription(status=status)
        change(lambda c, who, desk, to=wanted: alter_endpoint(c, who, endpoint.id, to, any_state, desk))
        if status == "paused":
            tell(2)
            dispatcher(sender=Counting())
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
    register, change, tell, dispatcher, states, wait_for
):
    register("http://127.0.0.53:1/in")
    (event_id,) = tell()
    sender = Counting(lambda _t, _h: Outcome(status=500))
    worker = dispatcher(sender=sender)
    wait_for(lambda: sender.sent[event_id] == 1)
    wanted = DeliveryFilter(event_id=event_id)
    (delivery,) = change(lambda c, who, _: list_deliveries(c, who, wanted, after=None, limit=9))
    change(lambda c, who, desk: resend_delivery(c, who, delivery.id, desk.now))
    worker.wake()
    wait_for(lambda: states() == {"due": 1, "exhausted": 1})
    assert sender.sent[event_id] == 2


def test_a_test_event_goes_to_its_endpoint_alone(register, change, dispatcher, states, wait_for):
    one, _ = register("http://127.0.0.53:1/one")
    register("http://127.0.0.53:1/two")
    change(lambda c, who, desk: send_test(c, who, one.id, desk.now))
    sender = Counting()
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 1})
    assert dict(sender.most) == {"http://127.0.0.53:1/one": 1}


def test_a_lease_that_could_end_before_its_acknowledgement_is_refused():
    with pytest.raises(ValueError, match="lease"):
        Pace(attempt=60, lease=60)
