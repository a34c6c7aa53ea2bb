"""One endpoint, or one tenant, misbehaves; the others do not notice."""

from __future__ import annotations

import time

import pytest

from tests.torture.neighbours import meet_black_hole, percentile
from tests.torture.report import Line


def check_black_hole(stage, report, backlog, facts, most):
    """An endpoint that never answers has a backlog; p99 of the others stays near what it was without."""
    before, found = meet_black_hole(stage, backlog, facts)
    ratio = percentile(found) / max(percentile(before), 0.02)
    in_flight = stage.sink.ask("most")["/hang/1"]
    report.add(
        Line(
            case=f"7 black hole with {backlog} due",
            database=stage.dialect,
            sent=len(found),
            seconds=percentile(found),
            pass_line=f"p99 {percentile(found):.3f} s, {ratio:.1f}x the baseline; {in_flight} in flight",
        )
    )
    assert len(found) == facts * 5
    assert in_flight <= 8
    assert ratio <= most


def test_a_black_hole_keeps_nobody_waiting(stage, report):
    check_black_hole(stage, report, 5000, 20, 20)  # counts are the gate's; the ratio is for the long run


@pytest.mark.torture
def test_a_black_hole_with_a_hundred_thousand_due_keeps_nobody_waiting(stage, report):
    check_black_hole(stage, report, 100_000, 200, 2)


def test_slow_drips_fill_no_more_than_their_caps(stage, report):
    drips = [stage.endpoint(f"/drip/{number}") for number in range(10)]
    stage.fill(drips, 400)
    good = stage.endpoint("/ok/1")
    stage.fill([good], 300)
    stage.worker({"in_flight": 128})
    stage.wait(lambda: stage.states(good) == {"ok": 300})
    most = stage.sink.ask("most")
    dripping = {path: count for path, count in most.items() if path.startswith("/drip")}
    report.add(
        Line(
            case="8 ten slow drips",
            database=stage.dialect,
            sent=stage.sink.count(),
            pass_line=f"at most 8 each at once: {max(dripping.values())}",
        )
    )
    assert max(dripping.values()) <= 8


def test_a_name_server_that_never_answers_keeps_only_its_own_waiting(stage, report):
    stage.rules = type(stage.rules)(allow_http=True, allowed=("127.0.0.53/32",))
    tarred = [stage.endpoint("/ok/tar", host=f"t{number}.tar.test") for number in range(8)]
    good = stage.endpoint("/ok/1", host="good.test")
    stage.fill(tarred, 400)
    stage.fill([good], 200)
    names = (f"127.0.0.53:{stage.sink.names_port}",)
    stage.worker({"in_flight": 128}, dns_servers=names)
    seconds = stage.wait(lambda: stage.states(good) == {"ok": 200})
    report.add(
        Line(
            case="9 tar-pit name server",
            database=stage.dialect,
            sent=stage.sink.count(),
            seconds=seconds,
            pass_line="all of the other tenant's arrive",
        )
    )
    assert stage.sink.count() == 200


def check_flood(stage, report, count):
    """One tenant enqueues a mass; another tenant's first delivery does not wait for it."""
    flooded = [stage.endpoint(f"/ok/flood-{number}") for number in range(4)]
    other = stage.organization("Other")
    quiet = stage.endpoint("/ok/quiet", owner=other)
    stage.fill(flooded, count)
    stage.worker()
    stage.wait(lambda: stage.sink.count() > 100)
    started = time.monotonic()
    stage.fill([quiet], 1)
    stage.wait(lambda: stage.states(quiet) == {"ok": 1})
    seconds = time.monotonic() - started
    report.add(
        Line(
            case=f"11 flood of {count}",
            database=stage.dialect,
            sent=stage.sink.count(),
            seconds=seconds,
            pass_line="another tenant's first delivery within 5 s",
        )
    )
    assert seconds < 5


def test_a_flood_of_one_tenant_keeps_no_other_waiting(stage, report):
    check_flood(stage, report, 10_000)


@pytest.mark.torture
def test_a_flood_of_a_million_keeps_no_other_waiting(stage, report):
    check_flood(stage, report, 1_000_000)


def check_backlog(stage, report, endpoints, count, most):
    """Endpoints have a backlog each; all is drained, and the worker does not grow with it."""
    ones = [stage.endpoint(f"/ok/{number}") for number in range(endpoints)]
    stage.fill(ones, count)
    worker = stage.worker({"in_flight": 256, "group_size": 128, "attempt": 5.0, "lease": 20.0})
    stage.wait(lambda: stage.sink.count() > count // 2, 900)  # its caches are full by then
    memory, seen, started = worker.memory, stage.sink.count(), time.monotonic()
    stage.wait(lambda: stage.sink.count() >= count, 900)
    rate = (count - seen) / (time.monotonic() - started)
    growth = (worker.memory - memory) / 2**20
    stage.wait_done(120)
    lost, duplicated = stage.tally(stage.sink.arrivals())
    report.add(
        Line(
            case=f"10 {count} over {endpoints} endpoints",
            database=stage.dialect,
            sent=stage.sink.count(),
            lost=lost,
            duplicated=duplicated,
            seconds=time.monotonic() - started,
            pass_line=f"{rate:.0f}/s; grew by {growth:.1f} MB in its second half",
        )
    )
    assert (lost, duplicated) == (0, 0)
    assert growth < most


def test_a_backlog_over_many_endpoints_drains_whole(stage, report):
    check_backlog(stage, report, 100, 3000, 60)


@pytest.mark.torture
def test_a_backlog_over_a_thousand_endpoints_drains_with_flat_memory(stage, report):
    check_backlog(stage, report, 1000, 100_000, 30)
