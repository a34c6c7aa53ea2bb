"""OAuth client credentials towards a receiver: fetched through the guard, kept, and fetched anew."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest

from partners.credentials import Credentials, OAuthSecret
from webhooks.delivery import Target

SECRET = "s3cr et/ü"


class Partner:
    """An authorization server and a receiver in one: it counts, and answers as it is told."""

    def __init__(self):
        self.asked, self.shown, self.life, self.status, self.good = [], [], 300, 200, True

    async def talk(self, reader, writer):
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            fields = dict(line.split(": ", 1) for line in head.splitlines()[1:-1])
            body = await reader.readexactly(int({k.lower(): v for k, v in fields.items()}["content-length"]))
            fields = {name.lower(): value for name, value in fields.items()}
            status, content = self.answer(head.split()[1], fields, body.decode())
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content))
            await writer.drain()

    def answer(self, path, fields, body):
        if path == "/token":
            self.asked.append((fields["authorization"], body))
            token = {"access_token": f"t-{len(self.asked)}", "token_type": "Bearer", "expires_in": self.life}
            return self.status, json.dumps(token).encode()
        self.shown.append(fields["authorization"])
        return (200, b"thanks for " + fields["authorization"].encode()) if self.good else (401, b"no")


@pytest.fixture
def partner_server():
    return Partner()


@pytest.fixture
def deliver(internet, partner_server):
    """Send so many events, one after the other or all at once."""

    def make(times=1, together=False, token_url=None, deadline=5.0):
        async def main():
            sender = internet.sender()
            async with internet.serve(partner_server.talk) as (port, _):
                base = f"http://{internet.host}:{port}"
                client = OAuthSecret(
                    token_url=token_url or f"{base}/token",
                    client_id="touch",
                    client_secret=SECRET,
                    scope="hooks",
                )
                target = Target(url=f"{base}/in", owner="end_1", credentials=Credentials(oauth2=client))
                calls = [lambda: sender.send(target, {}, b"{}", deadline)] * times
                if together:
                    outcomes = await asyncio.gather(*(call() for call in calls))
                else:
                    outcomes = [await call() for call in calls]
            await sender.close()
            return outcomes

        return asyncio.run(main())

    return make


def test_a_token_is_fetched_once_and_shown_with_every_event(deliver, partner_server):
    outcomes = deliver(3)
    assert [outcome.status for outcome in outcomes] == [200] * 3
    assert partner_server.shown == ["Bearer t-1"] * 3
    ((authorization, body),) = partner_server.asked
    assert base64.b64decode(authorization.split()[1]).decode() == "touch:s3cr+et%2F%C3%BC"
    assert body == "grant_type=client_credentials&scope=hooks"


def test_many_at_once_wait_for_one_token(deliver, partner_server):
    deliver(20, together=True)
    assert len(partner_server.asked) == 1


def test_a_token_that_ends_is_fetched_anew(deliver, partner_server):
    partner_server.life = 20  # shorter than the half minute by which we are early
    deliver(2)
    assert partner_server.shown == ["Bearer t-1", "Bearer t-2"]


def test_a_token_that_is_refused_is_fetched_anew_for_the_next_attempt(deliver, partner_server):
    partner_server.good = False
    assert [outcome.status for outcome in deliver(2)] == [401, 401]
    assert partner_server.shown == ["Bearer t-1", "Bearer t-2"]


def test_without_a_token_nothing_is_sent(deliver, partner_server):
    partner_server.status = 400
    (outcome,) = deliver()
    assert (outcome.status, outcome.error) == (None, "token_refused")
    assert outcome.detail == "the authorization server answered 400"
    assert partner_server.shown == []


def test_a_token_is_fetched_through_the_guard(deliver, partner_server):
    (outcome,) = deliver(token_url="http://169.254.169.254/token")
    assert (outcome.error, outcome.detail) == ("token_refused", "not reached")
    assert partner_server.asked == []


def test_a_token_that_the_receiver_repeats_is_not_kept(deliver):
    assert deliver()[0].response == b"thanks for Bearer [redacted]"
