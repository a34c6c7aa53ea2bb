"""How much a black hole with a backlog slows the others down: p99 with it, and without."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from tests.torture.stage import Stage


def percentile(values: Sequence[float], share: float = 0.99) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def latencies(stage: Stage, paths: Collection[str], told: Mapping[str, float]) -> list[float]:
    """How long after it was told each event arrived at these paths, in seconds."""
    return [
        arrival.at - told[arrival.event]
        for arrival in stage.sink.arrivals()
        if arrival.path in paths and arrival.event in told
    ]


def tell_slowly(stage: Stage, count: int, pause: float = 0.02) -> dict[str, float]:
    """One fact at a time; returns when each was told."""
    told: dict[str, float] = {}
    for _ in range(count):
        moment = time.monotonic()
        told |= dict.fromkeys(stage.tell(), moment)
        time.sleep(pause)
    return told


def meet_black_hole(stage: Stage, backlog: int, facts: int) -> tuple[list[float], list[float]]:
    """Latencies to five good endpoints, before and beside an endpoint that never answers."""
    owner, paths = stage.owner, {f"/ok/{number}" for number in range(5)}
    good = [stage.endpoint(path) for path in sorted(paths)]
    stage.worker({"attempt": 2.0, "lease": 5.0})
    told = tell_slowly(stage, facts)
    stage.wait_done()
    before = latencies(stage, paths, told)
    stage.sink.ask("forget")
    stage.owner = stage.organization("Dead")
    dead = stage.endpoint("/hang/1", owner=stage.owner)
    stage.owner = owner
    stage.fill([dead], backlog)
    stage.wait(lambda: stage.sink.count() >= 5)
    told = tell_slowly(stage, facts)
    stage.wait(lambda: all(set(stage.states(one)) <= {"ok"} for one in good))
    return before, latencies(stage, paths, told)
