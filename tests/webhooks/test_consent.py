"""Consent by CloudEvents' handshake, against a real receiver and without one."""

from __future__ import annotations

import pytest
from aiohttp import web
from sqlalchemy import select

from partners.outbound import Egress
from partners.records.endpoints import attempts
from webhooks.delivery import HttpSender


@pytest.fixture
def answered(database, receiver, register, tell, dispatcher, wait_for, status_of, egress):
    """Register a public name that leads to the receiver; POST is answered so, OPTIONS with that origin."""

    def make(post, origin):
        def answer(request, _body):
            if request.method != "OPTIONS":
                return web.Response(status=post)
            headers = {"WebHook-Allowed-Origin": origin} if origin else {}
            return web.Response(status=200 if origin else 405, headers=headers)

        receiver.answer = answer
        endpoint, _ = register("http://partner.example/in")
        tell()

        class Diverted(HttpSender):
            async def send(self, target, headers, body, deadline):
                return await super().send(
                    type(target)(url=receiver.url(), method=target.method), headers, body, deadline
                )

        own = Egress(rules=egress.rules, origin="touchstone.example")
        dispatcher(sender=Diverted(own))
        read = select(attempts.c.status, attempts.c.response)

        def log():
            with database.surveying("delivery") as connection:
                return connection.execute(read.order_by(attempts.c.id)).all()

        wait_for(log)
        return endpoint, log()

    return make


@pytest.mark.parametrize(
    ("post", "origin"), [(200, "touchstone.example"), (405, "TOUCHSTONE.example"), (204, "*")]
)
def test_an_allowed_origin_is_consent(answered, receiver, wait_for, status_of, post, origin):
    endpoint, log = answered(post, origin)
    wait_for(lambda: status_of(endpoint) == "enabled")
    wait_for(lambda: len(receiver.got) == 3)  # the verification, OPTIONS, and what was held
    asked = receiver.got[1][1]
    assert asked["webhook-request-origin"] == "touchstone.example"
    assert "our origin is allowed" in log[0].response


@pytest.mark.parametrize(("post", "origin"), [(200, None), (200, "stranger.example"), (500, None)])
def test_another_origin_or_none_is_no_consent(answered, receiver, status_of, post, origin):
    endpoint, log = answered(post, origin)
    assert status_of(endpoint) == "pending"
    assert "no consent" in log[0].response
    assert [path for path, *_ in receiver.got] == ["/", "/"]


def test_a_receiver_that_asks_to_be_left_alone_is(answered, wait_for, status_of):
    endpoint, _ = answered(410, "*")
    wait_for(lambda: status_of(endpoint) == "disabled")
