"""Whatever workers, receivers and partners do, in any order: each delivery has one fate, and none is lost."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from partners.records.attempts import Acknowledgement, acknowledge
from partners.records.deliveries import Span, recover_deliveries
from partners.records.endpoints import attempts, deliveries, endpoints
from partners.records.events import Fact, emit
from partners.records.ordering import order_deliveries
from partners.records.outbox import Claim, claim_due, release
from partners.records.pacing import forget_pacing
from partners.records.switching import disable_endpoint, hold_deliveries, resume_deliveries

LEASE = timedelta(seconds=60)
FACT = Fact(
    type="listing.screened",
    subject="lst_1",
    path="/v1/listings/A-1",
    data={"reference": "A-1", "verdict": "review", "score": 0.5, "matches": 1},
)
DONE = {"ok", "exhausted"}


class Deliveries(RuleBasedStateMachine):
    """Two endpoints, one of them ordered; two workers; and a clock that only this machine moves."""

    def __init__(self, act, read, owner, ones, now):
        super().__init__()
        self.act, self.read, self.owner, self.now = act, read, owner, now
        self.began = now
        self.plain, self.ordered = ones
        act(lambda c: (c.execute(delete(attempts)), c.execute(delete(deliveries))))  # of runs before this one
        self.told = self.claims = 0
        self.leases, self.reports = [], {}
        for one in ones:
            self.switch(one, "enabled")
            act(lambda c, one=one: forget_pacing(c, one.id))

    def switch(self, one, status):
        changed = update(endpoints).where(endpoints.c.id == one.id).values(status=status)
        self.act(lambda c: c.execute(changed))
        step = resume_deliveries if status == "enabled" else hold_deliveries
        self.act(lambda c: step(c, one.id, self.now))

    def rows(self):
        return {row.id: row for row in self.read(select(deliveries))}

    @rule(count=st.integers(1, 4))
    def tell(self, count):
        recipient = [(self.owner.kind, self.owner.organization_id)]
        self.act(lambda c: [emit(c, FACT, recipient, self.now) for _ in range(count)])
        self.told += count

    @rule(worker=st.sampled_from("ab"), limit=st.integers(2, 9))
    def claim(self, worker, limit):
        before = self.rows()
        status = {row.id: row.status for row in self.read(select(endpoints))}
        self.claims += 1
        wanted = Claim(
            token=f"{worker}.{self.claims}",
            now=self.now,
            lease=LEASE,
            limit=limit,
            late_limit=2,
            per_endpoint=4,
        )
        taken = self.act(lambda c: claim_due(c, wanted))
        for leased in taken:
            row = before[leased.id]
            assert (row.state, status[row.endpoint_id]) == ("due", "enabled")
            assert row.due_at <= self.now  # nobody else's lease runs, and no pause
        queue = [row for row in before.values() if row.endpoint_id == self.ordered.id]
        waiting = sorted(row.ordinal for row in queue if row.state not in DONE)
        run = [leased.ordinal for leased in taken if leased.endpoint_id == self.ordered.id]
        assert run == waiting[: len(run)]  # from the head on, without a gap
        self.leases += taken

    @rule(
        pick=st.integers(0, 99), fate=st.sampled_from(["ok", "ok", "due", "exhausted", "lost", "given back"])
    )
    def land(self, pick, fate):
        """An attempt ends, however late; or its worker dies with it, or stops before it."""
        if not self.leases:
            return
        leased = self.leases.pop(pick % len(self.leases))
        if fate == "given back":
            self.act(lambda c: release(c, {leased.id: leased.token}, self.now))
            assert self.rows()[leased.id].lease_token != leased.token
        elif fate != "lost":
            self.report(leased, fate)

    def report(self, leased, state):
        before = self.rows()[leased.id]
        failures = leased.failures + (state != "ok")
        item = Acknowledgement(
            delivery_id=leased.id,
            token=leased.token,
            organization_id=leased.organization_id,
            endpoint_id=leased.endpoint_id,
            url=leased.url,
            trigger=leased.trigger,
            state=state,
            due_at=self.now + timedelta(minutes=5 * failures),
            failures=failures,
            sent_at=self.now,
            milliseconds=1.0,
            phase="body",
            status=200 if state == "ok" else 500,
            is_failure=state != "ok",
        )
        held = self.act(lambda c: acknowledge(c, [item], self.now))
        self.reports[leased.id] = self.reports.get(leased.id, 0) + 1
        after = self.rows()[leased.id]
        assert bool(held) == (before.lease_token == leased.token)
        assert after.state == (state if held else before.state)  # a late worker changes nothing

    @rule(seconds=st.sampled_from([1, 61, 400, 2000]), worker=st.sampled_from("ab"))
    def claim_later(self, seconds, worker):
        """By now leases have ended, breakers closed, or retries come due."""
        self.now += timedelta(seconds=seconds)
        self.claim(worker, 6)

    @rule(act=st.sampled_from(["pause", "enable", "enable", "recover", "disable"]), is_ordered=st.booleans())
    def meddle(self, act, is_ordered):
        one = self.ordered if is_ordered else self.plain
        if act == "disable":
            self.act(lambda c: disable_endpoint(c, one.id, one.url, "answered 410 Gone", self.now))
        elif act == "recover":
            span = Span(self.began - LEASE, self.now + LEASE)
            self.act(lambda c: recover_deliveries(c, one.id, span, self.now, 1000))
        else:
            self.switch(one, {"pause": "paused", "enable": "enabled"}[act])

    @invariant()
    def nothing_is_lost_or_doubled(self):
        rows = self.rows()
        assert len(rows) == 2 * self.told
        assert {key: row.attempt for key, row in rows.items() if row.attempt} == self.reports

    def teardown(self):
        """In the end everything arrives, and every attempt that was made is a row."""
        for one in (self.plain, self.ordered):
            self.switch(one, "enabled")
        for _ in range(400):
            if all(row.state in DONE for row in self.rows().values()):
                break
            self.now += timedelta(hours=1)
            self.claim("c", 50)
            for leased in [one for one in self.leases if one.token.startswith("c.")]:
                self.report(leased, "ok")
            self.leases = []
        assert all(row.state in DONE for row in self.rows().values())
        assert len(self.read(select(attempts))) == sum(self.reports.values())


def test_no_order_of_events_loses_or_doubles_a_delivery(database, act, principal, endpoint, now):
    def read(statement):
        with database.surveying("delivery") as connection:
            return connection.execute(statement).all()

    ones = endpoint(), endpoint()
    act(lambda c: c.execute(update(endpoints).where(endpoints.c.id == ones[1].id).values(ordered=1)))
    act(lambda c: order_deliveries(c, ones[1].id, is_ordered=True))
    run_state_machine_as_test(
        lambda: Deliveries(act, read, principal, ones, now),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
