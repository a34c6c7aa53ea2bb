"""Endpoints that ask to be left alone, or fail for five days: disabled, and the right people told."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from partners.db import utc_now
from partners.preconditions import Conditions
from partners.records.audit import audit
from partners.records.endpoints import endpoints
from partners.records.events import events
from partners.subscribing import Subscription, alter_endpoint
from webhooks.delivery import Outcome

ANY = Conditions(if_match=frozenset(["*"]))
URL = "http://127.0.0.53:1/in"


@pytest.fixture
def told(database):
    """The bodies of `endpoint.disabled`, by organization."""

    def read():
        wanted = select(events.c.organization_id, events.c.body).where(events.c.type == "endpoint.disabled")
        with database.surveying("delivery") as connection:
            return {
                row.organization_id: msgspec.json.decode(row.body)["data"]
                for row in connection.execute(wanted)
            }

    return read


@pytest.fixture
def days_ago(database):
    """Let an endpoint have failed since then."""

    def make(endpoint, days):
        statement = endpoints.update().where(endpoints.c.id == endpoint.id)

        since = utc_now() - timedelta(days=days)
        database.acting(
            "delivery", lambda connection, _: connection.execute(statement.values(failing_since=since))
        )

    return make


def test_410_tells_the_partner_and_the_operator_and_is_audited(
    database, counting, register, tell, dispatcher, wait_for, status_of, told, partner, principal
):
    operator = partner("operator", name="Operations")
    endpoint, _ = register(URL)
    tell(3)
    sender = counting(lambda _t, _h: Outcome(status=410))
    dispatcher(sender=sender)
    wait_for(lambda: status_of(endpoint) == "disabled")
    assert told()[principal.organization_id]["reason"] == "answered 410 Gone"
    assert "organization" not in told()[principal.organization_id]
    assert told()[operator.organization_id]["organization_id"] == principal.organization_id
    with database.surveying("delivery") as connection:
        assert "endpoint.disabled" in connection.scalars(select(audit.c.act)).all()


def test_five_days_of_nothing_but_failure_disable(
    counting, register, tell, dispatcher, wait_for, status_of, states, told, days_ago, principal
):
    endpoint, _ = register(URL)
    days_ago(endpoint, 5.1)
    tell(2)
    dispatcher(sender=counting(lambda _t, _h: Outcome(status=500)))
    wait_for(lambda: status_of(endpoint) == "disabled")
    assert told()[principal.organization_id]["reason"] == "failed for five days"
    wait_for(lambda: states().get("held", 0) >= 2)


def test_less_than_five_days_do_not(counting, register, tell, dispatcher, wait_for, status_of, log, days_ago):
    endpoint, _ = register(URL)
    days_ago(endpoint, 4.9)
    tell()
    dispatcher(sender=counting(lambda _t, _h: Outcome(status=500)))
    wait_for(log)
    assert status_of(endpoint) == "enabled"


def test_one_success_begins_the_count_anew(
    database, counting, register, tell, dispatcher, wait_for, states, status_of, days_ago
):
    endpoint, _ = register(URL)
    days_ago(endpoint, 30)
    tell()
    dispatcher(sender=counting())
    wait_for(lambda: states() == {"ok": 1})
    with database.surveying("delivery") as connection:
        assert connection.scalar(select(endpoints.c.failing_since)) is None
    assert status_of(endpoint) == "enabled"


def test_enabled_again_it_gets_what_is_new_and_the_rest_on_request(
    database, counting, register, tell, change, dispatcher, wait_for, status_of, states, days_ago
):
    endpoint, _ = register(URL)
    days_ago(endpoint, 6)
    tell()
    bad = [True]
    dispatcher(sender=counting(lambda _t, _h: Outcome(status=500 if bad[0] else 200)))
    wait_for(lambda: status_of(endpoint) == "disabled")
    bad[0] = False
    enabled = Subscription(status="enabled")
    change(lambda c, who, desk: alter_endpoint(c, who, endpoint.id, enabled, ANY, desk))
    tell()
    wait_for(lambda: states().get("ok") == 1)
    assert states()["held"] == 2  # the failed event, and the news that it was disabled
    with database.surveying("delivery") as connection:
        assert connection.scalar(select(endpoints.c.failing_since)) is None
