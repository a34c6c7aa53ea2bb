"""Disks fill: nothing is called delivered that is not, the log says so, and with room the work goes on."""

from __future__ import annotations

import resource
from contextlib import contextmanager

from tests.torture.report import Line
from tests.torture.stage import SHORT

COUNT = {"sqlite": 500, "postgresql": 1500}
ROOM = 17 << 20  # bytes a file may have: one of PostgreSQL's logs fits, the answers of all attempts do not


@contextmanager
def small_files():
    """What is started meanwhile may let no file grow beyond the room there is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def check_false_success(stage):
    """Whatever is kept as delivered did arrive, and not everything could be kept."""
    arrived = {arrival.event for arrival in stage.sink.arrivals()}
    assert stage.event_ids("ok") <= arrived
    assert stage.states()["due"] > 0


def check_end(stage, report, server):
    stage.wait_done(120)
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case="5 disk full",
            database=server,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            pass_line="no false ok, an error in the log, goes on with room",
        )
    )
    assert (lost, stage.states()) == (0, {"ok": COUNT[server]})


def test_a_full_disk_makes_nothing_ok_and_is_got_over(sqlite_stage, report):
    stage = sqlite_stage
    stage.fill([stage.endpoint("/large/1")], COUNT["sqlite"])
    with stage.database.surveying("delivery") as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    full = stage.worker(SHORT, max_pages=pages + 200)
    stage.wait(lambda: "outcomes_not_written" in full.log.read_text())
    check_false_success(stage)
    full.kill()
    stage.worker(SHORT)
    check_end(stage, report, "sqlite")


def test_a_full_disk_of_the_server_makes_nothing_ok_and_is_got_over(postgresql_stage, own_server, report):
    stage = postgresql_stage
    stage.fill([stage.endpoint(f"/large/{number}") for number in range(4)], COUNT["postgresql"])
    own_server.stop()
    with small_files():
        own_server.start()
    stage.reconnect()
    worker = stage.worker(SHORT)
    stage.wait(lambda: "outcomes_not_written" in worker.log.read_text())
    check_false_success(stage)
    own_server.stop()
    own_server.start()
    stage.reconnect()
    check_end(stage, report, "postgresql")
