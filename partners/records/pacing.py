"""Pacing: how fast and whether at all an endpoint is sent to, counted where all workers see it.

A breaker opens after failures in a row, or when an endpoint has become slow; a rate is a bucket of tokens.
Claims hold the rows they read until they commit, so that two workers never give out the same place.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    select,
    update,
)

from partners.among import among
from partners.db import UTC, metadata, upsert

endpoint_pacing = Table(
    "endpoint_pacing",
    metadata,
    Column("endpoint_id", String(40), ForeignKey("endpoints.id"), primary_key=True),
    Column("failures", Integer, nullable=False),  # in a row
    Column("slow_share", Float, nullable=False),  # of the latest attempts
    Column("opens", Integer, nullable=False),  # of the breaker since the last success; 0: it is closed
    Column("open_until", UTC),
    Column("spent_until", UTC),  # tokens are spent up to this time
    Column("free_at", UTC),  # the next token
)

FAILURES: Final = 5
"""So many failures in a row open the breaker."""
SLOW_SHARE: Final = 0.05
"""More than so many slow ones among the latest open it too: the 95th percentile is slow."""
_WEIGHT: Final = 0.02  # of the newest attempt: about the last fifty count
_SHORTEST, _LONGEST = timedelta(seconds=30), timedelta(minutes=15)


class Pacing(Struct, frozen=True):
    endpoint_id: str
    failures: int = 0
    slow_share: float = 0.0
    opens: int = 0
    open_until: datetime | None = None
    spent_until: datetime | None = None
    free_at: datetime | None = None

    def is_shut(self, now: datetime) -> bool:
        """Tell whether nothing may go now: the breaker is open, or the rate's tokens are spent."""
        return any(at is not None and at > now for at in (self.open_until, self.free_at))

    @property
    def is_on_trial(self) -> bool:
        """Half-open: one delivery tells whether the endpoint is back."""
        return self.opens > 0


class Observation(Struct, frozen=True):
    """What an attempt tells of an endpoint: did it go well, was it slow."""

    endpoint_id: str
    sent_at: datetime
    is_failure: bool
    is_slow: bool


def judge(pacing: Pacing, seen: Observation, now: datetime) -> Pacing:
    """What an attempt changes: the breaker opens for 30 s, then for twice as long up to 15 min, or closes."""
    share = pacing.slow_share * (1 - _WEIGHT) + (_WEIGHT if seen.is_slow else 0.0)
    share = 0.0 if share < _WEIGHT / 100 else share
    if pacing.open_until is not None and seen.sent_at < pacing.open_until and seen.is_failure:
        return pacing  # it was under way when the breaker opened, and tells nothing new
    failures = pacing.failures + 1 if seen.is_failure else 0
    known = replace(pacing, failures=failures, slow_share=share)
    is_bad = seen.is_failure or seen.is_slow
    if failures >= FAILURES or share > SLOW_SHARE or (pacing.is_on_trial and is_bad):
        pause = min(_SHORTEST * 2 ** min(pacing.opens, 10), _LONGEST)
        return replace(known, opens=pacing.opens + 1, open_until=now + pause, slow_share=0.0)
    return known if seen.is_failure else replace(known, opens=0, open_until=None)


def count_tokens(pacing: Pacing, rate: float, now: datetime) -> int:
    """How many deliveries the rate allows now; at most a second's worth is saved up."""
    step, start = _bucket(pacing, rate, now)
    return math.floor((now - start) / step + 1e-6)


def spend_tokens(pacing: Pacing, rate: float, count: int, now: datetime) -> Pacing:
    """The pacing once so many were taken; `free_at` is when the next token comes, if none is left."""
    step, start = _bucket(pacing, rate, now)
    spent = start + step * count
    return replace(pacing, spent_until=spent, free_at=spent + step if now - spent < step else None)


def _bucket(pacing: Pacing, rate: float, now: datetime) -> tuple[timedelta, datetime]:
    step = timedelta(seconds=1 / rate)
    full = now - step * max(1, math.floor(rate))
    return step, max(pacing.spent_until, full) if pacing.spent_until else full


def hold_pacing(connection: Connection, endpoint_ids: Collection[str]) -> dict[str, Pacing]:
    """The pacing of endpoints, kept from others until the transaction ends."""
    found = _read(connection, _HOLD, endpoint_ids)
    if missing := [key for key in endpoint_ids if key not in found]:
        rows: list[dict[str, object]] = [asdict(Pacing(endpoint_id=key)) for key in sorted(missing)]
        upsert(connection, endpoint_pacing, rows, ["endpoint_id"])
        found = _read(connection, _HOLD, endpoint_ids)
    return found


def save_pacing(connection: Connection, changed: Sequence[Pacing]) -> None:
    """Write what was held and has changed."""
    if changed:
        rows = [
            {f"new_{name}": value for name, value in asdict(one).items()}
            for one in sorted(changed, key=lambda one: one.endpoint_id)
        ]
        connection.execute(_SAVE, rows)


def forget_pacing(connection: Connection, endpoint_id: str) -> None:
    """Begin anew: the breaker is closed, and no token is spent."""
    if endpoint_id in _read(connection, _LOOK, [endpoint_id]):
        save_pacing(connection, [Pacing(endpoint_id=endpoint_id)])


class Turns(Struct, frozen=True):
    """The endpoints whose breaker was closed and has opened, and those whose breaker has closed."""

    failing: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()


def observe(connection: Connection, seen: Sequence[Observation], now: datetime) -> Turns:
    """Let breakers learn from attempts; while all is well this only reads."""
    known = _read(connection, _LOOK, {one.endpoint_id for one in seen})
    moved = _judge_all(known, seen, now)
    if not moved:
        return Turns()
    held = hold_pacing(connection, [one.endpoint_id for one in moved])
    after = _judge_all(held, seen, now)
    save_pacing(connection, after)
    was_open = {key for key, one in held.items() if one.opens}
    return Turns(
        failing=tuple(one.endpoint_id for one in after if one.opens and one.endpoint_id not in was_open),
        recovered=tuple(one.endpoint_id for one in after if not one.opens and one.endpoint_id in was_open),
    )


def _judge_all(known: Mapping[str, Pacing], seen: Sequence[Observation], now: datetime) -> list[Pacing]:
    """What has changed, in the order of sending."""
    after: dict[str, Pacing] = {}
    for one in sorted(seen, key=lambda one: one.sent_at):
        before = after.get(one.endpoint_id) or known.get(one.endpoint_id)
        after[one.endpoint_id] = judge(before or Pacing(endpoint_id=one.endpoint_id), one, now)
    return [one for key, one in after.items() if one != known.get(key, Pacing(endpoint_id=key))]


def _read(connection: Connection, statement: Select[Any], endpoint_ids: Collection[str]) -> dict[str, Pacing]:
    rows = connection.execute(statement, {"ids": list(endpoint_ids)})
    return {row[0]: Pacing(*row) for row in rows}  # trusted, and read at every claim: by place is quickest


_COLUMNS = [endpoint_pacing.c[name] for name in Pacing.__struct_fields__]
_LOOK = select(*_COLUMNS).where(among(endpoint_pacing.c.endpoint_id, "ids"))
_HOLD = _LOOK.order_by(endpoint_pacing.c.endpoint_id).with_for_update()
_SAVE = (
    update(endpoint_pacing)
    .where(endpoint_pacing.c.endpoint_id == bindparam("new_endpoint_id"))
    .values({name: bindparam(f"new_{name}") for name in Pacing.__struct_fields__ if name != "endpoint_id"})
)
