"""Accuracy on labelled sets: `python -m tests.evaluation DIR` prints a report and writes
var/evaluation.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from matching.index import Index, build_index
from matching.model import Mark
from partners.reference.frequencies import lexicon
from tests.evaluation import entities, held_out, measures, synthetic
from tests.evaluation.measures import Measured
from tests.evaluation.sets import listing_sets, marks_of, read_set, read_titles

FEW = 1000
SIZES = {"10k": 10_000, "100k": 100_000}
"""Parts of the registry by size; beside them `all` is all of it, and `filled` all of it with filler names."""
ALL_SIZES = (*SIZES, "all", "filled")
MADE_UP = 1_480_000


def brands_of(rows: list[dict[str, str]], column: str) -> list[str]:
    """The distinct brands of a labelled column."""
    return sorted({brand for row in rows for brand in row.get(column, "").split("|") if brand})


def evaluate(
    folder: Path, console: Console, missing: list[str], sizes: Sequence[str] = ALL_SIZES, scale: float = 1.0
) -> Iterator[Measured]:
    """Measure everything that the folder's files allow; `scale` makes more or fewer synthetic cases."""
    marks = marks_of(row["mark"] for row in read_set(folder, "marks", missing))
    console.print(f"{len(marks):,} distinct names stand in for marks.")
    index = build_index(marks, lexicon())
    for name in listing_sets(folder):
        yield from measures.measure_listings(name, read_set(folder, name, missing), index)
    yield from small_sets(folder, index, missing)
    yield from held_out.measure(folder, missing, scale)
    yield from parties(folder, missing)
    titles = [title.text for title in read_titles(folder, missing)] or ["black cotton shirt for men size m"]
    for size in sizes:
        part = marks_at(size, marks, folder, console)
        if part:
            part_index = index if part is marks else build_index(part, lexicon())
            yield from synthetic.measure_disguises(size, part, part_index, titles, scale)
            yield from synthetic.measure_hidden(size, part, part_index, scale)


def marks_at(size: str, marks: list[Mark], folder: Path, console: Console) -> list[Mark]:
    """The registry at a size: a part of the names, all of them, or all with filler names up to 1.48 million.

    Where there is no file of filler names, they are made up of the words of the others, and that is said.
    """
    if size in SIZES:
        some = Random(size).sample(marks, min(SIZES[size], len(marks)))  # noqa: S311 - repeatable
        return some if len(some) < len(marks) else []
    if size == "all" or not marks:
        return marks
    listed = [row["name"] for row in read_set(folder, "marks_filler_names", [])]
    filler = marks_of(listed or made_up([mark.text for mark in marks], MADE_UP - len(marks)), "filler")
    console.print(f"filled: {len(filler):,} filler names, {'listed' if listed else 'made up'}, are no marks.")
    return marks + filler


def made_up(names: list[str], count: int) -> Iterator[str]:
    """Names of two words that other names have."""
    words = sorted({word for name in names for word in name.split()})
    random = Random("filler")  # noqa: S311 - repeatable, nothing secret
    return (f"{random.choice(words)} {random.choice(words)}" for _ in range(count))


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


def main(arguments: Sequence[str]) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--sizes", default=",".join(ALL_SIZES), help="registries of the synthetic disguises: %(default)s"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer synthetic cases: %(default)s")
    parser.add_argument("--output", type=Path, default=Path("var/evaluation.json"))
    asked = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 110)
    missing: list[str] = []
    sizes = [size for size in asked.sizes.split(",") if size]
    measured = list(told(evaluate(asked.folder, console, missing, sizes, asked.scale)))
    report(console, measured)
    for name in missing:
        console.print(f"missing: {name}")
    asked.output.parent.mkdir(exist_ok=True)
    asked.output.write_text(json.dumps(figures_of(measured), indent=1) + "\n")


def told(measured: Iterable[Measured]) -> Iterator[Measured]:
    """Each measurement as it comes, told aside with the minutes so far: all of them take a while."""
    aside, started = Console(stderr=True), time.monotonic()
    for each in measured:
        minutes = (time.monotonic() - started) / 60
        aside.print(f"{minutes:5.1f} min  {each.name} {each.value:.4f}", highlight=False)
        yield each


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
    main(sys.argv[1:])
