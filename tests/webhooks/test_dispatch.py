"""The whole worker: from the row that a transaction left to a receiver on loopback, and back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from partners.db import utc_now
from partners.records.endpoints import deliveries
from webhooks.delivery import Outcome
from webhooks.pace import Pace

BRISK = Pace(poll=0.05, group=0.02)
SHORT_LEASE = Pace(poll=0.05, group=0.02, attempt=0.5, lease=1.0)


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


def test_a_dead_endpoint_keeps_nobody_waiting(counting, register, tell, dispatcher, states, wait_for):
    sender = counting(lambda target, _h: Outcome(status=200) if "good" in target.url else Outcome(status=500))
    register("http://127.0.0.53:1/dead", event_types=("listing.screened",))
    tell(300)  # more than a worker takes
    for number in range(4):
        register(f"http://127.0.0.53:1/good/{number}")
    tell(25)
    dispatcher(sender=sender, pace=Pace(poll=0.05, group=0.02, in_flight=64, ahead=64))
    wait_for(lambda: states().get("ok", 0) == 100)
    assert states()["due"] == 325


def test_no_endpoint_is_sent_more_at_once_than_its_cap(
    counting, register, tell, dispatcher, states, wait_for
):
    sender = counting(seconds=0.01)
    register("http://127.0.0.53:1/a")
    register("http://127.0.0.53:1/b")
    tell(100)
    dispatcher(sender=sender)
    wait_for(lambda: states() == {"ok": 200})
    assert max(sender.most.values()) <= BRISK.per_endpoint


def test_two_workers_send_each_event_once(counting, register, tell, dispatcher, states, wait_for):
    sender = counting(seconds=0.002)
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


def test_killing_workers_again_and_again_loses_nothing(
    counting, register, tell, dispatcher, states, wait_for
):
    sender = counting(seconds=0.005)
    for number in range(4):
        register(f"http://127.0.0.53:1/{number}", event_types=("listing.screened",))
    told = tell(100)
    pace = Pace(poll=0.05, group=0.02, attempt=0.2, lease=0.6, in_flight=32)
    for _ in range(3):
        worker = dispatcher(sender=sender, pace=pace)
        already = sum(sender.sent.values())
        wait_for(lambda before=already: sum(sender.sent.values()) > before + 10)
        worker.stop(drain=False)
    dispatcher(sender=sender, pace=pace)
    wait_for(lambda: states() == {"ok": 400})
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


def test_a_draining_worker_gives_back_what_does_not_finish(
    receiver, register, tell, dispatcher, database, wait_for
):
    async def slow(_request):
        await asyncio.sleep(5)
        return web.Response()

    receiver.answer = lambda request, _body: slow(request)
    register(receiver.url())
    tell()
    worker = dispatcher(pace=Pace(poll=0.05, drain=0.2))
    wait_for(lambda: receiver.got)
    worker.stop()
    with database.surveying("delivery") as connection:
        (row,) = connection.execute(select(deliveries)).all()
    assert (row.state, row.lease_token, row.attempt) == ("due", None, 0)


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


def test_a_lease_that_could_end_before_its_acknowledgement_is_refused():
    with pytest.raises(ValueError, match="lease"):
        Pace(attempt=60, lease=60)
