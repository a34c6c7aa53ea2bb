"""Partners change their minds, disks fill, secrets turn over: each delivery has the fate it should have."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from sqlalchemy import select, update

from partners.db import utc_now
from partners.errors import Conflict
from partners.preconditions import Conditions
from partners.records.deliveries import Span, get_delivery, recover_deliveries
from partners.records.endpoints import deliveries
from partners.records.events import events
from partners.records.holds import LegalHold, add_hold
from partners.records.purging import purge_event, purge_events
from partners.retelling import resend_delivery
from partners.rotating import Rotation, rotate_secret
from partners.subscribing import Desk, Subscription, alter_endpoint, delete_endpoint
from tests.torture import old_worker
from tests.torture.report import Line
from webhooks.signing import new_secret, sign


def desk(stage):
    return Desk(keyring=stage.keyring, rules=stage.rules, now=utc_now())


def alter(stage, endpoint, **wanted):
    def work(connection):
        found = Conditions(if_match=frozenset("*"))
        return alter_endpoint(
            connection, stage.owner, endpoint.id, Subscription(**wanted), found, desk(stage)
        )

    return stage.act(work)


def rotate(stage, endpoint, overlap):
    secret = new_secret()
    rotation = Rotation(secret=secret, overlap=overlap)
    stage.act(lambda c: rotate_secret(c, stage.owner, endpoint.id, rotation, desk(stage)))
    return secret


def told_and_answered(stage, endpoint, count=10):
    """The answers to so many new events."""
    seen = stage.sink.count()
    stage.fill([endpoint], count)
    stage.wait(lambda: stage.sink.count() >= seen + count)
    return [arrival.status for arrival in stage.sink.arrivals(seen)][:count]


def test_a_rotation_fails_nowhere_in_its_window_and_a_revocation_at_once(stage, report):
    one = stage.endpoint("/verify/rotating")
    old = stage.secret
    stage.worker()
    stage.sink.ask("trust", "rotating", [old])
    answers = told_and_answered(stage, one)
    new = rotate(stage, one, timedelta(hours=24))
    answers += told_and_answered(stage, one)  # the receiver has only the old one yet
    stage.sink.ask("trust", "rotating", [new])
    answers += told_and_answered(stage, one)  # and now only the new one
    assert set(answers) == {200}
    newest = rotate(stage, one, timedelta(0))
    stage.sink.ask("trust", "rotating", [newest])
    assert set(told_and_answered(stage, one, 3)) == {200}
    stage.sink.ask("trust", "rotating", [old, new])
    assert set(told_and_answered(stage, one, 3)) == {400}
    report.add(
        Line(
            case="22 rotation and revocation",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line="no failure in the window; revoked at once",
        )
    )


@pytest.mark.parametrize("event_id", ["evt.1", "evt_1\r\nx: y", "evt_1\n", ""])
def test_an_id_that_could_be_read_otherwise_is_not_signed(event_id):
    with pytest.raises(ValueError, match="letters"):
        sign([b"k" * 32], event_id, 1, b"{}")


def test_a_resend_by_hand_leaves_a_running_schedule_alone(stage, report):
    one = stage.endpoint("/ok/resent")
    stage.sink.ask("mood", "/ok/resent", 500)
    stage.fill([one], 1)
    stage.worker({"schedule": {"steps": [600.0, 600.0, 600.0]}})
    stage.wait(lambda: len(stage.attempts()) == 1)
    with stage.database.surveying("delivery") as connection:
        before = connection.execute(select(deliveries).where(deliveries.c.trigger == "auto")).all()[-1]
    for _ in range(3):
        stage.act(lambda c: resend_delivery(c, stage.owner, before.id, utc_now()))
    stage.wait(lambda: len(stage.attempts()) >= 4)
    with stage.database.surveying("delivery") as connection:
        after = get_delivery(connection, stage.owner, before.id)
    assert (after.state, after.due_at, after.attempt) == ("due", before.due_at, 1)
    stage.sink.ask("mood", "/ok/resent", 200)
    come = update(deliveries).where(deliveries.c.id == before.id).values(due_at=utc_now())
    stage.act(lambda c: c.execute(come))
    stage.wait(lambda: stage.states() == {"ok": 1, "exhausted": 3}, 30)
    report.add(
        Line(
            case="28 resend during a retry",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line="the schedule is neither lost nor doubled",
        )
    )
    assert stage.sink.count() == 5


def test_what_was_missed_in_three_days_is_recovered(stage, report):
    one = stage.endpoint("/ok/recovered")
    stage.fill([one], 300)
    long_ago = utc_now() - timedelta(days=3)
    stage.act(lambda c: c.execute(update(events).values(occurred_at=long_ago)))
    stage.act(
        lambda c: c.execute(
            update(deliveries).where(deliveries.c.state == "due").values(state="exhausted", failures=10)
        )
    )
    span = Span(long_ago - timedelta(minutes=1), utc_now())
    stage.act(lambda c: recover_deliveries(c, one.id, span, utc_now(), 1000))
    stage.worker()
    stage.wait(lambda: stage.states() == {"ok": 300})
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case="29 recover three days",
            database=stage.dialect,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            pass_line="all of them, once",
        )
    )
    assert (lost, duplicated, stage.sink.count()) == (0, 0, 300)


def test_an_endpoint_that_changes_in_mid_flight_is_obeyed(stage, report):
    one, gone = stage.endpoint("/slow/20/old"), stage.endpoint("/slow/20/gone")
    stage.fill([one, gone], 400)
    stage.worker()
    stage.wait(lambda: stage.sink.count() > 20)
    alter(stage, one, status="paused")
    stage.act(lambda c: delete_endpoint(c, stage.owner, gone.id, utc_now()))
    stage.wait(lambda: not stage.leases())  # what was under way has landed
    settled = stage.sink.count()
    time.sleep(0.5)
    assert stage.sink.count() == settled  # nothing more to a paused and to a deleted one
    assert "due" not in stage.states(gone)
    alter(stage, one, url=stage.sink.url("/ok/new"), status="enabled")
    stage.wait(lambda: stage.states(one) == {"ok": 200})
    paths = [arrival.path for arrival in stage.sink.arrivals(settled)]
    report.add(
        Line(
            case="30 pause, delete, move in mid-flight",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line="nothing after the change goes the old way",
        )
    )
    assert set(paths) == {"/ok/new"}


def test_a_purge_leaves_what_is_pending_or_held(stage, report):
    one = stage.endpoint("/hang/1")
    stage.fill([one], 20)
    ids = stage.event_ids("due")
    assert stage.act(lambda c: purge_events(c, ids, utc_now())) == 0
    with pytest.raises(Conflict):
        stage.act(lambda c: purge_event(c, next(iter(ids)), utc_now()))
    stage.act(lambda c: c.execute(update(deliveries).values(state="ok")))
    kept = LegalHold(id="", event_type="case.opened", reason="order 1", created_at=utc_now())
    stage.act(lambda c: add_hold(c, kept))
    assert stage.act(lambda c: purge_events(c, ids, utc_now())) == 0
    report.add(
        Line(case="31 purge while pending", database=stage.dialect, pass_line="refused; held by the law, too")
    )


def test_the_release_before_runs_beside_the_new_one(stage, report):
    one = stage.endpoint("/ok/upgraded")
    stage.act(lambda c: old_worker.tell(c, one, 200, utc_now()))
    opener = build_opener(ProxyHandler({}))
    stage.worker({"per_endpoint": 2})
    while taken := stage.act(lambda c: old_worker.claim(c, utc_now())):
        for _, _, event, url in taken:
            headers = {"webhook-id": event, "content-type": "application/json"}
            opener.open(Request(url, b"{}", headers))  # noqa: S310 - http, to our own sink
        stage.act(lambda c, taken=taken: old_worker.settle(c, taken, utc_now()))
    stage.wait(lambda: stage.states() == {"ok": 200})
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case="35 the release before beside it",
            database=stage.dialect,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            pass_line="0 lost, 0 duplicated",
        )
    )
    assert (lost, duplicated) == (0, 0)
