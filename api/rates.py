"""Rates: how often a client may ask, over all processes, and what it is told of that.

Tokens come from buckets that all processes share (`partners.records.buckets`). A process draws a block
ahead, so most requests are counted by a subtraction here, in the event loop, and one in many by a short
transaction. A block that is not spent in a few seconds is lost. Every answer tells the quota and what is
left of it in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
"""

from __future__ import annotations

import asyncio
import math
import secrets

from litestar.concurrency import sync_to_thread
from litestar.types import Scope

from api.answering import add_header
from api.house import House
from api.problems import Refusal
from api.rights import Limit
from partners.limiting import draw_block
from partners.records.buckets import Ask, Grant, Quota

_HOLD = 10.0  # seconds for which drawn tokens are ours
_MARGIN = 2.0  # seconds before that when we stop to spend them: the clocks of two hosts differ
_BLOCKS = 10  # a block is this part of the quota
_MOST_KNOWN = 20_000  # callers remembered here
_TEXTS: dict[Limit, str] = {
    "requests": "More requests than your client may make",
    "lines": "More lines than your client may send",
    "address": "More requests than one address may make",
}


class _Held:
    """What this process holds of one caller's bucket, and what it last knew of the rest."""

    def __init__(self) -> None:
        self.tokens = 0
        self.until = 0.0
        self.spent_at = math.inf
        self.level = 0.0
        self.seen_at = 0.0
        self.refused_until = 0.0
        self.drawing = asyncio.Lock()

    def spend(self, cost: int, now: float) -> bool:
        if self.tokens < cost or now >= self.until:
            return False
        self.tokens -= cost
        self.spent_at = now
        return True


class Limiter:
    """Counts what callers do; one per process."""

    def __init__(self, house: House) -> None:
        self._database = house.database
        self._clock = house.clock
        self._process = secrets.token_hex(6)
        self._held: dict[str, _Held] = {}
        self._quotas = _quotas(house)

    async def take(self, scope: Scope, limit: Limit, caller: str, cost: int = 1) -> None:
        """Count something a caller does, and note on the answer what is left.

        Raises:
            Refusal: 429, it was too much.
        """
        quota = self._quotas.get(limit)
        if quota is None or not cost:
            return
        name = f"{limit}:{caller}"
        held = self._held.get(name) or self._remember(name)
        if not held.spend(cost, self._now()):
            async with held.drawing:
                if not held.spend(cost, self._now()):
                    await self._draw(name, quota, held, cost)
                    if not held.spend(cost, now := self._now()):
                        _note(scope, limit, quota, 0)
                        raise _refusal(limit, held.refused_until - now)
        _note(scope, limit, quota, self._left(quota, held))

    async def _draw(self, name: str, quota: Quota, held: _Held, cost: int) -> None:
        now = self._now()
        if cost == 1 and now < held.refused_until:
            return
        most = max(1, quota.tokens // _BLOCKS) if cost == 1 else cost
        gone = now >= held.until  # what we still held when its time was over, nobody spends any more
        ask = Ask(
            process=self._process,
            least=cost,
            most=most,
            until=now + _HOLD,
            left=0 if gone else held.tokens,
            spent_at=held.until if gone and held.tokens else held.spent_at,
        )
        grant: Grant = await sync_to_thread(draw_block, self._database, name, quota, ask, self._clock())
        held.tokens = ask.left + grant.tokens
        held.until = now + _HOLD - _MARGIN
        held.level, held.seen_at = grant.level, now
        if not grant.tokens:  # we come back when a block is worth it, not with each request
            held.refused_until = now + max(grant.wait, most / quota.per_second)

    def _left(self, quota: Quota, held: _Held) -> int:
        now = self._now()
        flowed = max(0.0, held.level + (now - held.seen_at) * quota.per_second)
        return min(quota.tokens, int(flowed + held.tokens))

    def _remember(self, name: str) -> _Held:
        if len(self._held) >= _MOST_KNOWN:  # a flood of callers: the older half loses what it held
            newer = list(self._held.items())[_MOST_KNOWN // 2 :]
            busy = {known: held for known, held in self._held.items() if held.drawing.locked()}
            self._held = busy | dict(newer)
        return self._held.setdefault(name, _Held())

    def _now(self) -> float:
        return self._clock().timestamp()


def _quotas(house: House) -> dict[Limit, Quota]:
    settings = house.settings
    quotas: dict[Limit, Quota] = {}
    if settings.requests_per_s:
        quotas["requests"] = Quota(settings.requests_per_s, 1)
    if rate := settings.bulk_lines_per_s:
        # the longest stream that is taken at all must fit
        seconds = max(1, math.ceil(settings.bulk_limit_lines / rate))
        quotas["lines"] = Quota(rate * seconds, seconds)
    if settings.token_requests_per_minute:
        quotas["address"] = Quota(settings.token_requests_per_minute, 60)
    return quotas


def _note(scope: Scope, limit: Limit, quota: Quota, left: int) -> None:
    full_in = math.ceil((quota.tokens - left) / quota.per_second)
    add_header(scope, b"ratelimit-policy", f'"{limit}";q={quota.tokens};w={quota.seconds}')
    add_header(scope, b"ratelimit", f'"{limit}";r={left};t={full_in}')


def _refusal(limit: Limit, wait: float) -> Refusal:
    seconds = max(1, math.ceil(wait))
    detail = f"{_TEXTS[limit]}: come back in {seconds} s."
    return Refusal("too-many-requests", detail, headers={"Retry-After": str(seconds)})
