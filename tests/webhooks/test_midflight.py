"""What happens to an endpoint while an attempt is under way to it."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from partners.preconditions import Conditions
from partners.subscribing import Subscription, alter_endpoint, delete_endpoint
from webhooks.delivery import Outcome
from webhooks.pace import Pace
from webhooks.schedule import Schedule

ANY = Conditions(if_match=frozenset(["*"]))
URL = "http://127.0.0.53:1/in"
SOON = Pace(poll=0.05, group=0.02, schedule=Schedule(steps=(timedelta(seconds=0.3),) * 3))


class Gate:
    """A sender whose first answer waits until it is let through."""

    def __init__(self, outcome):
        self.arrived, self.opened, self.urls, self._outcome = (
            threading.Event(),
            threading.Event(),
            [],
            outcome,
        )

    async def send(self, target, headers, body, deadline):
        self.urls.append(target.url)
        self.arrived.set()
        if len(self.urls) > 1:
            return Outcome(status=200)
        await asyncio.get_running_loop().run_in_executor(None, self.opened.wait, 20)
        return self._outcome

    async def close(self):
        return None


@pytest.fixture
def during(register, tell, dispatcher, change):
    """Do something to an endpoint while its first attempt is under way."""

    def make(act, status=200):
        endpoint, _ = register(URL)
        tell()
        gate = Gate(Outcome(status=status))
        dispatcher(sender=gate)
        assert gate.arrived.wait(20)
        change(lambda c, who, desk: act(c, who, endpoint.id, desk))
        gate.opened.set()
        return endpoint, gate

    return make


def patch(**wanted):
    return lambda c, who, key, desk: alter_endpoint(c, who, key, Subscription(**wanted), ANY, desk)


def test_paused_meanwhile_a_success_still_counts(during, states, status_of, wait_for):
    endpoint, _ = during(patch(status="paused"))
    wait_for(lambda: states() == {"ok": 1})
    assert status_of(endpoint) == "paused"


def test_paused_meanwhile_a_failure_is_not_tried_again_until_it_is_enabled(
    during, states, wait_for, log, change, tell
):
    endpoint, gate = during(patch(status="paused"), status=500)
    wait_for(log)
    assert len(gate.urls) == 1
    change(lambda c, who, desk: patch(status="enabled")(c, who, endpoint.id, desk))
    tell()
    wait_for(lambda: states().get("ok", 0) >= 1)


def test_deleted_meanwhile_nothing_more_is_sent(during, states, wait_for, log):
    _, gate = during(lambda c, who, key, desk: delete_endpoint(c, who, key, desk.now), status=500)
    wait_for(lambda: states() == {"cancelled": 1})
    wait_for(log)
    assert states() == {"cancelled": 1}
    assert len(gate.urls) == 1


def test_what_is_told_while_the_url_changes_on_the_same_host_goes_to_the_new_one(
    during, tell, states, status_of, wait_for
):
    moved = URL + "/v2"
    endpoint, gate = during(patch(url=moved))
    tell()
    wait_for(lambda: states() == {"ok": 2})
    assert (gate.urls, status_of(endpoint)) == ([URL, moved], "enabled")


def test_a_retry_follows_the_endpoint_to_its_new_url(
    register, tell, change, counting, dispatcher, wait_for, log
):
    endpoint, _ = register(URL)
    tell()
    failing = counting(lambda _t, _h: Outcome(status=500))
    worker = dispatcher(sender=failing, pace=SOON)
    wait_for(log)
    worker.stop()
    change(lambda c, who, desk: patch(url=URL + "/v2")(c, who, endpoint.id, desk))
    sender = counting()
    dispatcher(sender=sender, pace=SOON)
    wait_for(lambda: sender.sent)
    assert dict(sender.most) == {URL + "/v2": 1}


def test_the_answer_of_the_old_host_neither_proves_nor_disables_the_new_one(during, wait_for, log, status_of):
    endpoint, _ = during(patch(url="http://stranger.example/in"), status=410)
    wait_for(log)
    assert status_of(endpoint) == "pending"
