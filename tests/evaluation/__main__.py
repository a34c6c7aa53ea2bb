"""Accuracy on labelled sets: `python -m tests.evaluation DIR` prints a report and writes
var/evaluation.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from matching.index import Index, build_index
from matching.model import Mark
from matching.scoring import DEFAULT_POLICY
from partners.reference.frequencies import lexicon
from tests.evaluation import entities, measures, planted
from tests.evaluation.fit import read_samples
from tests.evaluation.measures import Measured, per_1000, share
from tests.evaluation.sets import listing_sets, marks_of, read_set

FEW = 1000
SIZES = {"10k": 10_000, "100k": 100_000}


def brands_of(rows: list[dict[str, str]], column: str) -> list[str]:
    """The distinct brands of a labelled column."""
    return sorted({brand for row in rows for brand in row.get(column, "").split("|") if brand})


def evaluate(folder: Path, console: Console, missing: list[str]) -> Iterator[Measured]:
    """Measure everything that the folder's files allow."""
    marks = marks_of(row["mark"] for row in read_set(folder, "marks", missing))
    console.print(f"{len(marks):,} distinct names stand in for marks.")
    index = build_index(marks, lexicon())
    hosts: list[str] = []
    for name in listing_sets(folder):
        rows = read_set(folder, name, missing)
        hosts += [row["title"] for row in rows[:400]]
        yield from measures.measure_listings(name, rows, index)
    yield from small_sets(folder, index, missing)
    yield from held_out(folder, missing)
    yield from parties(folder, missing)
    yield from disguised(marks, index, hosts or ["black cotton shirt for men size m"])


def small_sets(folder: Path, index: Index, missing: list[str]) -> Iterator[Measured]:
    """Replicas, masks, nominative use and conflicts; the true brands are added where the registry lacks
    them.
    """
    replicas = read_set(folder, "replica_listings", missing)
    masks = read_set(folder, "masked_brands", missing)
    nominative = read_set(folder, "nominative_use", missing)
    names = (
        brands_of(replicas, "truth_brands")
        + brands_of(masks, "brand_label")
        + brands_of(nominative, "mentioned_brand")
    )
    full = measures.with_true_names(index, names)
    yield from measures.measure_replicas(replicas, full) if replicas else ()
    yield from measures.measure_masks(masks, full) if masks else ()
    yield from measures.measure_nominative(nominative, full) if nominative else ()
    yield from measures.measure_conflicts(read_set(folder, "conflicts", missing))


def held_out(folder: Path, missing: list[str]) -> Iterator[Measured]:
    """Disguises of brands that no weight was fitted on, in titles of such brands, by a registry of brands."""
    sample = read_samples(folder, {"test": (3000, 1500)}, missing)["test"]
    if not sample.cases:
        return
    for budget in (2, 5, 10):
        line = planted.threshold_at(sample, budget)
        for family in ("all", "visible", "typos6", "typos45"):
            yield share(f"held_out.{family}.recall_at_{budget}", planted.found(sample, line, family))
    wrong = planted.false_titles(sample, DEFAULT_POLICY.thresholds.disguise)
    yield per_1000("held_out.false_per_1000", wrong)
    error, rows = planted.calibration_error(sample)
    yield Measured("calibration.ece", error, rows)


def parties(folder: Path, missing: list[str]) -> Iterator[Measured]:
    """Sellers and seized parties told together and apart, and how well priors of seizures foretell a year."""
    pairs = read_set(folder, "entity_pairs", missing)
    companies = read_set(folder, "org_names_addresses_ieee", missing)
    figures = entities.measure_priors()
    figures |= entities.measure_pairs(pairs) if pairs else {}
    figures |= entities.measure_rewritten(companies) if companies else {}
    for name, value in figures.items():
        if not name.endswith(("_low", "_high", ".pairs", ".asked")):
            bounds = (figures[f"{name}_low"], figures[f"{name}_high"]) if f"{name}_low" in figures else None
            room = name.rpartition(".")[0]
            total = figures.get(f"{room}.pairs", figures.get(f"{room}.asked", 0.0))
            yield Measured(name, value, int(total), bounds)


def disguised(marks: list[Mark], index: Index, hosts: list[str]) -> Iterator[Measured]:
    """Synthetic disguises at growing sizes of the registry."""
    for size, count in SIZES.items():
        if count < len(marks):
            part = Random(size).sample(marks, count)  # noqa: S311 - repeatable, nothing secret
            yield from measures.measure_disguises(size, part, build_index(part, lexicon()), hosts)
    yield from measures.measure_disguises(f"{len(marks) // 1000}k", marks, index, hosts)


def report(console: Console, measured: list[Measured]) -> None:
    """Print one table: the number, how many cases it rests on, its 95 % interval."""
    table = Table("measurement", "value", "of", "95 %", title="Accuracy")
    for each in measured:
        bounds = each.bounds
        table.add_row(
            each.name,
            f"{each.value:.3f}",
            f"{each.total:,}" if each.total else "",
            f"{bounds[0]:.2f}-{bounds[1]:.2f}" if bounds else "",
        )
    console.print(table)
    for name, value in figures_of(measured).items():
        console.print(f"{name} {value:.4f}", highlight=False)


def main(folder: Path) -> None:
    """Measure, print, write."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    missing: list[str] = []
    measured = list(evaluate(folder, console, missing))
    report(console, measured)
    for name in missing:
        console.print(f"missing: {name}")
    target = Path("var/evaluation.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures_of(measured), indent=1) + "\n")


def figures_of(measured: list[Measured]) -> dict[str, float]:
    """Every number by its name, with the bounds of its interval where it rests on fewer than 1,000 cases."""
    figures = {}
    for each in measured:
        figures[each.name] = round(each.value, 4)
        if each.bounds and each.total < FEW:
            figures |= {
                f"{each.name}_low": round(each.bounds[0], 4),
                f"{each.name}_high": round(each.bounds[1], 4),
            }
    return figures


if __name__ == "__main__":
    main(Path(sys.argv[1]))
