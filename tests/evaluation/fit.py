"""The fit: `python -m tests.evaluation.fit DIR` weighs evidence on planted disguises and prints the table;
`--write VERSION` writes it into matching/policy_table.py.

Monotone binned log-odds: the bins are those of the present table, and a weight keeps its sign or becomes 0. A
weight that fewer than 30 rows speak for stays as it is. The same data give the same table. A version that
was once released has to stay in `scoring.POLICIES`, so that kept advice can be recomputed under it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from matching import policy_table
from matching.index import build_index
from matching.market import NO_MARKET
from matching.policies import DEFAULT_POLICY
from matching.scoring import Policy
from partners.reference.frequencies import lexicon
from tests.evaluation import held_out
from tests.evaluation.planted import (
    HIDING,
    Part,
    Sample,
    calibration_error,
    false_titles,
    found,
    half_of,
    look,
    marks_to_plant,
    plant,
    pooled,
    safe_threshold_at,
    threshold_at,
    titles_of,
)
from tests.evaluation.sets import market_of, marks_of, notice_of, read_set, read_titles

FEWEST_ROWS = 30
PENALTY = 1e-3
"""What a step away from the present weights costs: few rows move little."""
ROUNDS = 100
STILL = 1e-5
AS_ONE = ("joined",)
"""Names whose words are written as one are no disguise, but are weighed like one: as often as each kind."""
TABLE_FILE = Path(policy_table.__file__)


FIRST_DAY = 0.4
SURE = 0.999
"""The line of a budget that there are too few titles for."""
SETTINGS = ("brands", "brands, first day", "all", "all, first day")
Worth = Mapping[str, float]
Budgets = Sequence[tuple[float, float]]


class Bin(NamedTuple):
    """One step of the table: evidence `code` of at least `at_least`; its present weight gives the sign."""

    code: str
    at_least: float
    weight: float


class Rows(NamedTuple):
    """A line for each hit: which bins it reaches, whether it is right, and what it counts for."""

    reached: np.ndarray
    right: np.ndarray
    weights: np.ndarray


def bins_of(policy: Policy) -> list[Bin]:
    return [Bin(code, at, weight) for code, steps in policy.disguised.items() for at, weight in steps]


def rows_of(sample: Sample, bins: Sequence[Bin]) -> Rows:
    hits = [hit for hit in sample.hits if not hit.is_plain]
    codes = {each.code for each in bins}
    told = {code: np.array([hit.values.get(code, 0.0) for hit in hits]) for code in codes}
    reached = np.zeros((len(hits), len(bins)))
    for place, each in enumerate(bins):
        values = told[each.code]
        reached[:, place] = (values > 0) & (values >= each.at_least)
    right = np.array([hit.is_true for hit in hits], dtype=np.float64)
    counted = sample.weights()
    weights = np.array([counted[hit.case] for hit in hits])
    return Rows(reached, right, weights * len(sample.cases))


def _distinct(rows: Rows) -> Rows:
    """Rows that say the same as one that counts for as much: most do."""
    packed = np.packbits(np.column_stack([rows.reached > 0, rows.right > 0]), axis=1)
    _, first, kind = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    weights = np.bincount(kind.ravel(), weights=rows.weights, minlength=len(first))
    return Rows(rows.reached[first], rows.right[first], weights)


def fit(rows: Rows, bins: Sequence[Bin], bias: float) -> tuple[float, list[float]]:
    """Weights of least weighted log loss, signs kept, by Newton's method projected on the signs."""
    present = np.array([0.0, *(each.weight for each in bins)])
    is_free = np.array([True, *(rows.reached.sum(axis=0) >= FEWEST_ROWS)])
    signs, pulls = np.sign(present), np.array([0.0] + [PENALTY] * len(bins))
    rows = _distinct(rows)
    design = np.column_stack([np.ones(len(rows.right)), rows.reached])
    counts = rows.weights / rows.weights.sum()

    def loss(theta: np.ndarray) -> float:
        said = design @ theta
        return float(
            counts @ (np.logaddexp(0, said) - rows.right * said) + pulls @ (theta - present) ** 2 / 2
        )

    theta = np.array([bias, *present[1:]])
    for _ in range(ROUNDS):
        said = 1 / (1 + np.exp(-design @ theta))
        slope = design.T @ (counts * (said - rows.right)) + pulls * (theta - present)
        moves = is_free & ~((theta == 0) & (signs != 0) & (slope * signs > 0))
        curve = (design.T * (counts * said * (1 - said))) @ design + np.diag(pulls + 1e-9)
        step = np.zeros_like(theta)
        step[moves] = np.linalg.solve(curve[np.ix_(moves, moves)], slope[moves])
        following = _shortened(theta, step, signs, loss)
        moved = np.abs(following - theta).max()
        theta = following
        if moved < STILL:
            break
    return round(float(theta[0]), 2), [round(float(each), 1) + 0.0 for each in theta[1:]]


