"""Claiming: what the worker asks of the database, by the database's clock, and the keys opened with it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import count

import structlog
from msgspec import Struct

from partners.db import Database, time_of
from partners.keyring import KeyRefused, Keyring
from partners.records.outbox import Claim, Leased, claim_due, has_due, release
from webhooks.attempt import Parcel, open_parcel, open_secret

LARGEST_SKEW = timedelta(seconds=30)
"""A host whose clock differs more from the database's signs with times that receivers may refuse."""
_REMINDER = 60.0
_MOST_OPENED = 4096  # secrets that are kept open: the same ones sign again and again
_log = structlog.get_logger("touchstone.webhooks")


class Room(Struct, frozen=True, kw_only=True):
    """How much more a worker can send; `busy` counts what it is sending now, by endpoint."""

    first: int
    late: int
    per_endpoint: int
    busy: Mapping[str, int]


class Claimer:
    """Leases deliveries for one worker, and tells the time by which they are due."""

    def __init__(
        self, database: Database, keyring: Keyring, lease: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._open_secret = lru_cache(_MOST_OPENED)(partial(open_secret, keyring))
        self._lease = lease
        self._clock = clock
        self._name = secrets.token_hex(6)
        self._claims = count(1)
        self._read_at: tuple[datetime, float] | None = None
        self._reminded = -_REMINDER

    def now(self) -> datetime:
        """The database's time, as it was last read and has gone on since."""
        if self._read_at is None:
            return self._clock()
        moment, started = self._read_at
        return moment + timedelta(seconds=time.monotonic() - started)

    def look(self) -> bool:
        """Tell whether anything is due, without taking the writer's turn."""
        with self._database.surveying("delivery") as connection:
            host = self._clock()
            now = time_of(connection, host)
            if now is not host:
                self._keep_time(now, host)
            return has_due(connection, host)

    def take(self, room: Room) -> list[Parcel]:
        """Lease what fits."""
        leased = self._database.acting(
            "delivery", lambda connection, _: claim_due(connection, self._claim(room))
        )
        return [parcel for one in leased if (parcel := self._open(one))]

    def _claim(self, room: Room) -> Claim:
        """Made in the transaction: on SQLite, who waited for it would spend the tokens of a time gone by."""
        return Claim(
            token=f"{self._name}.{next(self._claims)}",
            now=self._clock(),
            lease=self._lease,
            limit=room.first,
            late_limit=room.late,
            per_endpoint=room.per_endpoint,
            busy=room.busy,
        )

    def give_back(self, tokens: Mapping[str, str]) -> None:
        """Let go of leases unused: delivery id to token."""
        host = self._clock()
        self._database.acting("delivery", lambda connection, _: release(connection, tokens, host))

    def _open(self, leased: Leased) -> Parcel | None:
        try:
            return open_parcel(leased, self._open_secret)
        except (KeyRefused, ValueError) as error:
            _log.error("secret_not_opened", delivery=leased.id, error=type(error).__name__)
            return None

    def _keep_time(self, now: datetime, host: datetime) -> None:
        moment = time.monotonic()
        self._read_at = (now, moment)
        if abs(now - host) > LARGEST_SKEW and moment - self._reminded >= _REMINDER:
            self._reminded = moment
            _log.error("clock_skewed", seconds=round((host - now).total_seconds(), 1))
