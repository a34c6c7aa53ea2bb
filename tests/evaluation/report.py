"""The report: tables for reading, `name value` lines for comparing, and the figures beside their targets."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from tests.evaluation.measures import Measured
from tests.evaluation.targets import TARGETS, Target

FEW = 1000


def tell(console: Console, title: str, measured: Sequence[Measured]) -> None:
    """One section: a table with the number of cases and the 95 % interval, and a line for each number."""
    if not measured:
        return
    table = Table(_name(), "value", "of", "95 %", title=title)
    for each in measured:
        total = f"{each.total:,}" if each.total else ""
        table.add_row(each.name, f"{each.value:.3f}", total, interval(each))
    console.print(table)
    for name, value in figures_of(measured).items():
        console.print(f"{name} {value:.4f}", highlight=False, soft_wrap=True)
    sys.stdout.flush()


def _name() -> Column:
    return Column("measurement", overflow="fold")


def interval(each: Measured) -> str:
    """The bounds, with as many places as a number of that size needs."""
    if not each.bounds:
        return ""
    places = 3 if max(each.bounds) < 10 else 1
    return " to ".join(f"{bound:.{places}f}" for bound in each.bounds)


def figures_of(measured: Sequence[Measured]) -> dict[str, float]:
    """Every number by its name, with the bounds of its interval and the number of its cases where it rests on
    fewer than 1,000.
    """
    figures = {}
    for each in measured:
        figures[each.name] = round(each.value, 4)
        if each.bounds and each.total < FEW:
            figures |= {
                f"{each.name}_low": round(each.bounds[0], 4),
                f"{each.name}_high": round(each.bounds[1], 4),
                f"{each.name}_cases": each.total,
            }
    return figures


def tell_targets(console: Console, measured: Sequence[Measured]) -> None:
    """The figures that have a target: reached, missed, or within chance of it."""
    figures = {each.name: each for each in measured}
    known = [(figures[target.name], target) for target in TARGETS if target.name in figures]
    if not known:
        return
    table = Table(_name(), "value", "of", "95 %", "target", "", title="Targets")
    for each, target in known:
        wanted = f"{'at least' if target.is_least else 'at most'} {target.value:g}"
        row = (each.name, f"{each.value:.3f}", f"{each.total:,}", interval(each), wanted)
        table.add_row(*row, judged(each, target))
    console.print(table)


def judged(each: Measured, target: Target) -> str:
    """Whether a figure reaches its target; one whose interval holds the target is missed within chance."""
    missed = each.value < target.value if target.is_least else each.value > target.value
    if not missed:
        return "reached"
    low, high = each.bounds or (each.value, each.value)
    return "missed, within chance" if low <= target.value <= high else "missed"
