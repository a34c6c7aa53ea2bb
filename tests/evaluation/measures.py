"""What is measured on each set. Every function returns names of measurements with their numbers and
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import exp, nan, sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from rapidfuzz.distance import OSA

from matching.blocking import sound_of
from matching.index import Index, build_index
from matching.model import Mark, Match, Use, Verdict
from matching.normalization import canonical_text
from matching.screening import screen, screen_many
from tests.evaluation.sets import key_of, label_of, marks_of, offer_of


class Measured(NamedTuple):
    """One number that rests on `total` cases; `bounds` are those of 95 %, where they are known."""

    name: str
    value: float
    total: int
    bounds: tuple[float, float] | None = None


def wilson(hits: float, total: int) -> tuple[float, float] | None:
    """The 95 % interval of a share."""
    if not total:
        return None
    p, z = hits / total, 1.96
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(name: str, found: Iterable[bool]) -> Measured:
    """A share with its interval; it is not a number where there are no cases."""
    answers = list(found)
    value = sum(answers) / len(answers) if answers else nan
    return Measured(name, value, len(answers), wilson(sum(answers), len(answers)))


def per_1000(name: str, found: Iterable[bool]) -> Measured:
    """How many of 1,000 cases, with its interval."""
    one = share(name, found)
    low, high = one.bounds or (0.0, 0.0)
    return one._replace(value=1000 * one.value, bounds=(1000 * low, 1000 * high))


def mean(name: str, numbers: Sequence[float]) -> Measured:
    """A mean with its interval (normal)."""
    value = fmean(numbers) if numbers else nan
    half = 1.96 * stdev(numbers) / sqrt(len(numbers)) if len(numbers) > 1 else 0.0
    return Measured(name, value, len(numbers), (value - half, value + half) if half else None)


def ratio(name: str, one: Measured, other: Measured, least: float) -> Measured:
    """One rate beside another that is taken for no less than `least`; the interval is that of two counts, of
    which one that is 0 is taken for a half.
    """
    counts = [each.value / 1000 * each.total for each in (one, other)]
    beside = max(other.value, least)
    spread = exp(1.96 * sqrt(sum(1 / max(0.5, count) for count in counts)))
    highest = max(one.value, 500 / max(1, one.total)) / beside * spread
    return Measured(name, one.value / beside, other.total, (one.value / beside / spread, highest))


def titles_screened(titles: Iterable[str], index: Index) -> Iterator[Verdict]:
    """Titles without anything else, screened in bulk, in their order."""
    return screen_many([offer_of(title) for title in titles], index)


def names_found(verdict: Verdict, index: Index) -> list[str]:
    """The keys of the marks of a verdict, each once, the best first."""
    keys = [key_of(mark.text) for match in verdict.matches if (mark := index.mark(match.mark_id))]
    return list(dict.fromkeys(keys))


def uses_found(verdict: Verdict, index: Index) -> dict[str, Use]:
    """What each mark of a verdict is used for, by its key."""
    return {key_of(mark.text): match.use for match in verdict.matches if (mark := index.mark(match.mark_id))}


def is_visible(brand: str, title: str) -> bool:
    words, key = canonical_text(title).split(), key_of(brand)
    joins = (
        "".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, first + 9)
    )
    return bool(key) and key in set(joins)


def measure_listings(name: str, rows: list[dict[str, str]], index: Index) -> list[Measured]:
    """Ordinary titles: is the labelled brand found where it can be seen, and how much is shown or flagged
    beside.
    """
    found, excused, visible, flagged, alerted, wrong, shown = [], [], [], [], [], [], []
    for row, verdict in zip(rows, titles_screened((row["title"] for row in rows), index), strict=True):
        shown.append(len(verdict.matches))
        flagged.append(verdict.verdict != "clear")
        alerted.append(verdict.verdict == "alert")
        brand = row.get("brand_label", "")
        wrong.append(any(_is_wrong(match, brand, index) for match in verdict.matches))
        if brand:
            visible.append(is_visible(brand, row["title"]))
        if brand and visible[-1]:
            uses = uses_found(verdict, index)
            found.append(key_of(brand) in uses)
            excused.append(uses.get(key_of(brand)) == "compatible")
    short = name.removeprefix("listings_")
    named = [share(f"brands.{short}.visible", visible), share(f"brands.{short}.recall", found)]
    named.append(share(f"brands.{short}.taken_for_compatible", excused))
    return [
        *(named if visible else ()),
        mean(f"brands.{short}.shown_per_title", shown),
        per_1000(f"ordinary.{short}.false_hits_per_1000", wrong),
        per_1000(f"ordinary.{short}.false_reviews_per_1000", flagged),
        per_1000(f"ordinary.{short}.false_alerts_per_1000", alerted),
    ]


def _is_wrong(match: Match, brand: str, index: Index) -> bool:
    """A name other than the label, found in a spelling other than its own: more likely named than not."""
    mark = index.mark(match.mark_id)
    is_plain = any(each.code == "plainly_written" and each.value for each in match.comparisons)
    return match.score >= 0.5 and not is_plain and mark is not None and key_of(mark.text) != key_of(brand)


def measure_replicas(rows: list[dict[str, str]], index: Index) -> list[Measured]:
    """A replica seller's titles: pairs of title and true brand, plainly written or not."""
    found: dict[str, list[tuple[bool, bool]]] = {"plain": [], "evasive": []}
    kinds: dict[str, list[bool]] = {}
    for row, verdict in zip(rows, titles_screened((row["title"] for row in rows), index), strict=True):
        names = names_found(verdict, index)
        for brand in filter(None, row["truth_brands"].split("|")):
            kind = "plain" if brand.casefold() in row["title"].casefold() else "evasive"
            found[kind].append((key_of(brand) in names, key_of(brand) in names[:3]))
            for tag in re.split(r"[|,;+]", row.get("evasion_tags", "")) if kind == "evasive" else ():
                kinds.setdefault("_".join(tag.split()) or "untold", []).append(key_of(brand) in names)
    return [
        share(f"replica.{kind}.{what}", (pair[place] for pair in pairs))
        for kind, pairs in found.items()
        for place, what in enumerate(("recall", "top3"))
    ] + [share(f"replica.evasive.{tag}.recall", those) for tag, those in sorted(kinds.items())]


