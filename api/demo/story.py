"""A story of the demo: steps that are played in order, each of which is checked."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class StoryFailed(Exception):
    """A step did not go as promised; the steps after it would prove nothing."""


class Step(Struct, frozen=True):
    """What was promised, whether it came true, what was seen, and when (seconds into the story)."""

    promise: str
    is_kept: bool
    seen: str
    at: float


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
        self.steps.append(Step(promise, bool(came_true), seen, self._clock() - self._began))
        if not came_true:
            raise StoryFailed(promise)
