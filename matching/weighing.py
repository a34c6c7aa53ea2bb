"""Weighing: what evidence adds under a table of weights, and the probability that the sum stands for."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final, NamedTuple

from matching.policy_table import Steps, Table

Values = Mapping[str, float]
_KNOWN_AT_MOST: Final = 64
ROUNDING: Final = 1e-3
"""Far more than rounding moves a sum of log-odds."""


class Ladder(NamedTuple):
    """The steps of one kind of evidence: `sums[n]` is what the first n add, log-odds to four digits."""

    code: str
    edges: tuple[float, ...]
    sums: tuple[float, ...]


def _ladder(code: str, steps: Steps) -> Ladder:
    ordered = sorted(steps)
    sums = [math.fsum(log_odds for _, log_odds in ordered[:count]) for count in range(len(ordered) + 1)]
    return Ladder(code, tuple(edge for edge, _ in ordered), tuple(round(each, 4) for each in sums))


_LADDERS: Final[dict[int, tuple[Table, dict[str, Ladder]]]] = {}
"""Ladders by the identity of their table, which is kept beside them, so that no other can take its place."""


def ladders_of(table: Table) -> Mapping[str, Ladder]:
    """The ladders of a table by code, in its order; made once for each table, which is never changed."""
    known = _LADDERS.get(id(table))
    if known is None:
        if len(_LADDERS) >= _KNOWN_AT_MOST:
            _LADDERS.clear()
        known = _LADDERS[id(table)] = (table, {code: _ladder(code, steps) for code, steps in table.items()})
    return known[1]


def weigh(table: Table, values: Values) -> dict[str, float]:
    """What each kind of evidence adds in log-odds; the steps of one code add up, values of 0 add nothing."""
    weights: dict[str, float] = {}
    ladders = ladders_of(table)
    if values.keys().isdisjoint(ladders):
        return weights
    value_of = values.get
    for code, edges, sums in ladders.values():
        value = value_of(code)
        if value and value > 0:
            reached = bisect_right(edges, value)
            if reached:
                weights[code] = sums[reached]
    return weights


def weight_of(table: Table, code: str, value: float) -> float:
    """What one kind of evidence adds; 0 where the table does not weigh it."""
    ladder = ladders_of(table).get(code)
    return ladder.sums[bisect_right(ladder.edges, value)] if ladder and value > 0 else 0.0


def probability(bias: float, weights: Mapping[str, float]) -> float:
    """Log-odds as a probability, to four digits."""
    return round(1 / (1 + math.exp(-math.fsum((bias, *weights.values())))), 4)


def least_log_odds(shown: float) -> float:
    """The log-odds below which a probability, to four digits, is surely below what is shown."""
    least = shown - 1e-4
    if not 0 < least < 1:
        return -math.inf
    return math.log(least / (1 - least)) - ROUNDING
