"""Order where it was asked for, the rate, the breaker, and clocks that disagree."""

from __future__ import annotations

import json
import signal
import time
from collections import defaultdict

import pytest
from sqlalchemy import select

from partners.db import utc_now
from partners.records.pacing import endpoint_pacing
from tests.torture.report import Line
from tests.torture.stage import SHORT

SOON = SHORT | {"schedule": {"steps": [0.05] * 60}}


def sequences(arrivals):
    """The sequence numbers of each endpoint's arrivals, in the order of arriving."""
    found = defaultdict(list)
    for arrival in arrivals:
        data = json.loads(arrival.body)["data"]
        found[data["subject"]].append((data["sequence"], arrival.status))
    return found


def check_order(stage, report, count, kills):
    ordered = [stage.endpoint(f"/fail/20/{number}", ordered=True) for number in range(8)]
    stage.fill(ordered, count)
    for _ in range(kills):
        worker, seen = stage.worker(SOON), stage.sink.count()
        stage.wait(lambda seen=seen: stage.sink.count() > seen + 20)
        worker.kill()
    stage.worker(SOON)
    stage.worker(SOON)
    stage.wait(lambda: forgive(stage) or "due" not in stage.states(), 600)
    arrivals = stage.sink.arrivals()
    lost, duplicated = stage.tally(arrivals)
    report.add(
        Line(
            case=f"26 order over {count} with failures",
            database=stage.dialect,
            kills=kills,
            sent=len(arrivals),
            lost=lost,
            duplicated=duplicated,
            pass_line="no event before the one before it was taken",
        )
    )
    assert lost == 0
    for found in sequences(arrivals).values():
        taken = 0
        for sequence, status in found:
            assert sequence <= taken + 1, (sequence, taken)
            taken = max(taken, sequence if status == 200 else taken)


def forgive(stage):
    """Breakers that random failures have opened are closed: this is about order."""
    changed = endpoint_pacing.update().where(endpoint_pacing.c.opens > 0)
    stage.act(lambda c: c.execute(changed.values(opens=0, failures=0, open_until=None)))
    return False


def test_an_ordered_endpoint_hears_nothing_before_its_turn(stage, report):
    check_order(stage, report, 240, 1)


@pytest.mark.torture
def test_an_ordered_endpoint_hears_ten_thousand_in_their_turn(stage, report):
    check_order(stage, report, 10_000, 5)


def test_sequences_let_a_receiver_converge_without_order(stage, report):
    stage.endpoint("/fail/30/1")
    for _ in range(40):
        stage.tell(2)
    stage.worker(SOON)
    stage.wait(lambda: forgive(stage) or stage.states() == {"ok": 80}, 120)
    state, stale = 0, 0
    for arrival in stage.sink.arrivals():
        sequence = json.loads(arrival.body)["data"]["sequence"]
        if arrival.status == 200:
            stale += sequence < state
            state = max(state, sequence)
    report.add(
        Line(
            case="26 unordered, by sequence",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line=f"the receiver ends with the newest; {stale} stale ones dropped",
        )
    )
    assert state == 80


def test_a_rate_holds_over_several_workers(stage, report):
    limited = stage.endpoint("/ok/limited", rate_per_s=20)
    stage.fill([limited], 60)
    for _ in range(3):
        stage.worker()
    stage.wait_done()
    times = sorted(arrival.at for arrival in stage.sink.arrivals())
    worst = max(sum(1 for other in times if 0 <= other - at < 1.0) for at in times)
    report.add(
        Line(
            case="rate of 20/s over three workers",
            database=stage.dialect,
            sent=len(times),
            seconds=times[-1] - times[0],
            pass_line=f"at most 40 in any second (a second's worth is saved up): {worst}",
        )
    )
    assert len(times) == 60
    assert worst <= 42
    assert times[-1] - times[0] >= 1.8


def test_the_cap_in_flight_holds_over_several_workers(stage, report):
    one = stage.endpoint("/slow/40/1")
    stage.fill([one], 120)
    for _ in range(3):
        stage.worker()
    stage.wait_done()
    most = stage.sink.ask("most")["/slow/40/1"]
    report.add(
        Line(
            case="cap over three workers",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line=f"at most 8 in flight: {most}",
        )
    )
    assert most <= 8


def test_an_open_breaker_uses_up_no_attempts_and_one_delivery_closes_it(stage, report):
    bad = stage.endpoint("/ok/bad")
    stage.sink.ask("mood", "/ok/bad", 500)
    stage.fill([bad], 200)
    stage.worker()
    stage.wait(lambda: is_open(stage))
    stage.wait(lambda: not stage.leases())  # what was in flight has landed
    before = stage.sink.count()
    time.sleep(0.5)
    assert stage.sink.count() == before <= 5 + 8  # five in a row, and what was in flight with them
    stage.sink.ask("mood", "/ok/bad", 200)
    soon = endpoint_pacing.update().values(open_until=utc_now())
    stage.act(lambda c: c.execute(soon))
    stage.wait(lambda: stage.states()["due"] <= before if "due" in stage.states() else True)
    report.add(
        Line(
            case="breaker",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line=f"{before} sent before it opened; one success closed it",
        )
    )
    assert not is_open(stage)


def is_open(stage):
    with stage.database.surveying("delivery") as connection:
        return bool(connection.scalar(select(endpoint_pacing.c.opens)))


@pytest.mark.parametrize("owner_url", ["postgresql"], indirect=True)
def test_clocks_thirty_seconds_apart_lease_and_send_once(stage, report):
    stage.fill([stage.endpoint(f"/slow/20/{number}") for number in range(10)], 600)
    for skew in (-30.0, 30.0):
        stage.worker(skew=skew)
    stage.wait_done()
    stage.fill([stage.endpoint("/ok/again")], 10)
    seconds = stage.wait_done()
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case="34 clocks 60 s apart",
            database="postgresql",
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            seconds=seconds,
            pass_line="leases by the database's time: 0 duplicated",
        )
    )
    assert (lost, duplicated) == (0, 0)


def test_a_sender_whose_clock_is_wrong_fails_visibly(stage, report):
    one = stage.endpoint("/verify/skewed")
    stage.sink.ask("trust", "skewed", [stage.secret])
    worker = stage.worker(skew=600.0)
    stage.fill([one], 3)
    if stage.dialect == "sqlite":  # its only clock is the host's: what is due waits for it, or is early
        stage.wait(lambda: len(stage.attempts()) >= 3)
    stage.wait(lambda: [row.status for row in stage.attempts()][:3] == [400] * 3)
    if stage.dialect == "postgresql":
        stage.wait(lambda: "clock_skewed" in worker.log.read_text() or has_alarm(worker))
    report.add(
        Line(
            case="23 sender's clock 10 min off",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line="400 in the attempts, an alarm in the log",
        )
    )
    assert stage.states() == {"due": 3}


def has_alarm(worker):
    return "clock" in worker.log.read_text()


def test_a_worker_that_stops_gives_its_places_to_the_others(stage):
    stage.fill([stage.endpoint("/slow/100/1")], 60)
    first = stage.worker()
    stage.worker()
    stage.wait(lambda: stage.sink.count() > 8)
    first.send(signal.SIGTERM)
    stage.wait_done()
    assert stage.tally(stage.sink.arrivals()) == (0, 0)