def _shortened(
    theta: np.ndarray, step: np.ndarray, signs: np.ndarray, loss: Callable[[np.ndarray], float]
) -> np.ndarray:
    """The step, or the part of it that makes the loss smaller; weights do not cross zero."""
    before, size = loss(theta), 1.0
    while size > 1e-6:
        following = theta - size * step
        following = np.where(following * signs < 0, 0.0, following)
        if loss(following) <= before:
            return following
        size /= 2
    return theta


def policy_with(bias: float, weights: Sequence[float], bins: Sequence[Bin], version: str) -> Policy:
    table: dict[str, tuple[tuple[float, float], ...]] = {}
    for each, weight in zip(bins, weights, strict=True):
        table[each.code] = (*table.get(each.code, ()), (each.at_least, weight))
    return replace(DEFAULT_POLICY, version=version, disguised_bias=bias, disguised=table)


def rendered(text: str, policy: Policy, budgets: Budgets = policy_table.BUDGETS) -> str:
    """The source of the table with the weights of a policy; comments and order stay."""
    head, opening, rest = text.partition("DISGUISED: Final[Table] = {")
    body, closing, tail = rest.partition("\n}\n")
    head = re.sub(r'(POLICY_VERSION: Final = )"[^"]*"', rf'\g<1>"{policy.version}"', head)
    head = re.sub(r"(DISGUISED_BIAS: Final = )[-\d.]+", rf"\g<1>{policy.disguised_bias}", head)
    for code, steps in policy.disguised.items():
        worth = [f"({at:g}, {weight})" for at, weight in steps if weight]
        line = f'    "{code}": ({", ".join(worth)}{"," if len(worth) == 1 else ""}),\n' if worth else ""
        body = re.sub(rf'^    "{code}": .*\n', line, body, flags=re.MULTILINE)
    told = ", ".join(f"({budget:g}, {line:g})" for budget, line in budgets)
    tail = re.sub(r"(?m)^(BUDGETS: Final = )\(.*\)$", rf"\g<1>({told})", tail)
    return head + opening + body + closing + tail


