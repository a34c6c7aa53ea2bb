"""The screening engine at 100,000 and a million marks, in CPU time, beside what a user would take instead.

Names: the shipped brands, filled up with synthetic ones. Titles: made of common words and of those names,
every
fourth name disguised. One process, one thread. Ours and the peers take turns in rounds, in another order
each time; a ratio is the median over the rounds. TOUCHSTONE_BENCH_MARKS=10m measures ten million instead.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

from matching.index import Index, build_index, to_image
from matching.model import Mark, Offer
from matching.screening import screen
from partners.reference.brand_names import brands
from partners.reference.frequencies import lexicon
from partners.snapshots import write_snapshot
from tests.benchmarks.peers import matching as peers

SIZES = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
TITLES = 1_000
ROUNDS = 3
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"] + [
    "an",
    "er",
    "is",
    "ol",
    "un",
]
LETTERS = str.maketrans("oie", "013")
FIRST_ANSWER = """
import sys, time
from pathlib import Path
from matching.index import from_image
from partners.reference.frequencies import lexicon
from partners.snapshots import open_snapshot
image, _ = open_snapshot(Path(sys.argv[1]), "bench")
assert from_image(image, lexicon()).search({"title": "a case for iphone"}).readings
print(time.process_time())
"""


def _names(random: Random, count: int) -> list[str]:
    names = dict.fromkeys(brand.name for brand in brands())
    while len(names) < count:
        words = (
            "".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(random.randint(1, 3))
        )
        names.setdefault(" ".join(words).title())
    return list(names)[:count]


def _titles(names: list[str], random: Random, least: int = 6, most: int = 11) -> list[str]:
    words = [word for word, often in lexicon().frequency.items() if often >= 4.5 and len(word) > 2]
    titles = []
    for place in range(TITLES):
        title = random.choices(words, k=random.randint(least, most))
        name = random.choice(names)
        title.insert(random.randint(0, 3), name.lower().translate(LETTERS) if place % 4 == 0 else name)
        titles.append(" ".join(title))
    return titles


def _seconds(
    work: Callable[[str], object], titles: list[str], clock: Callable[[], float] = process_time
) -> list[float]:
    times = []
    for title in titles:
        start = clock()
        work(title)
        times.append(clock() - start)
    return times


def _rate(times: list[float]) -> float:
    return len(times) / max(sum(times), 1e-9)


def _build(names: list[str]) -> tuple[Index, float]:
    marks = [Mark(id=f"m{n}", text=name, rights_holder="", office="XX") for n, name in enumerate(names)]
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


def _race(
    index: Index, titles: list[str], rivals: Mapping[str, tuple[peers.Peer, int]], random: Random
) -> dict[str, float]:
    """Ratios of our rate to each rival's; each takes so many titles a round as it can bear."""
    rates: dict[str, list[float]] = {name: [] for name in (*rivals, "ours")}
    runners = {**rivals, "ours": (lambda title: index.search({"title": title}), 300)}
    for place in range(ROUNDS):
        order = list(runners)
        random.shuffle(order)
        for name in order:
            work, count = runners[name]
            part = [titles[(place * count + n) % len(titles)] for n in range(count)]
            clock = work.clock if isinstance(work, peers.Trigrams) else process_time
            start = clock()
            for title in part:
                work(title)
            rates[name].append(count / max(clock() - start, 1e-3))
    ours = rates.pop("ours")
    return {
        name: median(mine / theirs for mine, theirs in zip(ours, rate, strict=True))
        for name, rate in rates.items()
    }


def _ours(size: str, index: Index, titles: list[str], random: Random, names: list[str]) -> dict[str, float]:
    day = date(2026, 1, 1)
    described = [
        {"title": title, "brand": "no brand", "description": text}
        for title, text in zip(titles[:200], _titles(names, random, 145, 150), strict=False)
    ]
    for title in titles[:50]:
        screen(Offer(title=title, screened_on=day), index)
    searched = _seconds(lambda title: index.search({"title": title}), titles)
    screened = _seconds(lambda title: screen(Offer(title=title, screened_on=day), index), titles)
    start = process_time()
    for texts in described:
        index.search(texts)
    seconds = process_time() - start
    arrays = to_image(index).arrays
    about_marks = arrays["packed"].nbytes + arrays["mark_bounds"].nbytes
    return {
        f"matching.{size}.single_per_s": _rate(searched),
        f"matching.{size}.screen_per_s": _rate(screened),
        f"matching.{size}.description_per_s": len(described) / seconds,
        f"matching.{size}.p99_cpu_ms": 1000 * sorted(searched)[int(len(searched) * 0.99)],
        f"matching.{size}.bytes_per_mark": (sum(each.nbytes for each in arrays.values()) - about_marks)
        / len(index),
        f"matching.{size}.bytes_with_register": sum(each.nbytes for each in arrays.values()) / len(index),
        f"matching.{size}.first_answer_s": _first_answer(index),
    }


def _measure(size: str) -> dict[str, float]:
    random = Random(7)  # noqa: S311 - repeatable, nothing secret
    names = _names(random, SIZES[size])
    titles = _titles(names, random)
    index, build_s = _build(names)
    measured = {f"matching.{size}.build_s": build_s, **_ours(size, index, titles, random, names)}
    if size == "10m":
        return measured
    start = perf_counter()
    with peers.trigrams(names) as trigrams:
        rivals: dict[str, tuple[peers.Peer, int]] = {
            "daachorse": (peers.exact_daachorse(names), 300),
            "ahocorasick_rs": (peers.exact_ahocorasick(names), 300),
            "tantivy": (peers.grams_tantivy(names), 60),
            "symspellpy": (peers.edits_symspell(names), 12),
            "rapidfuzz": (peers.partial_rapidfuzz(names), 3),
            "pg_trgm": (trigrams, 3),
        }
        ratios = _race(index, titles, rivals, random)
    print(f"  peers at {size}: {perf_counter() - start:.0f} s")  # noqa: T201 - it takes minutes
    return measured | {f"matching.{size}.ratio.{name}": ratio for name, ratio in ratios.items()}


def measure() -> dict[str, float]:
    """Measure `matching.{100k,1m}.*`: rates per second of CPU, bytes per mark, our rate over each peer's."""
    wanted = os.environ.get("TOUCHSTONE_BENCH_MARKS", "100k,1m").split(",")
    return {name: value for size in wanted for name, value in _measure(size).items()}
