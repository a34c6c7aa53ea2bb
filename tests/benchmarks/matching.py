"""The screening engine on 100,000 marks, in CPU time, beside rapidfuzz over all marks in the same run.

Names: the shipped brands, filled up with synthetic ones. Titles: made of common words and of those names,
every
fourth name disguised. One process, one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from time import process_time

from rapidfuzz import fuzz, process

from matching.index import Index, build_index
from matching.index.segment import Segment
from matching.model import Mark, Offer
from matching.screening import screen
from partners.reference.brand_names import brands
from partners.reference.frequencies import lexicon

MARKS = 100_000
TITLES = 1_000
PEER_TITLES = 12
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"] + [
    "an",
    "er",
    "is",
    "ol",
    "un",
]
LETTERS = str.maketrans("oie", "013")


def _names(random: Random) -> list[str]:
    names = dict.fromkeys(brand.name for brand in brands())
    while len(names) < MARKS:
        words = (
            "".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(random.randint(1, 3))
        )
        names.setdefault(" ".join(words).title())
    return list(names)[:MARKS]


def _titles(names: list[str], random: Random) -> list[str]:
    words = [word for word, often in lexicon().frequency.items() if often >= 4.5 and len(word) > 2]
    titles = []
    for place in range(TITLES):
        title = random.choices(words, k=random.randint(6, 11))
        name = random.choice(names)
        title.insert(random.randint(0, 3), name.lower().translate(LETTERS) if place % 4 == 0 else name)
        titles.append(" ".join(title))
    return titles


def _seconds(work: Callable[[str], object], titles: list[str]) -> list[float]:
    times = []
    for title in titles:
        start = process_time()
        work(title)
        times.append(process_time() - start)
    return times


def _bytes(segment: Segment) -> int:
    return sum(array.nbytes for array in (*segment.arrays, *segment.filed))


def _rate(times: list[float]) -> float:
    return len(times) / max(sum(times), 1e-9)


def _build(names: list[str]) -> tuple[Index, float]:
    marks = [Mark(id=f"m{n}", text=name, rights_holder="", office="XX") for n, name in enumerate(names)]
    lexicon()
    start = process_time()
    return build_index(marks, lexicon()), process_time() - start


def measure() -> dict[str, float]:
    """Measure `matching.100k.*`: rates per second of CPU, the index's own bytes per mark, ratios to
    rapidfuzz.
    """
    random = Random(7)  # noqa: S311 - repeatable, nothing secret
    names = _names(random)
    titles = _titles(names, random)
    index, build_s = _build(names)
    day = date(2026, 1, 1)
    for title in titles[:50]:
        screen(Offer(title=title, screened_on=day), index)
    searched = _seconds(lambda title: index.search({"title": title}), titles)
    screened = _seconds(lambda title: screen(Offer(title=title, screened_on=day), index), titles)
    lowered = [name.lower() for name in names]
    part = titles[:PEER_TITLES]
    partial = _seconds(
        lambda title: process.extract(title, lowered, scorer=fuzz.partial_ratio, limit=5), part
    )
    tokens = _seconds(
        lambda title: process.extract(title, lowered, scorer=fuzz.token_set_ratio, limit=5), part
    )
    single = _rate(searched)
    return {
        "matching.100k.build_s": build_s,
        "matching.100k.bytes_per_mark": sum(_bytes(layer.segment) for layer in index.layers) / len(index),
        "matching.100k.single_per_s": single,
        "matching.100k.screen_per_s": _rate(screened),
        "matching.100k.p99_cpu_ms": 1000 * sorted(searched)[int(len(searched) * 0.99)],
        "matching.100k.ratio.rapidfuzz": single / _rate(partial),
        "matching.100k.ratio.rapidfuzz_token_set": single / _rate(tokens),
    }
