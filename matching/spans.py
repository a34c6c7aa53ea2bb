"""Spans of a text, sorted, so that each question about them costs a few steps, however many they are."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from matching.model import Field, Span


class Line(NamedTuple):
    """The places of one field in order: where each starts, and how far it and all before it reach."""

    places: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    reach: tuple[int, ...]


class Spans:
    """Which spans hold or touch another one; a span neither empty nor known twice."""

    __slots__ = ("_lines",)

    def __init__(self, spans: Iterable[Span]) -> None:
        found: dict[Field, set[tuple[int, int]]] = defaultdict(set)
        for span in spans:
            found[span.field].add((span.start, span.end))
        self._lines = {field: line_of(sorted(places)) for field, places in found.items()}

    def holds(self, span: Span) -> bool:
        """Whether one of the spans contains another one."""
        return self._reach(span.field, span.start + 1) >= span.end

    def holds_within(self, span: Span) -> bool:
        """Whether one of the spans contains another one and is longer."""
        return (
            self._reach(span.field, span.start + 1) > span.end
            or self._reach(span.field, span.start) >= span.end
        )

    def touches(self, span: Span) -> bool:
        """Whether one of the spans has a character in common with another one."""
        return self._reach(span.field, span.end) > span.start

    def crosses(self, span: Span) -> bool:
        """Whether one of the spans has a character in common with another one and is not the same."""
        line = self._lines.get(span.field)
        if line is None:
            return False
        first, behind = bisect_left(line.starts, span.start), bisect_left(line.starts, span.end)
        here = behind - first
        if here == 1 and line.places[first] == (span.start, span.end):
            here = 0
        return here > 0 or self._reach(span.field, span.start) > span.start

    def _reach(self, field: Field, start: int) -> int:
        """How far the spans that start before a place reach; -1 if none does."""
        line = self._lines.get(field)
        before = bisect_left(line.starts, start) if line else 0
        return line.reach[before - 1] if line and before else -1


def line_of(places: Iterable[tuple[int, int]]) -> Line:
    """Places that are in order, with how far they reach."""
    ordered = tuple(places)
    return Line(
        ordered, tuple(start for start, _ in ordered), tuple(accumulate((end for _, end in ordered), max))
    )
