"""Entries by length, letter under letter, so that a name with hidden letters finds its completions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIZES = range(3, 31)
SPACE = ord(" ")
HIDDEN = ord("*")


class Shape(NamedTuple):
    """All entries of one length: their letters as rows, and their numbers."""

    letters: NDArray[np.uint8]
    entries: NDArray[np.uint32]


Shapes = dict[int, Shape]


def shapes_of(texts: str, bounds: NDArray[np.uint32]) -> Shapes:
    """The letters of all entries without spaces, grouped by length."""
    letters = np.frombuffer(texts.encode("ascii"), dtype=np.uint8)
    is_letter = letters != SPACE
    spots = np.zeros(len(letters) + 1, dtype=np.int64)
    np.cumsum(is_letter, out=spots[1:])
    letters = letters[is_letter]
    starts, sizes = spots[bounds[:-1]], np.diff(spots[bounds])
    shapes: Shapes = {}
    for size in np.unique(sizes):
        if int(size) in SIZES:
            entries = np.flatnonzero(sizes == size)
            rows = letters[starts[entries][:, None] + np.arange(size)]
            shapes[int(size)] = Shape(rows, entries.astype(np.uint32))
    return shapes


def kept_shapes(shapes: Shapes, kept: NDArray[np.bool_], numbers: NDArray[np.int64]) -> Shapes:
    """The shapes of the entries that are kept, numbered anew."""
    fewer: Shapes = {}
    for size, shape in shapes.items():
        alive = kept[shape.entries]
        fewer[size] = Shape(shape.letters[alive], numbers[shape.entries[alive]].astype(np.uint32))
    return fewer


def merged_shapes(parts: list[Shapes], shifts: list[int]) -> Shapes:
    """The shapes of several segments as one, entries moved up by `shifts`."""
    merged: Shapes = {}
    for size in sorted({size for part in parts for size in part}):
        rows = [part[size].letters for part in parts if size in part]
        moved = [
            part[size].entries + np.uint32(up) for part, up in zip(parts, shifts, strict=True) if size in part
        ]
        merged[size] = Shape(np.concatenate(rows), np.concatenate(moved))
    return merged


def completions(shapes: Shapes, pattern: str) -> NDArray[np.uint32]:
    """Entries of the pattern's length that agree with every letter it shows; "*" hides one letter."""
    shape = shapes.get(len(pattern))
    if shape is None:
        return np.empty(0, dtype=np.uint32)
    rows = np.arange(len(shape.entries))
    for place, letter in enumerate(pattern.encode("ascii")):
        if letter != HIDDEN:
            rows = rows[shape.letters[rows, place] == letter]
            if not len(rows):
                break
    return shape.entries[rows]


def loosened(pattern: str) -> Iterator[str]:
    """The pattern with one hidden letter more or fewer in one of its gaps."""
    for gap in re.finditer(r"\*+", pattern):
        yield pattern[: gap.end()] + "*" + pattern[gap.end() :]
        if len(gap.group()) > 1:
            yield pattern[: gap.start()] + pattern[gap.start() + 1 :]
