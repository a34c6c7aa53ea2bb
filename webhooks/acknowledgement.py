"""Acknowledging in groups: a transaction for each outcome would cost ten times the call."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from partners.records.attempts import Acknowledgement

_log = structlog.get_logger("touchstone.webhooks")


class Acknowledger:
    """Collects outcomes and writes them every `seconds`, or as soon as `size` of them wait.

    When writing falls behind, its groups grow up to `most`.

    A group that cannot be written is kept and tried again in smaller and smaller parts, behind what else
    waits, so that neither an absent database nor one bad row loses or blocks the others.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Acknowledgement]], Awaitable[None]],
        seconds: float,
        size: int,
        most: int = 0,
    ) -> None:
        self._write = write
        self._seconds = seconds
        self._full_at = size
        self._largest = self._size = most or size
        self._waiting: list[Acknowledgement] = []
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._closing = False
        self._under_way = 0
        self._failing: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many outcomes are not written yet."""
        return len(self._waiting) + self._under_way

    def add(self, item: Acknowledgement) -> None:
        self._waiting.append(item)
        self._failing[item.endpoint_id] += item.is_failure
        self._arrived.set()
        if len(self._waiting) >= self._full_at:
            self._full.set()

    @property
    def failing(self) -> Counter[str]:
        """How many failures of each endpoint are not written down yet, so that no breaker knows of them."""
        return self._failing

    def hurry(self) -> None:
        """Write what waits without waiting for more."""
        self._full.set()

    async def run(self) -> None:
        """Write groups until closed, and then what is left."""
        while True:
            await self._arrived.wait()
            if not self._closing:
                await self._gather()
            if not self._waiting and self._closing:
                return
            if not await self.write_group():
                await asyncio.sleep(self._seconds)

    def close(self) -> None:
        """Let `run` end once everything is written."""
        self._closing = True
        self._arrived.set()
        self._full.set()

    async def _gather(self) -> None:
        try:
            await asyncio.wait_for(self._full.wait(), self._seconds)
        except TimeoutError:
            return

    async def write_group(self) -> bool:
        """Write the next group; tells whether it went well."""
        group, self._waiting = self._waiting[: self._size], self._waiting[self._size :]
        self._under_way = len(group)
        try:
            if group:
                await self._write(group)
        except Exception as error:  # noqa: BLE001 - whatever the database says, the outcomes are kept
            _log.warning("outcomes_not_written", count=len(group), error=type(error).__name__)
            self._waiting += group
            self._size = max(1, len(group) // 2)
            return False
        else:
            self._forget(group)
        finally:
            self._under_way = 0
            self._mark()
        self._size = min(self._largest, self._size * 2)
        return True

    def forget_older(self, moment: datetime) -> None:
        """Drop outcomes of attempts made before `moment`: their leases are lost, the events go out again."""
        if old := [item for item in self._waiting if item.sent_at < moment]:
            self._waiting = [item for item in self._waiting if item.sent_at >= moment]
            self._forget(old)
        self._mark()

    def _forget(self, items: Sequence[Acknowledgement]) -> None:
        self._failing -= Counter(item.endpoint_id for item in items if item.is_failure)

    def _mark(self) -> None:
        if self._closing:
            return
        if not self._waiting:
            self._arrived.clear()
        if len(self._waiting) < self._full_at:
            self._full.clear()