def read_samples(folder: Path, cases: int, missing: list[str]) -> dict[Part, list[Sample]]:
    """The hits of the parts, by a registry of brands and by one of all names, each in a market that has
    learned and on a first day; the weights of today are not looked at.
    """
    titles = read_titles(folder, missing)
    brands = held_out.brands_of(folder, missing)
    others = marks_of(row["mark"] for row in read_set(folder, "marks", missing))
    market = market_of(titles)
    counts: dict[Part, tuple[int, int]] = {
        "fit": (cases, cases * 2 // 3),
        "calibrate": (cases // 2, cases // 4),
        "test": (cases, cases // 2),
    }
    samples: dict[Part, list[Sample]] = {part: [] for part in counts}
    for marks in (brands, others):
        index = build_index(marks, lexicon())
        for part, wanted in counts.items():
            hosts, mine = titles_of(titles, part), marks_to_plant(brands, part)
            planted = plant(hosts, mine, wanted, f"planted {part}")
            if part != "test":  # what is measured holds none of them
                as_one = (0, wanted[1] // len(HIDING))
                planted += plant(hosts, mine, as_one, f"joined {part}", AS_ONE)
            samples[part] += [look(planted, index, known) for known in (market, NO_MARKET)]
    return samples


def joined(samples: Sequence[Sample], bins: Sequence[Bin]) -> Rows:
    """The rows of several samples; a first day counts for less than a market that has learned."""
    parts = [rows_of(sample, bins) for sample in samples]
    shares = [1.0 if place % 2 == 0 else FIRST_DAY for place in range(len(parts))]
    return Rows(
        np.concatenate([part.reached for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.weights * each for part, each in zip(parts, shares, strict=True)]),
    )


def rescored(sample: Sample, bins: Sequence[Bin], bias: float, weights: Sequence[float]) -> Sample:
    """The same hits with the scores of other weights."""
    rows = rows_of(sample, bins)
    scores = iter(1 / (1 + np.exp(-(bias + rows.reached @ np.array(weights)))))
    hits = [hit if hit.is_plain else hit._replace(score=float(next(scores))) for hit in sample.hits]
    return Sample(sample.cases, tuple(hits))


def compare(console: Console, before: Worth, after: Worth) -> None:
    """What the weights are worth on brands that they were not fitted on."""
    table = Table("on the test part", "present", "fitted", title="Worth")
    for name in before:
        table.add_row(name, f"{before[name]:.3f}", f"{after[name]:.3f}")
    console.print(table)


def worth_of(samples: Mapping[Part, Sequence[Sample]]) -> Worth:
    """Figures on the test part, with lines that were drawn on the other; by registry and market."""
    figures = {}
    for name, calibrated, tested in zip(SETTINGS, samples["calibrate"], samples["test"], strict=True):
        line = threshold_at(calibrated, 2.0)
        for family in ("all", "visible", "typos6", "typos45"):
            shares = found(tested, line, family)
            figures[f"{name}: {family} at 2 false per 1,000"] = sum(shares) / max(1, len(shares))
        wrong = false_titles(tested, line)
        figures[f"{name}: false per 1,000 spent"] = 1000 * sum(wrong) / max(1, len(wrong))
        figures[f"{name}: calibration error"] = calibration_error(tested)[0]
    return figures


def settled(
    samples: Mapping[Part, Sequence[Sample]], bins: Sequence[Bin], bias: float, weights: Sequence[float]
) -> list[Sample]:
    """What lines are drawn on, by registry, in a market that has learned: the part that is not fitted on, and
    each half of the other with weights fitted on the other half, so that no brand weighs on its own line.
    """
    drawn = [[rescored(each, bins, bias, weights)] for each in samples["calibrate"][::2]]
    for half in (0, 1):
        rest = joined([half_of(each, 1 - half) for each in samples["fit"]], bins)
        told = fit(rest, bins, bias)
        for those, each in zip(drawn, samples["fit"][::2], strict=True):
            those.append(rescored(half_of(each, half), bins, *told))
    return [pooled(those) for those in drawn]


def budgets_of(samples: Sequence[Sample]) -> tuple[tuple[float, float], ...]:
    """Budgets of false titles per 1,000, and the line that keeps each with both registries, nine times in
    ten.
    """
    return tuple(
        (budget, round(min(SURE, max(0.2, *(safe_threshold_at(each, budget) for each in samples))), 3))
        for budget, _ in policy_table.BUDGETS
    )


def main() -> None:
    """Fit, compare, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", metavar="VERSION", help="write matching/policy_table.py")
    parser.add_argument("--cases", type=int, default=9000, help="clean titles; two thirds as many planted")
    asked = parser.parse_args()
    console, missing = Console(), []
    samples = read_samples(asked.folder, asked.cases, missing)
    for name in missing:
        console.print(notice_of(name))
    bins = bins_of(DEFAULT_POLICY)
    rows = joined(samples["fit"], bins)
    bias, weights = fit(rows, bins, DEFAULT_POLICY.disguised_bias)
    after = {part: [rescored(each, bins, bias, weights) for each in those] for part, those in samples.items()}
    console.print(f"{len(rows.right):,} hits fitted on")
    compare(console, worth_of(samples), worth_of(after))
    drawn = settled(samples, bins, bias, weights)
    policy = policy_with(bias, weights, bins, asked.write or DEFAULT_POLICY.version)
    text = rendered(TABLE_FILE.read_text(encoding="utf-8"), policy, budgets_of(drawn))
    if asked.write:
        TABLE_FILE.write_text(text, encoding="utf-8")
        console.print("Written: matching/policy_table.py")
    else:
        console.print(
            text[text.index("DISGUISED_BIAS") : text.index("ACTION_BIAS")], markup=False, highlight=False
        )


if __name__ == "__main__":
    main()
