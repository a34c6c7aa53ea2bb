"""Processes and databases die in the middle of their work; nothing is lost, and little comes twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import time

import pytest

from tests.torture import forks
from tests.torture.killed_writer import write_and_die
from tests.torture.report import Line
from tests.torture.stage import BRISK, SHORT

IN_FLIGHT, UNWRITTEN = BRISK["in_flight"], BRISK["in_flight"] + BRISK["ahead"] + BRISK["group_size"]
PER_KILL = IN_FLIGHT + UNWRITTEN


def kill_again_and_again(stage, kills, count, longest):
    stage.fill([stage.endpoint(f"/ok/{number}") for number in range(20)], count)
    killed = 0
    for _ in range(kills):
        worker, seen = stage.worker(SHORT), stage.sink.count()
        stage.wait(lambda seen=seen: stage.sink.count() > seen or "due" not in stage.states())
        time.sleep(random.uniform(0.0, longest))  # noqa: S311 - any moment will do
        killed += "due" in stage.states()
        worker.kill()
    stage.worker(SHORT)
    stage.wait_done(180)
    return killed


def check_kills(stage, report, kills, count, longest=0.4):
    started = time.monotonic()
    killed = kill_again_and_again(stage, kills, count, longest)
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case=f"1 kill -9 x{kills}",
            database=stage.dialect,
            kills=killed,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            seconds=time.monotonic() - started,
            pass_line=f"0 lost, at most {kills * PER_KILL} duplicated",
        )
    )
    assert stage.states() == {"ok": count}
    assert killed > 0
    assert lost == 0
    assert duplicated <= kills * PER_KILL


def test_three_kills_lose_nothing(stage, report):
    check_kills(stage, report, 3, 900, 0.1)


@pytest.mark.torture
def test_twenty_kills_lose_nothing(stage, report):
    check_kills(stage, report, 20, 12_000)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_around_its_commit_leaves_all_or_nothing(stage, report, tmp_path, moment):
    stage.endpoint("/ok/1")
    owner, log = stage.owner.organization_id, tmp_path / "writer.log"
    writer = forks.start(write_and_die, stage.url, owner, moment, log=log)
    writer.join()
    assert writer.exitcode == -signal.SIGKILL, log.read_text()
    worker = stage.worker()
    if moment == "after":
        stage.wait(lambda: stage.states() == {"ok": 1})
    else:
        time.sleep(0.5)
        assert stage.states() == {}
    worker.kill()
    sent = stage.sink.count()
    assert sent == (moment == "after")
    line = f"2 kill -9 {moment} the commit"
    report.add(Line(case=line, database=stage.dialect, kills=1, sent=sent, pass_line="all or nothing"))


@pytest.mark.torture
def test_postgresql_stopped_at_once_and_started_again_under_load(postgresql_stage, own_server, report):
    check_restarts(postgresql_stage, own_server, report, 5, 12_000)


def test_a_restart_of_postgresql_under_load_loses_nothing(postgresql_stage, own_server, report):
    check_restarts(postgresql_stage, own_server, report, 1, 1200)


def check_restarts(stage, server, report, restarts, count):
    stage.fill([stage.endpoint(f"/ok/{number}") for number in range(20)], count)
    stage.worker(SHORT)
    slowest = 0.0
    for _ in range(restarts):
        seen = stage.sink.count()
        stage.wait(lambda seen=seen: stage.sink.count() > seen + count // (restarts + 2))
        server.stop("immediate")
        time.sleep(0.5)
        server.start()
        started, seen = time.monotonic(), stage.sink.count()
        stage.wait(lambda seen=seen: stage.sink.count() > seen)
        slowest = max(slowest, time.monotonic() - started)
    stage.reconnect()
    stage.wait_done(120)
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case=f"3 PostgreSQL stopped x{restarts}",
            database="postgresql",
            kills=restarts,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            seconds=slowest,
            pass_line="resumes within 10 s by itself",
        )
    )
    assert (lost, stage.states()) == (0, {"ok": count})
    assert duplicated <= restarts * PER_KILL
    assert slowest < 10


def check_lock(stage, report, seconds):
    stage.fill([stage.endpoint(f"/ok/{number}") for number in range(10)], 800)
    stage.worker(SHORT)
    stage.wait(lambda: stage.sink.count() > 100)
    blocker = sqlite3.connect(stage.url.removeprefix("sqlite+pysqlite:///"), isolation_level=None)
    blocker.execute("PRAGMA busy_timeout=20000")
    blocker.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    blocker.execute("ROLLBACK")
    started = time.monotonic()
    stage.wait_done(60)
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case=f"3 SQLite locked {seconds:.0f} s",
            database="sqlite",
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            seconds=time.monotonic() - started,
            pass_line="resumes by itself",
        )
    )
    assert (lost, stage.states()) == (0, {"ok": 800})


def test_sqlite_locked_for_longer_than_a_lease_goes_on_by_itself(sqlite_stage, report):
    check_lock(sqlite_stage, report, 2.0)


@pytest.mark.torture
def test_sqlite_locked_for_thirty_seconds_goes_on_by_itself(sqlite_stage, report):
    check_lock(sqlite_stage, report, 30.0)


def test_sigterm_ends_a_worker_in_time_and_nothing_comes_twice(stage, report):
    stage.fill([stage.endpoint(f"/slow/200/{number}") for number in range(10)], 160)
    worker = stage.worker()
    stage.wait(lambda: stage.sink.count() > 60)
    seconds = worker.stop()
    after = stage.sink.count()
    leased = stage.leases()
    stage.worker()
    stage.wait_done()
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case="4 SIGTERM",
            database=stage.dialect,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            seconds=seconds,
            pass_line="exit within 20 s, nothing leased, 0 duplicated",
        )
    )
    assert seconds < 20
    assert (lost, duplicated, leased) == (0, 0, 0)
    assert after < 160


def freeze(stage, worker):
    """Freeze a worker between its transactions: within one, an SQLite file would be locked for everybody."""
    while True:
        worker.freeze()
        if stage.dialect == "postgresql" or is_free(stage):
            return
        worker.send(signal.SIGCONT)
        time.sleep(0.02)


def is_free(stage):
    path = stage.url.removeprefix("sqlite+pysqlite:///")
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    else:
        return True
    finally:
        connection.close()


def test_a_worker_frozen_past_its_lease_changes_nothing_when_it_goes_on(stage, report):
    pace = SHORT | {"in_flight": 16}
    stage.fill([stage.endpoint(f"/slow/200/{number}") for number in range(4)], 40)
    frozen = stage.worker(pace)
    stage.wait(lambda: stage.sink.count() >= 8)
    freeze(stage, frozen)
    stage.worker(pace)
    time.sleep(1.6)  # its leases have ended
    stage.wait(lambda: stage.states().get("ok", 0) >= 30, 60) if stage.dialect == "postgresql" else None
    frozen.send(signal.SIGCONT)
    stage.wait_done()
    frozen.stop()  # it has written down all that it has made of its leases
    lost, duplicated = stage.tally(stage.sink.arrivals())
    rows = stage.attempts()
    report.add(
        Line(
            case="6 frozen past its lease",
            database=stage.dialect,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            pass_line="its late outcomes change nothing",
        )
    )
    assert (lost, stage.states()) == (0, {"ok": 40})
    assert duplicated <= 32
    # an attempt may time out in the frozen worker before it was sent; none is called good that did not arrive
    assert sum(row.status == 200 for row in rows) <= stage.sink.count()
