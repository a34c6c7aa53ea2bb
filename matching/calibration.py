"""Calibration: what people said of matches turns a policy's estimates into shares that hold.

Isotonic regression (pool adjacent violators; Ayer et al. 1955) over groups of judgements. Ten lines do it, so
no library is asked. Counts are whole numbers and sums are exact, so the order of the judgements does not
matter: the same ones give the same bits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import fsum
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from msgspec import Struct

LEAST: Final = 500
"""Scores are estimates until there are so many judgements."""
LEAST_OF_STEP: Final = 30
"""A step rests on so many judgements at least, after each organization's share was bounded."""
MOST_STEPS: Final = 20
LEAST_STEPS: Final = 3
"""With fewer, all listings would have nearly the same score."""
ORGANIZATIONS: Final = 3
"""So many have to have judged in each step, and none counts for more than its equal part of it, a third."""
PRIOR: Final = 10.0
"""In each step the policy's estimate counts like so many judgements; so no step is 0 or 1."""
CERTAIN: Final = 0.999
"""Nothing is more likely than this, nor less likely than what is missing from 1."""
ScoreBasis = Literal["estimate", "calibrated"]


class Judged(NamedTuple):
    """A match that a person judged: the policy's estimate that it would be acted on (0-1, four digits), who
    judged, and whether it was confirmed.
    """

    estimate: float
    organization: str
    is_confirmed: bool


class Knot(Struct, frozen=True, kw_only=True):
    """A step of the table: estimates of about `estimate` are worth `score`; `judgements` stood behind it."""

    estimate: float
    score: float
    judgements: int


class Calibration(Struct, frozen=True, kw_only=True):
    """A versioned table from estimates of one shipped policy to scores; a version never changes.

    Between knots scores lie on a line, below the first one on the line from nothing, above the last one they
    are the last one's.
    """

    version: int
    policy_version: str
    judgements: int
    organizations: int
    knots: tuple[Knot, ...]

    def score_of(self, estimate: float) -> float:
        """What an estimate is worth, to four digits; nothing found stays 0, and no order is turned round."""
        return score_of(self.knots, estimate)


class Scored(NamedTuple):
    """What a screening's score is, what it is by nature, and the version of the table that made it."""

    score: float
    basis: ScoreBasis
    version: int | None


def score_by(calibration: Calibration | None, estimate: float, policy_version: str) -> Scored:
    """An estimate as a score, calibrated where there is a table for the estimates of this policy."""
    if calibration is None or calibration.policy_version != policy_version:
        return Scored(estimate, "estimate", None)
    return Scored(calibration.score_of(estimate), "calibrated", calibration.version)


class Stretch(Struct, frozen=True, kw_only=True):
    """The two ends of the line that an estimate lies on; equal where the table ends."""

    below: Knot
    above: Knot


_NOTHING: Final = Knot(estimate=0.0, score=0.0, judgements=0)


def stretch_of(knots: Sequence[Knot], estimate: float) -> Stretch:
    """The line of a table on which an estimate lies."""
    place = bisect_left(knots, estimate, key=attrgetter("estimate"))
    above = knots[min(place, len(knots) - 1)]
    if place >= len(knots):
        return Stretch(below=above, above=above)
    return Stretch(below=knots[place - 1] if place else _NOTHING, above=above)


def score_of(knots: Sequence[Knot], estimate: float) -> float:
    """What an estimate is worth by a table; see `Calibration`."""
    if estimate <= 0 or not knots:
        return estimate
    below, above = (line := stretch_of(knots, estimate)).below, line.above
    width = above.estimate - below.estimate
    if width <= 0:
        return above.score
    share = (estimate - below.estimate) / width
    return round(below.score + (above.score - below.score) * share, 4)


class _Tally(NamedTuple):
    """Of one organization in a group: how many judgements, how many confirmed, and their estimates' sum."""

    judged: int
    confirmed: int
    estimates: int


class _Group(NamedTuple):
    """Judgements of neighboring estimates, weighed."""

    weight: float
    confirmed: float
    estimate: float
    judgements: int


_Tallies = dict[str, _Tally]
_DIGITS: Final = 10_000
_NONE: Final = _Tally(0, 0, 0)