def measure_masks(rows: list[dict[str, str]], index: Index) -> list[Measured]:
    """Names with hidden letters: is the true brand the first completion, or among three."""
    written, brands = [row["as_written"] for row in rows], [row["brand_label"] for row in rows]
    return ranked("masked", written, brands, index)


def ranked(name: str, written: Sequence[str], brands: Sequence[str], index: Index) -> list[Measured]:
    """How often the brand is the first name found, and among the first three."""
    ranks = []
    for brand, verdict in zip(brands, titles_screened(written, index), strict=True):
        names, key = names_found(verdict, index), key_of(brand)
        ranks.append(names.index(key) if key in names else len(names) + 3)
    return [
        share(f"{name}.top1", (rank == 0 for rank in ranks)),
        share(f"{name}.top3", (rank < 3 for rank in ranks)),
    ]


def measure_nominative(rows: list[dict[str, str]], index: Index) -> list[Measured]:
    """Goods that go with a brand's goods: is the use seen, is it alerted, is a maker's own name wrongly
    excused.
    """
    recognised, alerted, excused = [], [], []
    for row in rows:
        verdict = screen(offer_of(row["title"], brand=row.get("brand_label", "")), index)
        uses = {key_of(mark.text): match for match in verdict.matches if (mark := index.mark(match.mark_id))}
        mentioned = uses.get(key_of(row["mentioned_brand"]))
        if label_of(row["is_nominative"]):
            recognised.append(mentioned is not None and mentioned.use == "compatible")
            alerted.append(mentioned is not None and mentioned.verdict == "alert")
        own = uses.get(key_of(row.get("brand_label", "")))
        if own is not None:
            excused.append(own.use == "compatible")
    return [
        share("nominative.recognised", recognised),
        share("nominative.alerted", alerted),
        share("nominative.origin_excused", excused),
    ]


def measure_conflicts(rows: list[dict[str, str]]) -> list[Measured]:
    """Pairs of marks a tribunal judged: how well our probability orders them (AUC)."""
    scored = [
        (_pair_score(row["mark_a"], row["mark_b"]), label, row.get("source", ""))
        for row in rows
        if (label := label_of(row["similar"])) is not None
    ]
    measured = [_area("conflicts.all.auc", scored)] if scored else []
    for forum in sorted({source for *_, source in scored}):
        part = [each for each in scored if each[2] == forum]
        labels = [label for _, label, _ in part]
        if min(labels.count(True), labels.count(False)) >= 5:
            measured.append(_area(f"conflicts.{forum}.auc", part))
    return measured


def _area(name: str, scored: list[tuple[float, bool, str]]) -> Measured:
    """The area under the curve with its 95 % interval (Hanley and McNeil)."""
    area = _auc(scored)
    high = sum(label for _, label, _ in scored)
    low = len(scored) - high
    if not high or not low:
        return Measured(name, area, len(scored))
    both = area / (2 - area) - area**2
    other = 2 * area**2 / (1 + area) - area**2
    half = 1.96 * sqrt((area * (1 - area) + (high - 1) * both + (low - 1) * other) / (high * low))
    return Measured(name, area, len(scored), (max(0.0, area - half), min(1.0, area + half)))


def _pair_score(one: str, other: str) -> float:
    """The probability that one names the other, and how alike they are letter by letter where it says
    nothing.
    """
    named = max(_score_in(one, other), _score_in(other, one))
    alike = OSA.normalized_similarity(key_of(one), key_of(other))
    heard = OSA.normalized_similarity(sound_of(key_of(one)), sound_of(key_of(other)))
    return named + alike + heard


def _score_in(title: str, name: str) -> float:
    index = build_index([Mark(id="m", text=name, rights_holder="", office="XX")])
    matches: tuple[Match, ...] = screen(offer_of(title), index).matches
    return max((match.score for match in matches), default=0.0)


def _auc(scored: list[tuple[float, bool, str]]) -> float:
    high = [score for score, label, _ in scored if label]
    low = [score for score, label, _ in scored if not label]
    wins = sum((one > other) + 0.5 * (one == other) for one in high for other in low)
    return wins / (len(high) * len(low)) if high and low else nan


def with_true_names(index: Index, names: Iterable[str]) -> Index:
    """The index with names added that it does not hold yet."""
    known = {key_of(mark.text) for mark in index}
    return index.changed([mark for mark in marks_of(names, "true") if key_of(mark.text) not in known], ())
