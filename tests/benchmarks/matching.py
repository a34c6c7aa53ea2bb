"""The screening engine at 100,000 and a million marks, in CPU time, beside what a user would take instead.

One process, one thread. Ours and the peers take turns in rounds, in another order each time, on the same
titles and on full descriptions; a ratio is the median over the rounds. TOUCHSTONE_BENCH_MARKS=10m measures
ten million instead, without peers; TOUCHSTONE_BENCH_DATA names a folder of real names and titles, see
`peers/registries.py`.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

from matching.index import Index, build_index, to_image
from matching.model import Field, Mark, Offer
from matching.screening import screen, screen_many
from partners.reference.frequencies import lexicon
from partners.snapshots import write_snapshot
from tests.benchmarks.peers import matching as peers
from tests.benchmarks.peers.registries import make_descriptions, make_names, make_titles
from tests.benchmarks.peers.scopes import measure_scopes, some_classes

SIZES = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
TITLES = 2_000
DESCRIPTIONS = 200
SCREENED = 500
ROUNDS = 3
DAY = date(2026, 1, 1)
REGISTER = ("packed", "mark_bounds")
"""Arrays that hold the registrations themselves."""
FIRST_ANSWER = """
import sys, time
from pathlib import Path
from matching.index import from_image
from partners.reference.frequencies import lexicon
from partners.snapshots import open_snapshot
image, _ = open_snapshot(Path(sys.argv[1]), "bench")
from_image(image, lexicon()).search({"title": "a case for iphone"})
print(time.process_time())
"""

Texts = Mapping[Field, str]


def _build(names: list[str]) -> tuple[Index, float]:
    random = Random(8)  # noqa: S311 - repeatable, nothing secret
    marks = (  # one at a time: ten million of them at once are more than an index of them
        Mark(id=f"m{n}", text=name, rights_holder="", office="XX", nice_classes=some_classes(random, 3))
        for n, name in enumerate(names)
    )
    lexicon()
    start = process_time()
    return build_index(marks, lexicon()), process_time() - start


def _first_answer(index: Index) -> float:
    """CPU seconds of a new process from its start to its first answer from a snapshot file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.index"
        write_snapshot(path, "bench", 1, to_image(index))
        done = subprocess.run(
            [sys.executable, "-c", FIRST_ANSWER, str(path)], capture_output=True, text=True, check=True
        )
    return float(done.stdout)


class Runner:
    """One way to search: how many listings it is given a round, and the clock it is measured with."""

    def __init__(
        self, run: Callable[[list[Texts]], object], count: int, clock: Callable[[], float] = process_time
    ) -> None:
        self.run = run
        self.count = count
        self.clock = clock


def _drained(found: Iterable[object]) -> None:
    for _ in found:
        pass


def _peer(peer: peers.Peer, count: int) -> Runner:
    clock = peer.clock if isinstance(peer, peers.Trigrams) else process_time
    return Runner(lambda listings: [peer(" ".join(texts.values())) for texts in listings], count, clock)


def _ours(index: Index) -> dict[str, Runner]:
    return {
        "single": Runner(lambda listings: [_drained(index.rows([texts])) for texts in listings], TITLES),
        "batch": Runner(lambda listings: _drained(index.rows(listings)), TITLES),
        "candidates": Runner(lambda listings: _drained(index.search_many(listings)), TITLES),
        "screen_single": Runner(
            lambda listings: [screen(_offer(texts), index) for texts in listings], SCREENED
        ),
        "screen": Runner(
            lambda listings: _drained(screen_many([_offer(texts) for texts in listings], index)), SCREENED
        ),
    }


def _offer(texts: Texts) -> Offer:
    return Offer(**texts, screened_on=DAY)


def _race(runners: Mapping[str, Runner], listings: list[Texts], random: Random) -> dict[str, list[float]]:
    """Listings a second of each runner in each round."""
    rates: dict[str, list[float]] = {name: [] for name in runners}
    for place in range(ROUNDS):
        order = list(runners)
        random.shuffle(order)
        for name in order:
            runner = runners[name]
            count = min(runner.count, len(listings))
            part = [listings[(place * count + n) % len(listings)] for n in range(count)]
            start = runner.clock()
            runner.run(part)
            rates[name].append(count / max(runner.clock() - start, 1e-3))
    return rates


