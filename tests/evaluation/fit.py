"""The fit: `python -m tests.evaluation.fit DIR` weighs evidence on planted disguises and prints the table;
`--write VERSION` writes it into matching/policy_table.py.

Monotone binned log-odds: the bins are those of the present table, and a weight keeps its sign or becomes 0. A
weight that fewer than 30 rows speak for stays as it is. The same data give the same table. A version that
was once released has to stay in `scoring.POLICIES`, so that kept advice can be recomputed under it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from matching import policy_table
from matching.index import build_index
from matching.scoring import DEFAULT_POLICY, Policy
from partners.reference.frequencies import lexicon
from tests.evaluation.planted import (
    BRAND_SOURCES,
    Sample,
    calibration_error,
    false_titles,
    found,
    look,
    marks_to_plant,
    plant,
    threshold_at,
    titles_of,
)
from tests.evaluation.sets import listing_sets, marks_of, read_set

FEWEST_ROWS = 30
PENALTY = 1e-3
"""What a step away from the present weights costs: few rows move little."""
ROUNDS = 4000
TABLE_FILE = Path(policy_table.__file__)


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
    reached = np.array(
        [[0 < hit.values.get(each.code, 0.0) >= each.at_least for each in bins] for hit in hits],
        dtype=np.float64,
    ).reshape(len(hits), len(bins))
    right = np.array([hit.is_true for hit in hits], dtype=np.float64)
    weights = np.array([sample.weight(hit.case) for hit in hits])
    return Rows(reached, right, weights * len(sample.cases))


def fit(rows: Rows, bins: Sequence[Bin], bias: float) -> tuple[float, list[float]]:
    """Weights of least weighted log loss, signs kept, by accelerated projected gradient."""
    present = np.array([each.weight for each in bins])
    is_free = rows.reached.sum(axis=0) >= FEWEST_ROWS
    signs = np.sign(present)
    total = rows.weights.sum()
    design = np.column_stack([np.ones(len(rows.right)), rows.reached])
    step = 4.0 * total / ((design**2).sum(axis=1) * rows.weights).sum()
    theta = np.concatenate([[bias], present])
    ahead, momentum = theta.copy(), 1.0
    for _ in range(ROUNDS):
        said = 1 / (1 + np.exp(-design @ ahead))
        slope = design.T @ (rows.weights * (said - rows.right)) / total
        slope[1:] = (slope[1:] + PENALTY * (ahead[1:] - present)) * is_free
        following = ahead - step * slope
        following[1:] = np.where(following[1:] * signs < 0, 0.0, following[1:])
        faster = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = following + (momentum - 1) / faster * (following - theta)
        theta, momentum = following, faster
    return round(float(theta[0]), 2), [round(float(each), 1) + 0.0 for each in theta[1:]]


def policy_with(bias: float, weights: Sequence[float], bins: Sequence[Bin], version: str) -> Policy:
    table: dict[str, tuple[tuple[float, float], ...]] = {}
    for each, weight in zip(bins, weights, strict=True):
        table[each.code] = (*table.get(each.code, ()), (each.at_least, weight))
    return replace(DEFAULT_POLICY, version=version, disguised_bias=bias, disguised=table)


def rendered(text: str, policy: Policy) -> str:
    """The source of the table with the weights of a policy; comments and order stay."""
    head, opening, rest = text.partition("DISGUISED: Final[Table] = {")
    body, closing, tail = rest.partition("\n}\n")
    head = re.sub(r'(POLICY_VERSION: Final = )"[^"]*"', rf'\g<1>"{policy.version}"', head)
    head = re.sub(r"(DISGUISED_BIAS: Final = )[-\d.]+", rf"\g<1>{policy.disguised_bias}", head)
    for code, steps in policy.disguised.items():
        told = ", ".join(f"({at:g}, {weight})" for at, weight in steps)
        line = f'    "{code}": ({told}{"," if len(steps) == 1 else ""}),'
        body = re.sub(rf'^    "{code}": .*$', line, body, flags=re.MULTILINE)
    return head + opening + body + closing + tail


def read_samples(
    folder: Path, counts: Mapping[str, tuple[int, int]], missing: list[str]
) -> dict[str, Sample]:
    """The hits of both parts, by a registry of brands; the weights of today are not looked at."""
    listed = read_set(folder, "marks", missing)
    brands = [row for row in listed if row.get("source", "brand_label") in BRAND_SOURCES] or listed
    marks = marks_of(row["mark"] for row in brands)
    index = build_index(marks, lexicon())
    rows = [row for name in listing_sets(folder) for row in read_set(folder, name, missing)]
    return {
        part: look(
            plant(titles_of(rows, part), marks_to_plant(marks, part), wanted, f"planted {part}"), index
        )
        for part, wanted in counts.items()
    }


def rescored(sample: Sample, rows: Rows, bias: float, weights: Sequence[float]) -> Sample:
    """The same hits with the scores of other weights."""
    scores = 1 / (1 + np.exp(-(bias + rows.reached @ np.array(weights))))
    hits = [
        hit._replace(score=round(float(score), 4)) for hit, score in zip(sample.hits, scores, strict=True)
    ]
    return Sample(sample.cases, tuple(hits))


def compare(console: Console, before: Sample, after: Sample) -> None:
    """What the weights are worth on brands that they were not fitted on."""
    table = Table("on the test part", "present", "fitted", title="Worth")
    figures = [figures_of(sample) for sample in (before, after)]
    for name in figures[0]:
        table.add_row(name, *(f"{figure[name]:.3f}" for figure in figures))
    console.print(table)


def figures_of(sample: Sample) -> dict[str, float]:
    at = threshold_at(sample, 2.0)
    shares = {family: found(sample, at, family) for family in ("all", "visible", "typos6", "typos45")}
    wrong = false_titles(sample, DEFAULT_POLICY.thresholds.disguise)
    return {
        **{f"{name} at 2 false per 1,000": sum(each) / max(1, len(each)) for name, each in shares.items()},
        "false per 1,000 at the line of review": 1000 * sum(wrong) / max(1, len(wrong)),
        "calibration error": calibration_error(sample)[0],
    }


def main() -> None:
    """Fit, compare, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", metavar="VERSION", help="write matching/policy_table.py")
    parser.add_argument("--cases", type=int, default=6000, help="clean titles, and as many planted")
    asked = parser.parse_args()
    console, missing = Console(), []
    counts = {"fit": (asked.cases, asked.cases), "test": (asked.cases // 2, asked.cases // 4)}
    samples = read_samples(asked.folder, counts, missing)
    for name in missing:
        console.print(f"missing: {name}")
    bins = bins_of(DEFAULT_POLICY)
    bias, weights = fit(rows_of(samples["fit"], bins), bins, DEFAULT_POLICY.disguised_bias)
    test = rows_of(samples["test"], bins)
    console.print(f"{len(samples['fit'].hits):,} hits fitted on, {len(test.right):,} measured on")
    compare(console, samples["test"], rescored(samples["test"], test, bias, weights))
    policy = policy_with(bias, weights, bins, asked.write or DEFAULT_POLICY.version)
    text = rendered(TABLE_FILE.read_text(encoding="utf-8"), policy)
    if asked.write:
        TABLE_FILE.write_text(text, encoding="utf-8")
        console.print("Written: matching/policy_table.py")
    else:
        console.print(
            text[text.index("DISGUISED_BIAS") : text.index("ACTION_BIAS")], markup=False, highlight=False
        )


if __name__ == "__main__":
    main()
