"""Accuracy on labelled sets: `python -m tests.evaluation DIR` prints a report, section by section as each is
measured, and writes var/evaluation.json.

Of a set of listings at most 20,000 rows are screened, of all sets at most 60,000 titles are learned from and
planted in; more are drawn from, repeatably, and that is said. Beside each figure stand the number of
cases it rests on and its 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path
from random import Random
from typing import NamedTuple

from rich.console import Console

from matching.index import Index, build_index
from matching.model import Mark
from partners.reference.frequencies import lexicon
from tests.evaluation import entities, held_out, measures, synthetic
from tests.evaluation.measures import Measured
from tests.evaluation.registries import ALL_SIZES, FILLED, HELD_OUT, marks_at
from tests.evaluation.report import figures_of, tell, tell_targets
from tests.evaluation.sets import MOST_TITLES, listing_sets, marks_of, notice_of, read_set, read_titles

MOST_ROWS = 20_000
"""No more rows of one set of listings are screened; which, is drawn."""
WIDTH = 130
"""Of what is written to a file."""
NO_TITLES = ("black cotton shirt for men size m",)
Section = tuple[str, Iterator[Measured]]


class Asked(NamedTuple):
    """A folder, the sizes of registries, how many synthetic cases, where to print, and what is missing."""

    folder: Path
    sizes: Sequence[str]
    scale: float
    console: Console
    missing: list[str]


def sections(asked: Asked) -> Iterator[Section]:
    """Everything that the folder's files allow, in parts; each is measured while it is read."""
    folder, missing = asked.folder, asked.missing
    marks = marks_of(row["mark"] for row in read_set(folder, "marks", missing))
    asked.console.print(f"{len(marks):,} distinct names stand in for marks.")
    index = build_index(marks, lexicon())
    for name in listing_sets(folder):
        yield f"Ordinary titles: {name}", iter(measures.measure_listings(name, rows_of(asked, name), index))
    hosts = [title.text for title in read_titles(folder, missing)] or list(NO_TITLES)
    if len(hosts) == MOST_TITLES:
        asked.console.print(f"{MOST_TITLES:,} titles are drawn to learn from and to plant in.")
    yield "Small labelled sets", small_sets(folder, index, missing)
    yield "Brands held out, by a registry of brands", held_out.measure(folder, missing, asked.scale)
    yield "Parties", parties(folder, missing)
    for size in asked.sizes:
        part = marks_at(size, marks, folder, asked.console)
        if part:
            part_index = index if part is marks else build_index(part, lexicon())
            yield from of_size(asked, size, part, part_index, hosts)


def of_size(asked: Asked, size: str, marks: list[Mark], index: Index, hosts: list[str]) -> Iterator[Section]:
    """What is measured by a registry of a size: `marks`, of which some are disguised, in `hosts`."""
    scale = asked.scale
    if size in HELD_OUT:
        held = held_out.measure_among(size, asked.folder, index, asked.missing, scale)
        yield f"Brands held out, by a registry of {len(index):,}", held
    if size in FILLED and size != "filled":
        return
    name = f"by a registry of {len(index):,}"
    yield f"Disguises {name}", synthetic.measure_disguises(size, marks, index, hosts, scale)
    yield f"Names in other scripts {name}", synthetic.measure_scripts(size, marks, index, hosts, scale)
    yield f"Long names {name}", synthetic.measure_long(size, marks, index, hosts, scale)
    yield f"Hidden letters {name}", synthetic.measure_hidden(size, marks, index, scale)


def rows_of(asked: Asked, name: str) -> list[dict[str, str]]:
    """The rows of a set of listings; of a large one as many as are drawn, and that is said."""
    rows = read_set(asked.folder, name, asked.missing)
    if len(rows) > MOST_ROWS:
        asked.console.print(f"{name}: {MOST_ROWS:,} of {len(rows):,} rows are drawn.")
        rows = Random(name).sample(rows, MOST_ROWS)  # noqa: S311 - repeatable
    return rows


def brands_of(rows: list[dict[str, str]], column: str) -> list[str]:
    """The distinct brands of a labelled column."""
    return sorted({brand for row in rows for brand in row.get(column, "").split("|") if brand})


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


def main(arguments: Sequence[str]) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default=",".join(ALL_SIZES), help="sizes of registries: %(default)s")
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer synthetic cases: %(default)s")
    parser.add_argument("--output", type=Path, default=Path("var/evaluation.json"))
    told = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    sizes = [size for size in told.sizes.split(",") if size]
    asked = Asked(told.folder, sizes, told.scale, console, [])
    told.output.parent.mkdir(exist_ok=True)
    measured: list[Measured] = []
    empty: list[Measured] = []
    for title, section in sections(asked):
        drawn = list(section)
        figures = [each for each in drawn if not isnan(each.value)]
        empty += [each for each in drawn if isnan(each.value)]
        measured += figures
        tell(console, f"{title} ({time.process_time() / 60:.1f} min CPU so far)", figures)
        told.output.write_text(json.dumps(figures_of(measured), indent=1) + "\n")
    tell_targets(console, measured)
    for each in empty:
        reason = "not computable, all cases have one label" if each.total else "no cases"
        console.print(f"{reason}: {each.name}", highlight=False)
    for lacking in asked.missing:
        console.print(notice_of(lacking), highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main(sys.argv[1:])
