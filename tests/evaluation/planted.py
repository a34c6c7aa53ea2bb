"""Disguised brands planted in real titles: what the weights are fitted on, and what they are measured on.

No brand is in both parts: a brand belongs to `fit` or to `test` by its name, and a title by its label, or by
itself where it has none. The share of disguised titles is set by weights, not by how many were planted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from random import Random
from typing import Literal, NamedTuple

from msgspec.structs import replace

from matching.index import Index
from matching.model import Mark, Match
from matching.normalization import canonical_text
from matching.scoring import DEFAULT_POLICY, Policy
from matching.screening import screen
from tests.evaluation.disguises import KINDS, VISIBLE
from tests.evaluation.sets import key_of, offer_of

Part = Literal["fit", "test"]

SHARE = 0.05
"""One title in so many is disguised: what the policy that ships assumes."""
PLAIN = {"exact", "upper", "joined"}
TYPOS = {"transposed", "deleted", "inserted", "substituted", "doubled", "keyboard", "vowel", "two_errors"}
LOOKED_AT = 0.2
BRAND_SOURCES = {"nsi_brand", "brand_label", "simple_icons", "simple_icons_alias", "cspell_companies"}


class Case(NamedTuple):
    """A title, the name of its label, and the mark planted in it with its disguise, if any."""

    title: str
    label: str
    mark: Mark | None = None
    kind: str = ""


class Hit(NamedTuple):
    """One mark that was found in another spelling than its own: how surely, from what, and rightly or not."""

    case: int
    score: float
    values: Mapping[str, float]
    is_true: bool


class Sample(NamedTuple):
    cases: tuple[Case, ...]
    hits: tuple[Hit, ...]

    def weight(self, case: int) -> float:
        """What a case counts for, so that one title in twenty is disguised."""
        planted = sum(each.mark is not None for each in self.cases)
        clean = len(self.cases) - planted
        return SHARE / max(1, planted) if self.cases[case].mark else (1 - SHARE) / max(1, clean)


def part_of(name: str) -> Part:
    """The part that a brand belongs to, by its letters alone: three in five are fitted on."""
    digest = blake2b(key_of(name).encode(), digest_size=2).digest()
    return "fit" if int.from_bytes(digest, "big") % 5 < 3 else "test"


def titles_of(rows: Iterable[Mapping[str, str]], part: Part) -> list[tuple[str, str]]:
    """Distinct titles of a part, each with its label."""
    named = {row["title"]: row.get("brand_label", "") for row in rows if row.get("title")}
    return [(title, label) for title, label in named.items() if part_of(label or title) == part]


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
    titles: Sequence[tuple[str, str]], marks: Sequence[Mark], counts: tuple[int, int], seed: str
) -> tuple[Case, ...]:
    """`counts` of clean and of disguised cases; the same seed gives the same cases."""
    random = Random(seed)  # noqa: S311 - repeatable, nothing secret
    clean, wanted = counts
    cases = [Case(title, label) for title, label in random.sample(titles, min(clean, len(titles)))]
    kinds = [kind for kind in KINDS if kind not in PLAIN]
    for number in range(wanted if marks and titles else 0):
        kind, mark = kinds[number % len(kinds)], random.choice(marks)
        written = KINDS[kind](mark.text, random)
        if written.casefold() == mark.text.casefold():
            continue
        title, label = random.choice(titles)
        words = title.split()[:12]
        words.insert(random.randint(0, len(words)), written)
        cases.append(Case(" ".join(words), label, mark, kind))
    return tuple(cases)


def look(cases: Sequence[Case], index: Index, policy: Policy = DEFAULT_POLICY) -> Sample:
    """Screen the cases, and keep every hit that is written otherwise than its mark, however unlikely."""
    open_eyed = replace(policy, thresholds=replace(policy.thresholds, shown=0.0))
    hits = []
    for number, case in enumerate(cases):
        for match in screen(offer_of(case.title), index, open_eyed).matches:
            hit = _hit(number, case, match, index)
            if hit:
                hits.append(hit)
    return Sample(tuple(cases), tuple(hits))


def _hit(number: int, case: Case, match: Match, index: Index) -> Hit | None:
    mark = index.mark(match.mark_id)
    values = {each.code: each.value for each in match.comparisons}
    if mark is None or values.get("plainly_written") or key_of(mark.text) == key_of(case.label):
        return None
    is_true = case.mark is not None and key_of(mark.text) == key_of(case.mark.text)
    return Hit(number, match.score, values, is_true)


def threshold_at(sample: Sample, per_1000: float) -> float:
    """The least score above which at most so many of 1,000 clean titles have a wrong hit."""
    worst: dict[int, float] = {}
    for hit in sample.hits:
        if sample.cases[hit.case].mark is None:
            worst[hit.case] = max(worst.get(hit.case, 0.0), hit.score)
    clean = sum(case.mark is None for case in sample.cases)
    allowed = int(per_1000 * clean / 1000)
    ordered = sorted(worst.values(), reverse=True)
    return ordered[allowed] if len(ordered) > allowed else 0.0


def false_titles(sample: Sample, above: float) -> list[bool]:
    """For each clean title: has it a wrong hit above a score?"""
    wrong = {hit.case for hit in sample.hits if hit.score > above}
    return [number in wrong for number, case in enumerate(sample.cases) if case.mark is None]


def found(sample: Sample, above: float, family: str) -> list[bool]:
    """For each planted case of a family (all, visible, typos6, typos45): was it found above a score?"""
    right = {hit.case for hit in sample.hits if hit.is_true and hit.score > above}
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
    rows = [
        (hit.score, float(hit.is_true), sample.weight(hit.case))
        for hit in sample.hits
        if hit.score >= LOOKED_AT
    ]
    total = sum(weight for _, _, weight in rows)
    error = 0.0
    for number in range(bins):
        here = [row for row in rows if min(bins - 1, int(row[0] * bins)) == number]
        weight = sum(each for _, _, each in here)
        if weight:
            said = sum(score * each for score, _, each in here) / weight
            came = sum(truth * each for _, truth, each in here) / weight
            error += abs(said - came) * weight / total
    return error, len(rows)
