"""Registries of several sizes: a part of the names that stand in for marks, all of them, or with filler."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from rich.console import Console

from matching.model import Mark
from tests.evaluation.sets import marks_of, notice_of, read_set

PARTS = {"10k": 10_000, "100k": 100_000}
FILLED = {"1m": 1_000_000, "filled": 1_480_000}
"""With filler names up to so many; `filled` has all that are listed."""
ALL_SIZES = (*PARTS, "all", *FILLED)
HELD_OUT = ("all", "1m")
"""Those by which disguises of brands held out are measured, besides the registry of brands alone."""


def marks_at(size: str, marks: list[Mark], folder: Path, console: Console) -> list[Mark]:
    """The registry at a size; none where there are too few names for it.

    Where there is no file of filler names, they are made up of the words of the others, and that is said.
    """
    if size in PARTS:
        some = Random(size).sample(marks, min(PARTS[size], len(marks)))  # noqa: S311 - repeatable
        return some if len(some) < len(marks) else []
    if size not in FILLED or not marks:
        return marks
    wanted = FILLED[size] - len(marks)
    lacking: list[str] = []
    listed = [row.get("name", "") for row in read_set(folder, "marks_filler_names", lacking)]
    for each in lacking:
        console.print(notice_of(each), highlight=False, markup=False, soft_wrap=True)
    if size != "filled" and len(listed) > wanted:
        listed = Random(size).sample(listed, wanted)  # noqa: S311 - repeatable
    filler = marks_of(listed or made_up(marks, wanted), "filler")
    console.print(f"{size}: {len(filler):,} filler names, {'listed' if listed else 'made up'}, are no marks.")
    return marks + filler


def made_up(marks: list[Mark], count: int) -> Iterator[str]:
    """Names of two words that other names have."""
    words = sorted({word for mark in marks for word in mark.text.split()})
    random = Random("filler")  # noqa: S311 - repeatable, nothing secret
    return (f"{random.choice(words)} {random.choice(words)}" for _ in range(count))