def _ratios(rates: Mapping[str, list[float]], ours: str) -> dict[str, float]:
    mine = rates[ours]
    return {
        name: median(one / other for one, other in zip(mine, rate, strict=True))
        for name, rate in rates.items()
        if name in PEERS
    }


def _p99(index: Index, listings: list[Texts]) -> float:
    times = []
    for texts in listings:
        start = process_time()
        _drained(index.rows([texts]))
        times.append(process_time() - start)
    return 1000 * sorted(times)[int(len(times) * 0.99)]


BUILDERS: Mapping[str, Callable[[list[str]], peers.Peer]] = {
    "daachorse": peers.exact_daachorse,
    "ahocorasick_rs": peers.exact_ahocorasick,
    "tantivy": peers.grams_tantivy,
    "symspellpy": peers.edits_symspell,
    "rapidfuzz": peers.partial_rapidfuzz,
}
PEERS: Mapping[str, tuple[int, int]] = {
    "daachorse": (TITLES, DESCRIPTIONS),
    "ahocorasick_rs": (TITLES, DESCRIPTIONS),
    "tantivy": (60, 4),
    "symspellpy": (12, 1),
    "rapidfuzz": (3, 1),
    "pg_trgm": (3, 0),
}
"""How many titles and descriptions each is given a round."""


def _sizes(index: Index) -> dict[str, float]:
    arrays = to_image(index).arrays
    register = sum(arrays[name].nbytes for name in REGISTER)
    total = sum(each.nbytes for each in arrays.values())
    return {
        "bytes_per_mark": (total - register) / len(index),
        "bytes_with_register": total / len(index),
    }


def _measure(size: str) -> dict[str, float]:
    random = Random(7)  # noqa: S311 - repeatable, nothing secret
    names = make_names(random, SIZES[size])
    titles: list[Texts] = [{"title": title} for title in make_titles(names, random, TITLES)]
    described: list[Texts] = [
        {"title": texts["title"], "brand": "no brand", "description": text}
        for texts, text in zip(titles, make_descriptions(names, random, DESCRIPTIONS), strict=False)
    ]
    index, seconds = _build(names)
    measured = {"build_s": seconds, "first_answer_s": _first_answer(index), **_sizes(index)}
    with nullcontext() if size == "10m" else peers.trigrams(names) as trigrams:
        built: dict[str, peers.Peer] = {"pg_trgm": trigrams} if trigrams else {}
        for name in PEERS if trigrams else ():
            if name not in built:
                start = process_time()
                built[name] = BUILDERS[name](names)
                measured[f"build_s.{name}"] = process_time() - start
        _drained(index.search_many(titles))
        gc.collect()
        gc.freeze()
        rivals = {name: _peer(peer, PEERS[name][0]) for name, peer in built.items()}
        rates = _race({**rivals, **_ours(index)}, titles, random)
        rivals = {name: _peer(peer, PEERS[name][1]) for name, peer in built.items() if PEERS[name][1]}
        told = _race({**rivals, **_ours(index)}, described, random)
        gc.unfreeze()
    measured |= {f"{name}_per_s": median(rate) for name, rate in rates.items()}
    measured |= {f"ratio.{name}": ratio for name, ratio in _ratios(rates, "single").items()}
    measured |= {f"batch_ratio.{name}": ratio for name, ratio in _ratios(rates, "batch").items()}
    measured |= {f"description.{name}_per_s": median(rate) for name, rate in told.items()}
    measured |= {f"description.ratio.{name}": ratio for name, ratio in _ratios(told, "single").items()}
    measured["p99_cpu_ms"] = _p99(index, titles)
    measured |= measure_scopes(index, titles, random)
    return {f"matching.{size}.{name}": value for name, value in measured.items()}


def measure() -> dict[str, float]:
    """Measure `matching.{100k,1m}.*`: rates per second of CPU, bytes per mark, our rate over each peer's."""
    found: dict[str, float] = {}
    for size in (os.environ.get("TOUCHSTONE_BENCH_MARKS") or "100k,1m").split(","):
        start = perf_counter()
        found |= _measure(size)
        print(f"  {size}: {perf_counter() - start:.0f} s")  # noqa: T201 - it takes minutes
    return found
