"""Buckets: how many tokens a client may still spend, for all processes together.

A token bucket: `quota.tokens` fit, and they flow back over `quota.seconds`. A process draws a block of
tokens and holds it for a few seconds; what it does not spend is lost, never lent to another process. The
bucket's level and all live holdings together never exceed the quota, so in any stretch of time clients
spend at most the quota and what flowed back in that time, whatever the number of processes. A holding
counts as spent until its time is over: that is what a process may lose us, never what it may cost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Column, Connection, Float, String, Table, delete, select, update

from partners.db import JSONDocument, metadata, to_struct, upsert

_WRONG_CLOCK = 60.0  # seconds a bucket may be ahead of us before its clock is held to have been wrong

_GRAIN = 1e-5  # of a token: a time since 1970 is a float that is good to a fraction of a microsecond

buckets = Table(
    "buckets",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("level", Float, nullable=False),
    # Seconds since 1970: what flows back is arithmetic. The holdings are {process: [tokens, until]}.
    Column("at", Float, nullable=False),
    Column("holdings", JSONDocument, nullable=False),
)


class Quota(Struct, frozen=True):
    """So many tokens in so many seconds."""

    tokens: int
    seconds: int

    @property
    def per_second(self) -> float:
        return self.tokens / self.seconds


class Bucket(Struct, frozen=True, kw_only=True):
    """A bucket at a time; times are seconds since 1970."""

    level: float
    at: float
    holdings: dict[str, tuple[int, float]] = {}


class Ask(Struct, frozen=True, kw_only=True):
    """A process asks for `least` to `most` tokens, to spend them before `until`.

    Of those it holds it has `left` some, and spent the last of the others at `spent_at`.
    """

    process: str
    least: int
    most: int
    until: float
    left: int = 0
    spent_at: float = math.inf


class Grant(Struct, frozen=True, kw_only=True):
    """What was granted, the level after it, and, if nothing, the seconds until `least` may be there."""

    tokens: int
    level: float
    wait: float = 0.0


def draw(bucket: Bucket, quota: Quota, ask: Ask, now: float) -> tuple[Bucket, Grant]:
    """Draw from a bucket."""
    held, until = bucket.holdings.get(ask.process, (0, 0.0))
    others = {name: holding for name, holding in bucket.holdings.items() if name != ask.process}
    own = [(held - ask.left, min(until, ask.spent_at)), (ask.left, until)]
    level, now = _flow_back(bucket, [*others.values(), *own], quota, now)
    room = math.floor(level + _GRAIN)
    tokens = min(ask.most, room) if room >= ask.least else 0
    held = ask.left + tokens
    holdings = {name: holding for name, holding in others.items() if holding[1] > now}
    after = Bucket(
        level=level - tokens,
        at=now,
        holdings=holdings | ({ask.process: (held, ask.until)} if held else {}),
    )
    return after, Grant(tokens=tokens, level=after.level, wait=0.0 if tokens else _wait(after, quota, ask))


def _flow_back(
    bucket: Bucket, held: Sequence[tuple[int, float]], quota: Quota, now: float
) -> tuple[float, float]:
    """Let tokens flow back, to each holding's end with as much room as there was until then."""
    level, at = bucket.level, bucket.at
    if at - now > _WRONG_CLOCK:
        at = now
    now = max(now, at)  # the clocks of two hosts differ: what one has let flow back is not counted twice
    for moment in sorted({until for _, until in held if at < until < now} | {now}):
        room = quota.tokens - sum(tokens for tokens, until in held if until >= moment)
        level = min(room, level + (moment - at) * quota.per_second)
        at = moment
    return level, now


def _wait(bucket: Bucket, quota: Quota, ask: Ask) -> float:
    """How long it takes until there may be enough: by flowing back, or by the end of a holding."""
    if ask.least <= quota.tokens - sum(tokens for tokens, _ in bucket.holdings.values()):
        return (ask.least - bucket.level) / quota.per_second
    return max(0.0, min(until for _, until in bucket.holdings.values()) - bucket.at)


def draw_tokens(connection: Connection, name: str, quota: Quota, ask: Ask, now: float) -> Grant:
    """Draw from the bucket of a name; a bucket that is not there is full."""
    if connection.dialect.name == "postgresql":
        # a crash of the server may forget the last draws; nobody should wait for its disk
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    statement = select(buckets).where(buckets.c.name == name).with_for_update()
    row = connection.execute(statement).one_or_none()
    if row is None:
        full = {"name": name, "level": float(quota.tokens), "at": now, "holdings": {}}
        upsert(connection, buckets, [full], ["name"])
        row = connection.execute(statement).one()
    bucket, grant = draw(to_struct(row, Bucket), quota, ask, now)
    connection.execute(update(buckets).where(buckets.c.name == name).values(asdict(bucket)))
    return grant


def forget_buckets(connection: Connection, before: float) -> int:
    """Delete buckets that nobody drew from since: they are full again. Returns how many."""
    return connection.execute(delete(buckets).where(buckets.c.at < before)).rowcount
