"""A story of the demo: steps that are played in order, each of which is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct


class StoryFailed(Exception):
    """A step did not go as promised; the steps after it would prove nothing."""


class Step(Struct, frozen=True):
    """What was promised, whether it came true, what was seen, and when (seconds into the story)."""

    promise: str
    is_kept: bool
    seen: str
    at: float


class Seen(Struct, frozen=True, kw_only=True):
    """What a story leaves to be shown: listings with their screenings, and flags as customs pulled them."""

    listings: Sequence[Mapping[str, Any]] = ()
    flags: Sequence[Mapping[str, Any]] = ()


class Story:
    """Collects the steps of one story."""

    def __init__(self, title: str, clock: Callable[[], float]) -> None:
        self.title = title
        self.steps: list[Step] = []
        self._clock = clock
        self._began = clock()

    @property
    def went_as_promised(self) -> bool:
        return bool(self.steps) and all(step.is_kept for step in self.steps)

    def check(self, promise: str, came_true: object, seen: str = "") -> None:
        """Note a step.

        Raises:
            StoryFailed: it did not come true.
        """
        self._note(promise, came_true=bool(came_true), seen=seen)
        if not came_true:
            raise StoryFailed(promise)

    def break_off(self, seen: str) -> None:
        """Note that the service refused a call, or answered in another shape than it promises."""
        self._note("the service answers as it is described", came_true=False, seen=seen)

    def _note(self, promise: str, *, came_true: bool, seen: str) -> None:
        self.steps.append(Step(promise, came_true, seen, self._clock() - self._began))
