"""What a worker process makes of a large backlog, and of a black hole beside good endpoints."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import msgspec

from partners.migrating import migrate
from partners.records.endpoints import Endpoint
from tests.postgresql.launcher import EmbeddedPostgreSQL
from tests.torture.neighbours import meet_black_hole, percentile
from tests.torture.sink import Sink
from tests.torture.stage import Stage
from webhooks.pace import Pace

FEW, STEADY, BACKLOG, MANY = 50, 10_000, 100_000, 1000


def _measure_backlog(name: str, url: str, owner_url: str = "") -> dict[str, float]:
    """A backlog of 100,000 over 1,000 endpoints, against the rate over few."""
    migrate(owner_url or url, url)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(url, Sink(), Path(folder), owner_url)
        try:
            backlog = _drain_backlog(stage)
        finally:
            stage.close()
            stage.sink.close()
    return {f"webhooks.{name}.{key}": value for key, value in backlog.items()}


def _drain_backlog(stage: Stage) -> dict[str, float]:
    """The steady rate is taken before and after: the machine may be busy with other things.

    Memory is compared from the middle on, when the database's cache is full.
    """
    few = [stage.endpoint(f"/ok/few-{number}") for number in range(FEW)]
    many = [stage.endpoint(f"/ok/{number}") for number in range(MANY)]
    before, after = Drain(stage, few, STEADY), Drain(stage, many, BACKLOG)
    again = Drain(stage, few, STEADY)
    steady, cpu = (before.rate + again.rate) / 2, (before.cpu + again.cpu) / 2
    return {
        "steady_per_s": steady,
        "backlog_per_s": after.rate,
        "backlog_ratio": after.rate / steady,
        "backlog_cpu_ratio": after.cpu / cpu,
        "backlog_growth_mb": after.growth / 2**20,
    }


class Drain:
    """So many deliveries to some endpoints by one worker: arrivals a second, CPU seconds of each, growth."""

    def __init__(self, stage: Stage, targets: list[Endpoint], count: int) -> None:
        stage.sink.ask("forget")
        stage.fill(targets, count)
        worker = stage.worker(msgspec.to_builtins(Pace()))  # as it ships
        begin = count // 20
        stage.wait(lambda: stage.sink.count() >= begin, 120)
        seen, started, used = stage.sink.count(), time.perf_counter(), worker.cpu
        stage.wait(lambda: stage.sink.count() >= count // 2, 1200)
        memory = worker.memory
        stage.wait(lambda: stage.sink.count() >= count, 1200)
        self.rate = (count - seen) / (time.perf_counter() - started)
        self.cpu = (worker.cpu - used) / (count - seen)
        self.growth = worker.memory - memory
        stage.wait_done()
        worker.stop()


def _measure_neighbors(name: str, url: str, owner_url: str = "") -> dict[str, float]:
    migrate(owner_url or url, url)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(url, Sink(), Path(folder), owner_url)
        try:
            before, beside = meet_black_hole(stage, BACKLOG, 200)
        finally:
            stage.close()
            stage.sink.close()
    ratio = percentile(beside) / percentile(before)
    return {
        f"webhooks.{name}.neighbour_p99_ratio": ratio,
        f"webhooks.{name}.p99_ms": percentile(before) * 1e3,
    }


def measure() -> dict[str, float]:
    """Measure `webhooks.{sqlite,postgresql}.{backlog_ratio,neighbour_p99_ratio}` and what they rest on."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgreSQL() as server:
        server.create_login()
        for room, work in (("backlog", _measure_backlog), ("neighbors", _measure_neighbors)):
            server.create_database(room)
            found |= work("sqlite", f"sqlite+pysqlite:///{Path(folder) / room}.db")
            found |= work("postgresql", server.login_url(room), server.url(room))
    return found
