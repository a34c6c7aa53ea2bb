"""How much a worker sends at once, and how many seconds everything takes."""

from __future__ import annotations

from msgspec import Struct

from webhooks.schedule import Schedule


class Pace(Struct, frozen=True, kw_only=True):
    """`in_flight` first tries at once, and beside them `late_in_flight` late retries.

    `ahead` first tries are leased before there is a place for them, so that claims are few.

    `gather`: how long landed attempts and announced events wait for others before they are looked after;
    `group`: how long outcomes wait to be written together; `drain`: how long a stopping worker waits.

    Raises:
        ValueError: a lease could end before its attempt is made and written down.
    """

    in_flight: int = 256
    late_in_flight: int = 64
    ahead: int = 448
    per_endpoint: int = 8
    poll: float = 0.25
    attempt: float = 15.0
    lease: float = 60.0
    gather: float = 0.01
    group: float = 0.1
    group_size: int = 256
    drain: float = 8.0
    schedule: Schedule = Schedule()

    def __post_init__(self) -> None:
        if self.lease <= self.attempt + 10 * self.group:
            raise ValueError("a lease must outlast an attempt and its acknowledgement")
