"""One attempt, against real sockets on loopback and against a transport of our own."""

from __future__ import annotations

import asyncio
import gzip
import socket

import httpx
import pytest
from aiohttp import web

from partners.destinations import AddressRules
from partners.outbound import Egress
from webhooks.delivery import RESPONSE_LIMIT, HttpSender, Target, quote_response


@pytest.fixture
def send(egress):
    """Make one attempt with a real connection."""

    def make(url, headers=None, deadline=5.0, over=egress, body=b'{"a":"\xc3\xbc"}'):
        async def main():
            sender = HttpSender(over)
            try:
                return await sender.send(Target(url=url), headers or {}, body, deadline)
            finally:
                await sender.close()

        return asyncio.run(main())

    return make


def test_what_was_answered_is_told(send, receiver):
    receiver.answer = lambda _request, _body: web.Response(
        status=429, text="later", headers={"Retry-After": "60", "webhook-delivery": "abort-message"}
    )
    outcome = send(receiver.url("/in"), {"webhook-id": "evt_1"})
    assert (outcome.status, outcome.phase, outcome.error) == (429, "body", None)
    assert (outcome.response, outcome.retry_after, outcome.control) == (b"later", "60", "abort-message")
    assert outcome.peer == "127.0.0.53"
    assert outcome.milliseconds > 0


def test_the_bytes_arrive_as_they_were_given(send, receiver):
    send(receiver.url("/in?x=1"), {"webhook-id": "evt_1", "content-type": "application/json"})
    ((path, headers, body),) = receiver.got
    assert (path, body) == ("/in", b'{"a":"\xc3\xbc"}')
    assert headers["webhook-id"] == "evt_1"
    assert headers["Content-Type"] == "application/json"


async def _stream(request, chunks, pause=0.0):
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for chunk in chunks:
            await response.write(chunk)
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    return response


def test_of_a_huge_answer_16_kb_are_read(send, receiver):
    receiver.answer = lambda request, _body: _stream(request, [b"x" * 65_536] * 400)
    outcome = send(receiver.url())
    assert outcome.is_success
    assert len(outcome.response) == RESPONSE_LIMIT


def test_a_dripping_answer_ends_at_the_deadline_in_the_body(send, receiver):
    receiver.answer = lambda request, _body: _stream(request, [b"x"] * 40, pause=0.1)
    outcome = send(receiver.url(), deadline=0.6)
    assert (outcome.status, outcome.phase, outcome.error) == (200, "body", "timed_out")
    assert not outcome.is_success
    assert outcome.milliseconds < 3000


def test_a_silent_receiver_ends_at_the_deadline_in_the_headers(send, receiver):
    async def silent(_request):
        await asyncio.sleep(1.5)
        return web.Response()

    receiver.answer = lambda request, _body: silent(request)
    outcome = send(receiver.url(), deadline=0.4)
    assert (outcome.status, outcome.phase, outcome.error) == (None, "headers", "timed_out")


def test_a_receiver_that_takes_nothing_in_is_stuck_in_writing(send):
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listening.bind(("127.0.0.53", 0))
        listening.listen()  # and nobody reads
        url = f"http://127.0.0.53:{listening.getsockname()[1]}/"
        outcome = send(url, deadline=0.4, body=b"x" * 8_000_000)
    assert (outcome.status, outcome.phase, outcome.error) == (None, "write", "timed_out")


def test_a_compressed_answer_is_not_unpacked(send, receiver):
    bomb = gzip.compress(b"0" * 10_000_000)
    receiver.answer = lambda _request, _body: web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    outcome = send(receiver.url())
    assert outcome.response == bomb[:RESPONSE_LIMIT]


def test_a_receiver_that_hangs_up_is_told_so(send, receiver):
    async def hang_up(request):
        request.transport.abort()
        return web.Response()

    receiver.answer = lambda request, _body: hang_up(request)
    outcome = send(receiver.url())
    assert (outcome.phase, outcome.error) == ("headers", "disconnected")


def test_a_redirect_is_an_answer(send, receiver):
    receiver.answer = lambda _request, _body: web.Response(
        status=307, headers={"Location": "http://169.254.169.254/"}
    )
    assert send(receiver.url()).status == 307
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("url", "phase", "error", "detail"),
    [
        ("http://127.0.0.1:9/", "dns", "address_refused", "address_not_public"),
        ("http://localhost:9/", "dns", "address_refused", "address_not_public"),
        ("http://127.0.0.53:1/", "tcp", "connection_failed", None),
        ("http://nowhere.invalid/", "dns", "name_not_resolved", None),
        ("ftp://example.com/", "dns", "address_refused", "scheme_not_https"),
    ],
)
def test_the_phase_and_the_class_of_a_failure_are_told(send, url, phase, error, detail):
    outcome = send(url)
    assert (outcome.status, outcome.phase, outcome.error, outcome.detail) == (None, phase, error, detail)


def test_a_handshake_with_a_server_that_speaks_no_tls_fails_in_tls(send, receiver):
    outcome = send(receiver.url().replace("http:", "https:"))
    assert (outcome.phase, outcome.error) == ("tls", "tls_failed")


def test_plain_http_needs_the_trial_setting(send, receiver):
    strict = Egress(rules=AddressRules(allowed=("127.0.0.53/32",)))
    assert send(receiver.url(), over=strict).detail == "scheme_not_https"
    assert receiver.got == []


def test_any_transport_may_be_swapped_in(egress):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=request.headers["webhook-id"]))
    target = Target(url="http://127.0.0.53:9/")
    outcome = asyncio.run(HttpSender(egress, transport).send(target, {"webhook-id": "evt_1"}, b"{}", 1.0))
    assert (outcome.status, outcome.response) == (200, b"evt_1")


def test_an_answer_is_quoted_without_nul_and_without_what_must_not_be_shown():
    quoted = quote_response(b"ok \x00 whsec_abc \xff and challenge-1", ["whsec_abc", "challenge-1"])
    assert quoted == "ok \ufffd [redacted] \ufffd and [redacted]"
