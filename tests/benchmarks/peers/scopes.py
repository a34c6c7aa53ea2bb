"""What a search for some marks costs beside one for all: by class, by watch-list, and by a small index.

Marks have one to three random classes, some much more often than others; listings one or two, known or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from statistics import median
from time import process_time

import numpy as np

from matching.index import EVERY_MARK, Index, Scope, build_index
from matching.index.living import Layer
from matching.index.scoping import COUNTRIES, STATUS
from matching.index.segment import Segment, painted
from matching.model import Field, Offer
from matching.narrowing import scope_of

DAY = date(2026, 1, 1)
ROUNDS = 3
WATCHED = (100, 1_000, 10_000)
_OFTEN = {9: 10, 35: 10, 42: 7, 41: 7, 25: 6}
Texts = Mapping[Field, str]
Ways = Mapping[str, tuple[Index, Sequence[Scope]]]


def some_classes(random: Random, most: int) -> frozenset[int]:
    """One Nice class or a few, some of them oftener."""
    weights = [_OFTEN.get(number, 1.5) for number in range(1, 46)]
    return frozenset(random.choices(range(1, 46), weights, k=random.randint(1, most)))


def measure_scopes(index: Index, titles: Sequence[Texts], random: Random) -> dict[str, float]:
    """Microseconds of CPU and hits a title of each way to search, in one run, in turns."""
    ways = _ways(index, len(titles), random)
    times: dict[str, list[float]] = {name: [] for name in ways}
    hits = dict.fromkeys(ways, 0)
    for _ in range(ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            searched, scopes = ways[name]
            start = process_time()
            hits[name] = sum(len(rows) for layers in searched.rows(titles, scopes) for rows in layers)
            times[name].append(1e6 * (process_time() - start) / len(titles))
    every = times["every"]
    measured = {f"scope.{name}_us": median(each) for name, each in times.items()}
    measured |= {f"scope.{name}_hits": count / len(titles) for name, count in hits.items()}
    return measured | {
        f"scope.{name}_of_every": median(one / all_ for one, all_ in zip(each, every, strict=True))
        for name, each in times.items()
        if name != "every"
    }


def _ways(index: Index, titles: int, random: Random) -> Ways:
    offers = [Offer(title="", nice_classes=some_classes(random, 2), screened_on=DAY) for _ in range(titles)]
    goods = [Scope(classes=offer.nice_classes) for offer in offers]
    listed = random.sample(range(len(index)), WATCHED[-1])
    ways: dict[str, tuple[Index, Sequence[Scope]]] = {
        "every": (index, [EVERY_MARK] * titles),
        "unknown_class": (index, [Scope(day=DAY)] * titles),
        "known_classes": (index, goods),
        "related_classes": (index, [scope_of(offer, "related") for offer in offers]),
    }
    for count in WATCHED:
        ways[f"watched_{count}"] = (_listing(index, listed[:count]), [Scope(classes=frozenset({1}))] * titles)
    segment = index.layers[0].segment
    small = build_index([segment.mark_at(place) for place in listed], index.lexicon)
    return ways | {f"small_index_{WATCHED[-1]}": (small, [EVERY_MARK] * titles)}


def _listing(index: Index, places: Sequence[int]) -> Index:
    """The same index, in which only the marks at these places are of class 1, all others of class 2."""
    segment = index.layers[0].segment
    words = np.full(len(segment), COUNTRIES | STATUS | 0b10, dtype=np.uint64)
    words[list(places)] ^= np.uint64(0b11)
    palette, united, own = painted(words, segment.arrays.owners, segment.arrays.word_bounds)
    arrays = segment.arrays._replace(mark_words=own, words=united, palette=palette)
    return Index((Layer(Segment(arrays, segment.filed, segment.seed)),), index.words)
