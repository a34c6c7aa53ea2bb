"""When to try again: a pure value, by the schedule that Standard Webhooks recommends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Schedule(Struct, frozen=True, kw_only=True):
    """The pauses after the first, second, ... failure; after the last one a delivery is exhausted."""

    steps: tuple[timedelta, ...] = (
        5 * _SECOND,
        5 * _MINUTE,
        30 * _MINUTE,
        2 * _HOUR,
        5 * _HOUR,
        10 * _HOUR,
        14 * _HOUR,
        20 * _HOUR,
        24 * _HOUR,
    )
    jitter: float = 0.2
    longest_asked: timedelta = 24 * _HOUR

    def pause(self, failures: int, chance: float, asked: timedelta | None = None) -> timedelta | None:
        """How long to wait after so many failures; None when the schedule is exhausted.

        Args:
            failures: automatic attempts that failed so far, at least 1.
            chance: a random number in [0, 1), spread over plus or minus `jitter`.
            asked: what the receiver asked for by Retry-After; never earlier than the step, at most a day.
        """
        if failures > len(self.steps):
            return None
        step = self.steps[failures - 1] * (1 + self.jitter * (2 * chance - 1))
        return step if asked is None else max(step, min(asked, self.longest_asked))


def read_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """The pause a Retry-After header asks for, in seconds or by a date; None when it says nothing sane."""
    if not text or len(text) > 40:
        return None
    if text.isascii() and text.strip().isdigit():
        return timedelta(seconds=min(int(text), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))
