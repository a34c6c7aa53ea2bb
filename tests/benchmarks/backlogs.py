"""What a worker process makes of a large backlog, and of a black hole beside good endpoints."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from partners.migrating import migrate
from tests.postgresql.launcher import EmbeddedPostgreSQL
from tests.torture.neighbours import meet_black_hole, percentile
from tests.torture.sink import Sink
from tests.torture.stage import Stage

FEW, STEADY, BACKLOG, MANY = 50, 10_000, 100_000, 1000


def _measure_backlog(name: str, url: str) -> dict[str, float]:
    """A backlog of 100,000 over 1,000 endpoints, against the rate over few."""
    migrate(url)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(url, Sink(), Path(folder))
        try:
            backlog = _drain_backlog(stage)
        finally:
            stage.close()
            stage.sink.close()
    return {f"webhooks.{name}.{key}": value for key, value in backlog.items()}


def _drain_backlog(stage: Stage) -> dict[str, float]:
    pace = {"in_flight": 256, "group_size": 128, "attempt": 5.0, "lease": 20.0}
    few = [stage.endpoint(f"/ok/few-{number}") for number in range(FEW)]
    stage.fill(few, STEADY)
    worker = stage.worker(pace)
    steady = _rate(stage, STEADY // 10, STEADY)
    stage.wait_done()
    stage.sink.ask("forget")
    worker.stop()
    many = [stage.endpoint(f"/ok/{number}") for number in range(MANY)]
    stage.fill(many, BACKLOG)
    worker = stage.worker(pace)
    stage.wait(lambda: stage.sink.count() > BACKLOG // 20)
    memory = worker.memory
    rate = _rate(stage, BACKLOG // 20, BACKLOG)
    growth = (worker.memory - memory) / 2**20
    stage.wait_done()
    worker.stop()
    return {"steady_per_s": steady, "backlog_ratio": rate / steady, "backlog_growth_mb": growth}


def _rate(stage: Stage, begin: int, end: int) -> float:
    """Arrivals a second between the first so many and the last."""
    stage.wait(lambda: stage.sink.count() >= begin, 120)
    seen, started = stage.sink.count(), time.perf_counter()
    stage.wait(lambda: stage.sink.count() >= end, 1200)
    return (end - seen) / (time.perf_counter() - started)


def _measure_neighbors(name: str, url: str) -> dict[str, float]:
    migrate(url)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(url, Sink(), Path(folder))
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
        for room, work in (("backlog", _measure_backlog), ("neighbors", _measure_neighbors)):
            server.create_database(room)
            found |= work("sqlite", f"sqlite+pysqlite:///{Path(folder) / room}.db")
            found |= work("postgresql", server.url(room))
    return found
