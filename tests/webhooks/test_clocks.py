"""The whole schedule by a clock of the test's own, which may jump."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from partners.records.attempts import Acknowledgement, acknowledge
from partners.records.endpoints import deliveries
from partners.records.outbox import Claim, claim_due
from partners.records.pacing import forget_pacing
from webhooks.delivery import Outcome
from webhooks.schedule import Schedule
from webhooks.settlement import settle

STEPS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]


class Line:
    """One delivery, claimed and failed by a clock that the test moves."""

    def __init__(self, database, endpoint, now):
        self.database, self.endpoint, self.now, self.claims = database, endpoint, now, 0

    def act(self, work):
        return self.database.acting("delivery", lambda connection, _: work(connection))

    def claim(self):
        self.claims += 1
        wanted = Claim(
            token=f"w.{self.claims}",
            now=self.now,
            lease=timedelta(seconds=60),
            limit=5,
            late_limit=5,
            per_endpoint=5,
        )
        return self.act(lambda c: claim_due(c, wanted))

    def fail(self, leased, chance=0.5):
        outcome = Outcome(status=500, milliseconds=1.0)
        fate = settle(leased, outcome, self.now, chance, Schedule())
        item = Acknowledgement(
            delivery_id=leased.id,
            token=leased.token,
            organization_id=leased.organization_id,
            endpoint_id=leased.endpoint_id,
            url=leased.url,
            trigger=leased.trigger,
            state=fate.state,
            due_at=fate.due_at,
            failures=fate.failures,
            sent_at=self.now,
            milliseconds=1.0,
            phase="body",
            status=500,
            is_failure=True,
        )
        self.act(lambda c: (acknowledge(c, [item], self.now), forget_pacing(c, self.endpoint.id)))
        return fate

    def row(self):
        return self.act(lambda c: c.execute(select(deliveries)).one())


@pytest.fixture
def line(database, register, tell, now):
    endpoint, _ = register("http://127.0.0.53:9/")
    tell(1, now=now)
    return Line(database, endpoint, now)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_the_whole_schedule_is_kept_to_its_end(line, chance):
    for step in STEPS:
        (leased,) = line.claim()
        due_at = line.fail(leased, chance).due_at
        pause = (due_at - line.now).total_seconds()
        assert step * 0.8 <= pause <= step * 1.2
        line.now = due_at - timedelta(milliseconds=1)
        assert line.claim() == []
        line.now = due_at
    (leased,) = line.claim()
    assert line.fail(leased, chance).state == "exhausted"
    assert (line.row().state, line.row().attempt) == ("exhausted", len(STEPS) + 1)


def test_a_clock_that_jumps_back_delays_and_loses_nothing(line):
    (leased,) = line.claim()
    due_at = line.fail(leased).due_at
    line.now -= timedelta(hours=1)
    assert line.claim() == []
    line.now = due_at
    (again,) = line.claim()
    assert (again.id, again.event_id, again.failures) == (leased.id, leased.event_id, 1)


def test_a_clock_that_jumps_ahead_ends_a_lease_and_the_late_outcome_changes_nothing(line):
    (first,) = line.claim()
    line.now += timedelta(minutes=5)
    (second,) = line.claim()
    line.fail(first)
    assert line.row().lease_token == second.token
    assert replace(second, token=first.token, lease_until=first.lease_until) == first
