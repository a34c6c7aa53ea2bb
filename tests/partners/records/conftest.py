"""An outbox on each database: endpoints, deliveries due to them, and claims."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from partners.ids import new_id
from partners.principal import Principal
from partners.records.attempts import Acknowledgement, acknowledge
from partners.records.endpoint_secrets import EndpointSecret, add_secret
from partners.records.endpoints import Endpoint, add_endpoint, deliveries
from partners.records.events import events
from partners.records.outbox import Claim, claim_due

LEASE = timedelta(seconds=60)


@pytest.fixture
def principal(partner):
    claims = partner("marketplace")
    return Principal(organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id)


@pytest.fixture
def act(database):
    def run(work):
        return database.acting("delivery", lambda connection, _: work(connection))

    return run


@pytest.fixture
def endpoint(act, principal, now):
    """Make an endpoint with one secret."""

    def make(status="enabled"):
        made = Endpoint(
            id=new_id("end"),
            organization_id=principal.organization_id,
            url="https://example.com/in",
            status=status,
            created_at=now,
            updated_at=now,
        )

        def work(connection):
            add_endpoint(connection, made)
            secret = EndpointSecret(
                id=new_id("whs"), endpoint_id=made.id, kind="hmac", ciphertext=b"sealed", created_at=now
            )
            add_secret(connection, secret)

        act(work)
        return made

    return make


@pytest.fixture
def fill(act, principal, now):
    """Make so many deliveries due to an endpoint."""

    def make(endpoint, count, due_at=now, state="due", event_type="case.opened"):
        event = {"organization_id": principal.organization_id, "type": event_type, "subject": "case_1"}
        rows = [
            event | {"id": new_id("evt"), "sequence": 1, "body": b"{}", "occurred_at": now}
            for _ in range(count)
        ]
        due = [
            {
                "id": new_id("dlv"),
                "event_id": row["id"],
                "endpoint_id": endpoint.id,
                "organization_id": principal.organization_id,
                "state": state,
                "due_at": due_at,
                "created_at": now,
            }
            for row in rows
        ]
        act(lambda c: (c.execute(insert(events), rows), c.execute(insert(deliveries), due)))
        return [row["id"] for row in due]

    return make


@pytest.fixture
def claim(act, now):
    numbers = iter(range(1, 10_000))

    def make(limit=100, per_endpoint=8, at=now, worker="w", busy=None, late_limit=50):
        wanted = Claim(
            token=f"{worker}.{next(numbers)}",
            now=at,
            lease=timedelta(seconds=60),
            limit=limit,
            late_limit=late_limit,
            per_endpoint=per_endpoint,
            busy=busy or {},
        )
        return act(lambda c: claim_due(c, wanted))

    return make


@pytest.fixture
def outcome(now):
    """What came of a leased delivery: ok, unless changed."""

    def make(leased, **changes):
        standard = {
            "delivery_id": leased.id,
            "token": leased.token,
            "organization_id": leased.organization_id,
            "endpoint_id": leased.endpoint_id,
            "url": leased.url,
            "trigger": leased.trigger,
            "state": "ok",
            "due_at": now,
            "failures": 0,
            "sent_at": now,
            "milliseconds": 1.5,
            "phase": "body",
            "status": 200,
        }
        return Acknowledgement(**(standard | changes))

    return make


@pytest.fixture
def report(act, now, outcome):
    """Acknowledge leased deliveries; returns the ids whose lease still held."""

    def make(*leased, at=now, **changes):
        return act(lambda c: acknowledge(c, [outcome(each, **changes) for each in leased], at))

    return make


@pytest.fixture
def read(database):
    def one(delivery_id):
        with database.surveying("delivery") as connection:
            return connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()

    return one


@pytest.fixture
def one_due(endpoint, fill):
    return fill(endpoint(), 1)
