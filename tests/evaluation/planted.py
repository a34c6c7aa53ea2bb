"""Disguised brands planted in real titles: what the weights are fitted on, and what they are measured on.

No brand is in two parts: a brand belongs to `fit`, `calibrate` or `test` by its name, and a title by whom it
is counted under. Lines are drawn on `calibrate`, figures are those of `test`. The share of disguised titles
is set by weights, not by how many were planted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from math import exp
from random import Random
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from matching.index import Index
from matching.market import NO_MARKET, Market
from matching.model import Mark, Match, SellerStanding
from matching.normalization import canonical_text
from matching.policies import DEFAULT_POLICY
from matching.scoring import Policy
from matching.screening import screen_many
from tests.evaluation.disguises import KINDS, VISIBLE
from tests.evaluation.sets import Title, key_of, offer_of

Part = Literal["fit", "calibrate", "test"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)

SHARE = 0.05
"""One title in so many is disguised: what the policy that ships assumes."""
PLAIN = {"exact", "upper", "joined"}
HIDING: Final = tuple(kind for kind in KINDS if kind not in PLAIN)
TYPOS = {"transposed", "deleted", "inserted", "substituted", "doubled", "keyboard", "vowel", "two_errors"}
MARGIN = 0.1
LOOKED_AT = 0.2
DRAWN = 400
NAMED = 0.5
BRAND_SOURCES = {"nsi_brand", "brand_label", "simple_icons", "simple_icons_alias", "cspell_companies"}


class Case(NamedTuple):
    """A title, its label, whom it is counted under, and the mark planted in it with its disguise, if any."""

    title: str
    label: str
    group: str
    mark: Mark | None = None
    kind: str = ""


class Hit(NamedTuple):
    """One mark that was found in another spelling than its own: how surely, from what, and rightly or not.

    `is_plain`: its disguise is one that reading a text undoes, so that it counts as named, or not, by itself.
    """

    case: int
    score: float
    values: Mapping[str, float]
    is_true: bool
    is_plain: bool = False
    mark: str = ""

    def is_above(self, line: float) -> bool:
        return self.score > (NAMED if self.is_plain else line)


class Sample(NamedTuple):
    cases: tuple[Case, ...]
    hits: tuple[Hit, ...]

    def weights(self) -> list[float]:
        """What each case counts for, so that one title in twenty is disguised."""
        planted = sum(each.mark is not None for each in self.cases)
        one, other = SHARE / max(1, planted), (1 - SHARE) / max(1, len(self.cases) - planted)
        return [one if each.mark else other for each in self.cases]


def part_of(name: str) -> Part:
    """The part that a brand belongs to, by its letters alone: two in five are fitted on, two measured on."""
    digest = blake2b(key_of(name).encode(), digest_size=2).digest()
    return PARTS[(0, 0, 1, 2, 2)[int.from_bytes(digest, "big") % 5]]


def titles_of(titles: Iterable[Title], part: Part) -> list[Title]:
    """The titles of a part."""
    return [title for title in titles if part_of(title.group) == part]


def marks_to_plant(marks: Iterable[Mark], part: Part) -> list[Mark]:
    """Brands of a part that a window can hold."""
    return [
        mark
        for mark in marks
        if 4 <= len(key_of(mark.text)) <= 25
        and len(canonical_text(mark.text).split()) <= 5
        and part_of(mark.text) == part
    ]


def plant(
    titles: Sequence[Title],
    marks: Sequence[Mark],
    counts: tuple[int, int],
    seed: str,
    kinds: Sequence[str] = HIDING,
) -> tuple[Case, ...]:
    """`counts` of clean and of disguised cases; the same seed gives the same cases."""
    random = Random(seed)  # noqa: S311 - repeatable, nothing secret
    clean, wanted = counts
    cases = [Case(*title[:3]) for title in random.sample(titles, min(clean, len(titles)))]
    for number in range(wanted if marks and titles else 0):
        kind, mark = kinds[number % len(kinds)], random.choice(marks)
        written = KINDS[kind](mark.text, random)
        if written.casefold() == mark.text.casefold():
            continue
        host = random.choice(titles)
        words = host.text.split()[:12]
        words.insert(random.randint(0, len(words)), written)
        cases.append(Case(" ".join(words), host.label, host.group, mark, kind))
    return tuple(cases)


def look(
    cases: Sequence[Case], index: Index, market: Market = NO_MARKET, policy: Policy = DEFAULT_POLICY
) -> Sample:
    """Screen the cases, and keep every hit on a name that is not plainly written, however unlikely."""
    open_eyed = replace(policy, thresholds=replace(policy.thresholds, shown=0.0))
    hits = []
    offers = [offer_of(case.title, seller=SellerStanding(reference=case.group)) for case in cases]
    verdicts = screen_many(offers, index, open_eyed, market_of=lambda _: market)
    for number, (case, verdict) in enumerate(zip(cases, verdicts, strict=True)):
        for match in verdict.matches:
            hit = _hit(number, case, match, index)
            if hit:
                hits.append(hit)
    return Sample(tuple(cases), tuple(hits))


def _hit(number: int, case: Case, match: Match, index: Index) -> Hit | None:
    mark = index.mark(match.mark_id)
    values = {each.code: each.value for each in match.comparisons}
    if mark is None or key_of(mark.text) == key_of(case.label):
        return None
    is_true = case.mark is not None and key_of(mark.text) == key_of(case.mark.text)
    is_plain = bool(values.get("plainly_written"))
    return (
        None if is_plain and not is_true else Hit(number, match.score, values, is_true, is_plain, mark.text)
    )


def half_of(sample: Sample, half: int) -> Sample:
    """The cases of one half, by the brand that is planted in a title or that it is counted under."""
    kept = [number for number, case in enumerate(sample.cases) if _half(case) == half]
    places = {number: place for place, number in enumerate(kept)}
    hits = [hit._replace(case=places[hit.case]) for hit in sample.hits if hit.case in places]
    return Sample(tuple(sample.cases[number] for number in kept), tuple(hits))


def _half(case: Case) -> int:
    name = case.mark.text if case.mark else case.group
    return blake2b(key_of(name).encode(), digest_size=1, person=b"half").digest()[0] & 1


def pooled(samples: Sequence[Sample]) -> Sample:
    """Several samples as one."""
    cases: list[Case] = []
    hits: list[Hit] = []
    for sample in samples:
        hits += [hit._replace(case=hit.case + len(cases)) for hit in sample.hits]
        cases += sample.cases
    return Sample(tuple(cases), tuple(hits))


def threshold_at(sample: Sample, per_1000: float) -> float:
    """The least score above which at most so many of 1,000 clean titles have a wrong hit."""
    clean = sum(case.mark is None for case in sample.cases)
    return _above(sample, int(per_1000 * clean / 1000))


def safe_threshold_at(sample: Sample, per_1000: float) -> float:
    """The same with a margin for chance: so few wrong titles of this sample lie above it that, nine times in
    ten, other titles keep the budget too (Poisson). A budget that the sample is too small for has the line 1.
    """
    clean = sum(case.mark is None for case in sample.cases)
    allowed = per_1000 * clean / 1000
    terms = accumulate(range(1, clean + 1), lambda term, k: term * allowed / k, initial=exp(-allowed))
    count = next(k for k, chance in enumerate(accumulate(terms)) if chance > MARGIN)
    return _above(sample, count - 1) if count else 1.0


def _above(sample: Sample, allowed: int) -> float:
    worst: dict[int, float] = {}
    for hit in sample.hits:
        if sample.cases[hit.case].mark is None:
            worst[hit.case] = max(worst.get(hit.case, 0.0), hit.score)
    ordered = sorted(worst.values(), reverse=True)
    return ordered[allowed] if len(ordered) > allowed else 0.0


def threshold_of(sample: Sample, recall: float) -> float:
    """The score above which such a share of the planted cases is found, or 0 where no line finds as many."""
    best: dict[int, float] = {}
    for hit in sample.hits:
        if hit.is_true:
            score = float(hit.score > NAMED) if hit.is_plain else hit.score
            best[hit.case] = max(best.get(hit.case, 0.0), score)
    planted = sum(case.mark is not None for case in sample.cases)
    ordered = sorted(best.values(), reverse=True)
    wanted = round(recall * planted)
    return ordered[wanted - 1] - 1e-6 if 0 < wanted <= len(ordered) else 0.0


def false_titles(sample: Sample, above: float) -> list[bool]:
    """For each clean title: has it a wrong hit above a score?"""
    wrong = {hit.case for hit in sample.hits if not hit.is_true and hit.score > above}
    return [number in wrong for number, case in enumerate(sample.cases) if case.mark is None]


def found(sample: Sample, above: float, family: str) -> list[bool]:
    """For each planted case of a family (all, visible, typos6, typos45): was it found above a score?"""
    right = {hit.case for hit in sample.hits if hit.is_true and hit.is_above(above)}
    return [
        number in right
        for number, case in enumerate(sample.cases)
        if case.mark is not None and _is_of(case.kind, len(key_of(case.mark.text)), family)
    ]


def _is_of(kind: str, letters: int, family: str) -> bool:
    return {
        "all": True,
        "visible": kind in VISIBLE,
        "typos6": kind in TYPOS and letters >= 6,
        "typos45": kind in TYPOS and letters < 6,
    }[family]


def calibration_error(sample: Sample, bins: int = 10) -> tuple[float, int]:
    """The expected calibration error of hits with p >= 0.2, and how many hits it rests on."""
    rows = _told(sample)
    return _error(rows, bins), len(rows)


def calibration_bounds(sample: Sample, bins: int = 10) -> tuple[float, float]:
    """Its 95 % interval: the error of as many hits drawn anew, 400 times."""
    rows = _told(sample)
    drawing = np.random.default_rng(0)
    errors = [_error(rows[drawing.integers(0, len(rows), len(rows))], bins) for _ in range(DRAWN)]
    low, high = np.percentile(errors, (2.5, 97.5)) if len(rows) else (0.0, 0.0)
    return float(low), float(high)


def _told(sample: Sample) -> NDArray[np.float64]:
    """What was said of each hit with p >= 0.2, what came, and what it counts for."""
    weights = sample.weights()
    rows = [
        (hit.score, float(hit.is_true), weights[hit.case])
        for hit in sample.hits
        if hit.score >= LOOKED_AT and not hit.is_plain
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _error(rows: NDArray[np.float64], bins: int) -> float:
    said, came, weights = rows.T
    places = np.minimum(bins - 1, (said * bins).astype(np.int64))
    apart = np.bincount(places, weights * (said - came), bins)
    return float(np.abs(apart).sum() / weights.sum()) if len(rows) else 0.0
