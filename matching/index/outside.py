"""The marks of a segment that a search leaves out, as a collection of their places."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from matching.index.scoping import Scope
from matching.index.segment import Segment


class Outside(Collection[int]):
    """The places of a segment's marks that a search is not for, and of those that are gone from it."""

    def __init__(self, segment: Segment, gone: Collection[int], scope: Scope) -> None:
        self._segment = segment
        self._gone = gone
        self._scope = scope

    def __contains__(self, place: object) -> bool:
        return place in self._gone or not (
            isinstance(place, int) and self._scope.admits(self._segment.mark_at(place))
        )

    def __iter__(self) -> Iterator[int]:
        return (place for place in range(len(self._segment)) if place in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return True
