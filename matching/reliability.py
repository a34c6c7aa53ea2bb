"""Reliability: of what a score says, how much came true. By bins of scores, with the uncertainty of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, sqrt
from operator import attrgetter
from typing import Final

from msgspec import Struct

from matching.calibration import Judged, fit, score_of

BINS: Final = 10
_Z: Final = 1.959963984540054  # of the normal distribution, for 95 %


class Bin(Struct, frozen=True, kw_only=True):
    """Scores from `low` up to `high`: how many matches were judged, their mean score, the share that was
    confirmed, and the bounds that hold it in 95 of 100 cases (Wilson 1927).
    """

    low: float
    high: float
    judged: int
    score: float
    confirmed: float
    at_least: float
    at_most: float


class Reliability(Struct, frozen=True, kw_only=True):
    """The curve of the policy's estimates beside that of the calibrated scores, and the mean distance of each
    from what was confirmed (the expected calibration error).

    Scores are those of matches that the table was not made of: each half of the judgements by the other's.
    """

    estimates: tuple[Bin, ...]
    scores: tuple[Bin, ...]
    error_of_estimates: float
    error_of_scores: float


def wilson(confirmed: int, judged: int) -> tuple[float, float]:
    """The bounds of a share, to four digits."""
    if not judged:
        return 0.0, 1.0
    share, square = confirmed / judged, _Z * _Z / judged
    middle = (share + square / 2) / (1 + square)
    reach = _Z * sqrt(share * (1 - share) / judged + square / (4 * judged)) / (1 + square)
    return round(max(0.0, middle - reach), 4), round(min(1.0, middle + reach), 4)


def bins_of(pairs: Iterable[tuple[float, bool]], count: int = BINS) -> tuple[Bin, ...]:
    """Pairs of score and whether it came true, by their scores; bins without any are left out."""
    found: dict[int, list[tuple[float, bool]]] = {}
    for pair in pairs:
        found.setdefault(min(count - 1, int(pair[0] * count)), []).append(pair)
    return tuple(_bin(place, found[place], count) for place in sorted(found))


def _bin(place: int, pairs: Sequence[tuple[float, bool]], count: int) -> Bin:
    judged, confirmed = len(pairs), sum(came_true for _, came_true in pairs)
    low, high = wilson(confirmed, judged)
    return Bin(
        low=round(place / count, 4),
        high=round((place + 1) / count, 4),
        judged=judged,
        score=round(fsum(score for score, _ in pairs) / judged, 4),
        confirmed=round(confirmed / judged, 4),
        at_least=low,
        at_most=high,
    )


def error_of(bins: Sequence[Bin]) -> float:
    """The mean distance of scores from the share confirmed, each bin by how many were judged."""
    judged = sum(each.judged for each in bins)
    return round(fsum(abs(each.score - each.confirmed) * each.judged for each in bins) / max(1, judged), 4)


def reliability_of(judged: Sequence[Judged]) -> Reliability | None:
    """Both curves of some judgements; None where half of them make no table that the others could try.

    Each half has as many of each organization and of like estimates, whatever was said of them.
    """
    told_apart = sorted(judged, key=attrgetter("organization", "estimate"))
    halves = told_apart[::2], told_apart[1::2]
    tables = [fit(half) for half in halves]
    if not all(tables):
        return None
    told = [
        (score_of(table, each.estimate), each.is_confirmed)
        for table, half in zip(reversed(tables), halves, strict=True)
        for each in half
    ]
    estimates = bins_of((each.estimate, each.is_confirmed) for each in judged)
    scores = bins_of(told)
    return Reliability(
        estimates=estimates,
        scores=scores,
        error_of_estimates=error_of(estimates),
        error_of_scores=error_of(scores),
    )
