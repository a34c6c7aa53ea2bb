"""The candidates around a candidate: which rival it, which hold its words, which complete it as well."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from matching.model import Candidate, Field, Span
from matching.spans import line_of


class Neighbors:
    """All candidates of a text; a neighborhood is looked up once, however many candidates share it."""

    __slots__ = ("_candidates", "_known", "_lines")

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        found: dict[Field, list[Candidate]] = defaultdict(list)
        for each in candidates:
            found[each.span.field].append(each)
        for those in found.values():
            those.sort(key=lambda each: (each.span.start, each.span.end))
        self._candidates = found
        self._lines = {
            field: line_of((each.span.start, each.span.end) for each in those)
            for field, those in found.items()
        }
        self._known: dict[Span, Neighborhood] = {}

    def around(self, candidate: Candidate) -> Neighborhood:
        """The neighborhood of a candidate, which is one of those known."""
        known = self._known.get(candidate.span)
        if known is None:
            near = self._near(candidate.span)
            known = Neighborhood(candidate.span, near) if len(near) > 1 else ALONE
            self._known[candidate.span] = known
        return known

    def _near(self, span: Span) -> list[Candidate]:
        """The candidates that have a character in common with a span."""
        line, candidates = self._lines[span.field], self._candidates[span.field]
        near: list[Candidate] = []
        place = bisect_left(line.starts, span.end) - 1
        while place >= 0 and line.reach[place] > span.start:
            if candidates[place].span.end > span.start:
                near.append(candidates[place])
            place -= 1
        return near


class Neighborhood:
    """The candidates that touch one span, as each candidate of that span is compared with them."""

    __slots__ = ("_completed", "_exact", "_near", "_rivals")

    def __init__(self, span: Span | None, near: list[Candidate]) -> None:
        self._near = near
        self._exact = sorted(
            ((_size(each), each) for each in near if not each.distance), key=lambda pair: -pair[0]
        )
        self._completed = [
            (_disagreement(each), each.mark_words)
            for each in near
            if each.kind == "mask" and each.span == span
        ]
        self._rivals: dict[int, frozenset[tuple[str, ...]]] = {}

    def covers(self, shorter: Candidate) -> bool:
        """Whether a name found in full holds the words of another one that is shorter, or less exact."""
        size = _size(shorter)
        for longer_size, longer in self._exact:
            if longer_size < size or (longer_size == size and not shorter.distance):
                return False
            if longer.mark_id != shorter.mark_id and longer.mark_words != shorter.mark_words:
                return True
        return False

    def rivals(self, candidate: Candidate) -> int:
        """How many other names are found on the same words, at least as close."""
        if candidate.distance == 0 and candidate.kind != "mask":
            return 0
        names = self._rivals.get(candidate.distance)
        if names is None:
            names = self._rivals[candidate.distance] = frozenset(
                each.mark_words
                for each in self._near
                if each.distance <= candidate.distance and each.kind != "mask"
            )
        return len(names) - (candidate.mark_words in names)

    def completions(self, candidate: Candidate) -> int:
        """How many names complete the hidden letters at least as well; 0 where none are hidden."""
        if candidate.kind != "mask":
            return 0
        most = _disagreement(candidate)
        return len({words for errors, words in self._completed if errors <= most} | {candidate.mark_words})


ALONE: Final = Neighborhood(None, [])
"""The neighborhood of a candidate that no other one touches."""


def _size(candidate: Candidate) -> int:
    return sum(map(len, candidate.words))


def _disagreement(candidate: Candidate) -> tuple[int, int]:
    """How far a completion's words are from those written: errors, then the lengths of the words."""
    sizes = [len(word) for word in candidate.mark_words]
    shown = [len(word) for word in candidate.words]
    return candidate.distance, 0 if sizes == shown else 1 if len(sizes) == len(shown) else 2
