"""Markets: what each marketplace's own listings teach, learned as they are screened, known in every process.

Whatever a person may have to look at is not learned: words that a match under review or alert stands on
count for nobody, until a person rejects the match. So no spelling clears itself, however many sellers use it.
Nor does one that sellers agreed on before its mark was registered: of words that are in no word list, a
marketplace's own count is worth what other marketplaces attest (`Market.attested`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from matching.habits import habits_of
from matching.market import NO_MARKET, Habits, Market, unite
from matching.prices import Asked, Prices
from partners.db import Database, utc_now
from partners.errors import NotFound
from partners.learning import prices_taught, scores_taught, words_taught
from partners.loops import Loop
from partners.records.asked_prices import KEPT, AskedPrice, keep_prices, list_prices
from partners.records.listings import ScreenedListing
from partners.records.markets import (
    MarketSettings,
    add_lesson,
    count_learned,
    list_lessons,
    list_market_settings,
    set_market,
)
from partners.records.organizations import get_organization

_SECONDS: Final = 1.0
_OVERLAP: Final = timedelta(minutes=2)
"""Lessons committed in another order than they were made are looked for so far back; they unite twice as
once.
"""
EVERYONE: Final = ""
"""The name of the market that stands for every marketplace of which nothing is known yet."""
_MOST_PENDING: Final = 200_000
"""So many windows wait for their transaction; what else is learned meanwhile waits for the next listing."""


class _Pending(Struct):
    lesson: dict[int, int] = {}
    asked: dict[int, dict[int, float]] = {}
    listings: int = 0

    def ask(self, asked: Mapping[int, Asked]) -> None:
        for product, theirs in asked.items():
            self.asked.setdefault(product, {}).update(theirs)


class Markets:
    """The markets of one process: it writes what its listings teach, and reads what all processes wrote."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime] = utc_now, usual: Habits = NO_MARKET.habits
    ) -> None:
        self._database = database
        self._clock = clock
        self._learned: dict[str, Market] = {EVERYONE: NO_MARKET.known_by(0, usual)}
        self._known = self._learned
        self._usual = usual
        self._read: dict[str, datetime] = {}
        self._seen_at: datetime | None = None
        self._followed_at = clock()
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()
        self._working = threading.Lock()
        self._loop = Loop("markets", self.refresh, _SECONDS)
        self.start = self._loop.start
        self.wake = self._loop.wake

    def stop(self) -> None:
        """End the loop, and write what waits."""
        self._loop.stop()
        self._write()

    @property
    def known(self) -> Mapping[str, Market]:
        """The present market of each marketplace that has listings or settings; it is never changed."""
        return self._known

    @property
    def age(self) -> float:
        """Seconds since what any process learned was last read, or since this one began."""
        return (self._clock() - self._followed_at).total_seconds()

    def learn(self, organization_id: str, listings: Iterable[ScreenedListing]) -> None:
        """Learn from listings that were kept; written within a second."""
        market = self._known.get(organization_id, NO_MARKET)
        taught = _Pending()
        for each in listings:
            taught.listings += 1
            unite(taught.lesson, words_taught(each))
            unite(taught.lesson, scores_taught(each, market.listings))
            taught.ask(market.prices.news(prices_taught(each)))
        news = market.news(taught.lesson)
        with self._lock:
            pending = self._pending.setdefault(organization_id, _Pending())
            pending.listings += taught.listings
            if len(pending.lesson) < _MOST_PENDING:
                unite(pending.lesson, news)
                pending.ask(taught.asked)

    def refresh(self) -> bool:
        """Write what was learned here, and read what was learned anywhere."""
        with self._working:
            started_at = self._clock()
            self._write()
            self._follow()
            self._followed_at = started_at
        return False

    def _write(self) -> None:
        with self._lock:
            waiting, self._pending = self._pending, {}
        now = self._clock()

        def work(connection: Connection, _principal: object) -> None:
            for organization_id in sorted(waiting):
                pending = waiting[organization_id]
                add_lesson(connection, organization_id, pending.lesson, pending.listings, now)
                keep_prices(connection, organization_id, pending.asked, now)

        if not waiting:
            return
        try:
            self._database.acting("screening", work)
        except Exception:
            self._put_back(waiting)
            raise

    def _put_back(self, waiting: Mapping[str, _Pending]) -> None:
        with self._lock:
            for organization_id, unwritten in waiting.items():
                pending = self._pending.setdefault(organization_id, _Pending())
                pending.listings += unwritten.listings
                unite(pending.lesson, unwritten.lesson)
                later, pending.asked = pending.asked, unwritten.asked
                pending.ask(later)

    def _follow(self) -> None:
        since = max(self._read.values(), default=None)
        with self._database.surveying("screening") as connection:
            rows = list_lessons(connection, since - _OVERLAP if since else None, self._read)
            seen = list_prices(connection, self._prices_since())
            counts = count_learned(connection)
            settings = list_market_settings(connection)
        known = dict(self._learned)
        for row in rows:
            market = known.get(row.organization_id, NO_MARKET)
            known[row.organization_id] = market.taught(row.unpacked(), 0)
            self._read[row.id] = row.created_at
        prices = self._prices_of(known, seen)
        habits = {
            each.organization_id: habits_of(each.false_titles_per_1000, each.disguised_share)
            for each in settings
        }
        self._learned = {
            each: known.get(each, NO_MARKET).known_by(
                counts.get(each, 0), habits.get(each, self._usual), prices.get(each)
            )
            for each in known.keys() | habits.keys() | prices.keys()
        }
        everyone = tuple(self._learned.values())
        self._known = {each: market.among(everyone) for each, market in self._learned.items()}

    def _prices_since(self) -> datetime:
        return self._seen_at - _OVERLAP if self._seen_at else self._clock() - KEPT

    def _prices_of(self, known: Mapping[str, Market], seen: Iterable[AskedPrice]) -> dict[str, Prices]:
        """The prices of each marketplace where any are new."""
        news: dict[str, dict[int, dict[int, float]]] = {}
        for row in seen:
            self._seen_at = row.seen_at
            if known.get(row.organization_id, NO_MARKET).prices.is_news(row.product, row.seller, row.amount):
                theirs = news.setdefault(row.organization_id, {})
                theirs.setdefault(row.product, {})[row.seller] = row.amount
        return {each: known.get(each, NO_MARKET).prices.told(asked) for each, asked in news.items()}


def settle_market(
    database: Database,
    organization_id: str,
    false_titles_per_1000: float,
    disguised_share: float,
    now: datetime,
) -> None:
    """Give a marketplace its own budget of false reviews, and its own share of disguised titles.

    Raises:
        NotFound: there is no such marketplace.
    """
    settings = MarketSettings(
        organization_id=organization_id,
        false_titles_per_1000=false_titles_per_1000,
        disguised_share=disguised_share,
        updated_at=now,
    )

    def work(connection: Connection, _principal: object) -> None:
        if get_organization(connection, organization_id).kind != "marketplace":
            raise NotFound("no such marketplace")
        set_market(connection, settings)

    database.acting("screening", work)