def fit(judged: Iterable[Judged]) -> tuple[Knot, ...]:
    """The table that judgements teach, in order of its estimates; empty where they are too few, too few
    organizations made them, or what people confirm does not rise with the estimates.
    """
    pools = _pooled(_smoothed(group) for group in _groups(judged))
    return tuple(map(_knot, pools)) if len(pools) >= LEAST_STEPS else ()


def _groups(judged: Iterable[Judged]) -> list[_Group]:
    """The judgements in order, cut where enough count, never between equal estimates.

    Whoever judges very much makes no step wider: only what counts of it is asked for.
    """
    known = sorted(judged)
    least = max(LEAST_OF_STEP, _weight(_tallies(known)) / MOST_STEPS)
    cut: list[_Tallies] = []
    open_: _Tallies = {}
    for _, equal in groupby(known, key=attrgetter("estimate")):
        _unite(open_, _tallies(equal))
        if _weight(open_) >= least:
            cut.append(open_)
            open_ = {}
    if cut and open_:
        _unite(cut[-1], open_)
    return [_weighed(tallies) for tallies in cut]


def _tallies(judged: Iterable[Judged]) -> _Tallies:
    told: _Tallies = defaultdict(lambda: _NONE)
    for each in judged:
        known, confirmed, estimates = told[each.organization]
        told[each.organization] = _Tally(
            known + 1, confirmed + each.is_confirmed, estimates + round(each.estimate * _DIGITS)
        )
    return told


def _unite(all_: _Tallies, others: Mapping[str, _Tally]) -> None:
    for organization, tally in others.items():
        mine = all_.get(organization, _NONE)
        all_[organization] = _Tally(*(one + other for one, other in zip(mine, tally, strict=True)))


def _bound(counts: Iterable[int]) -> float:
    """The most that one organization counts, so that none makes more than its part of what counts."""
    ordered = sorted(counts, reverse=True)
    rest = sum(ordered)
    for bounded, count in enumerate(ordered[:ORGANIZATIONS]):
        bound = rest / (ORGANIZATIONS - bounded)
        if bound >= count:
            return bound
        rest -= count
    return 0.0  # they are too few


def _weight(tallies: Mapping[str, _Tally]) -> float:
    bound = _bound(tally.judged for tally in tallies.values())
    return fsum(min(tally.judged, bound) for tally in tallies.values())


def _weighed(tallies: Mapping[str, _Tally]) -> _Group:
    bound = _bound(tally.judged for tally in tallies.values())
    shares = [(min(tally.judged, bound) / tally.judged, tally) for tally in tallies.values()]
    weight = fsum(share * tally.judged for share, tally in shares)
    estimates = fsum(share * tally.estimates for share, tally in shares) / _DIGITS
    return _Group(
        weight=weight,
        confirmed=fsum(share * tally.confirmed for share, tally in shares),
        estimate=estimates / weight,
        judgements=sum(tally.judged for _, tally in shares),
    )


def _smoothed(group: _Group) -> _Group:
    """The policy's own estimate counts, too: the less the fewer judgements there are."""
    confirmed = group.confirmed + PRIOR * group.estimate
    return group._replace(weight=group.weight + PRIOR, confirmed=confirmed)


def _pooled(groups: Iterable[_Group]) -> list[_Group]:
    """Neighbors united until the share confirmed never falls as estimates rise."""
    pools: list[_Group] = []
    for group in groups:
        pools.append(group)
        while len(pools) > 1 and _share(pools[-2]) > _share(pools[-1]):
            last = pools.pop()
            pools[-1] = _union(pools[-1], last)
    return pools


def _share(group: _Group) -> float:
    return group.confirmed / group.weight


def _union(one: _Group, other: _Group) -> _Group:
    weight = one.weight + other.weight
    return _Group(
        weight=weight,
        confirmed=one.confirmed + other.confirmed,
        estimate=(one.estimate * one.weight + other.estimate * other.weight) / weight,
        judgements=one.judgements + other.judgements,
    )


def _knot(group: _Group) -> Knot:
    score = min(CERTAIN, max(1 - CERTAIN, _share(group)))
    return Knot(estimate=round(group.estimate, 6), score=round(score, 4), judgements=group.judgements)
