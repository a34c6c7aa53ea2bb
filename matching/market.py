"""What a marketplace's own listings teach: by how many sellers words were already used, and which words they
give as brands.

Sellers are counted, never listings, so that nobody teaches us a spelling alone. Counts are bit sets that are
united: they say about how many sellers there were and not which, one seller can be left out, and uniting
what several processes learned in any order gives the same.

A marketplace's sellers may agree on a spelling before its mark is registered. So among other marketplaces a
count is worth what these attest: see `attested`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import log
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from matching.normalization import canonical_text
from matching.own_line import BEFORE, draw_line
from matching.prices import NO_PRICES, Prices

LONGEST: Final = 3
"""Windows of up to so many words are learned; a longer one is hardly ever seen twice."""
LETTERS: Final = range(3, 26)
SELLERS: Final = 64
"""Bits of one count; with all of them set it says `MANY`."""
MANY: Final = 300
FRESH: Final = 20_000
"""So many counts lie in a table of their own before they are sorted among the others."""
MOST: Final = 4_000_000
"""A market that knows so many windows learns no further ones, only who else uses those."""
MOST_WITNESSES: Final = 64
"""So many marketplaces at most are asked about a word, those first that know most listings."""
NO_BRAND: Final = frozenset(
    [
        "generic",
        "unbranded",
        "none",
        "na",
        "nobrand",
        "unknown",
        "other",
        "others",
        "oem",
        "doesnotapply",
        "markenlos",
        "sansmarque",
        "sinmarca",
        "semmarca",
        "senzamarca",
        "geenmerk",
        "bezmarki",
        "markasız",
        "tanpamerek",
        "tidakadamerek",
    ]
)
"""What a brand field says where there is no brand."""
Lesson = Mapping[int, int]
"""What is to be learned: hash of a window -> bits of the sellers who use it."""


def bit_of(seller: str) -> int:
    """The bit that stands for a seller, or for a brand where no seller is told; 0 for nobody."""
    if not seller:
        return 0
    return 1 << int.from_bytes(blake2b(seller.encode("utf-8", "replace"), digest_size=1).digest()) % SELLERS


@lru_cache(maxsize=200_000)
def hash_of(window: str) -> int:
    """The number under which the joined letters of a window are kept."""
    return int.from_bytes(blake2b(window.encode(), digest_size=8).digest())


def lesson_of(title: str, brand: str, seller: str) -> dict[int, int]:
    """What one listing teaches: its title's windows, and its words beside what it gives as its brand."""
    bit = bit_of(seller)
    words = canonical_text(title).split()
    if not bit or not words:
        return {}
    lesson: dict[int, int] = dict.fromkeys(map(hash_of, _windows(words)), bit)
    name = "".join(canonical_text(brand).split())
    if name and name not in NO_BRAND:
        lesson |= dict.fromkeys((hash_of(f"~{word}") for word in {*words, name}), bit)
        lesson[hash_of(f"={name}")] = bit
    return lesson


def unite(lesson: dict[int, int], more: Lesson) -> None:
    """Let a lesson learn another one."""
    for window, bits in more.items():
        lesson[window] = lesson.get(window, 0) | bits


def _windows(words: list[str]) -> Iterator[str]:
    for first in range(len(words)):
        window = ""
        for word in words[first : first + LONGEST]:
            window += word
            if len(window) in LETTERS and not window.isdigit():
                yield window


class Habits(Struct, frozen=True, kw_only=True):
    """How a marketplace wants to be screened: from which probability on a misspelling is reviewed (0: as the
    policy says), between which two its own listings may move that line, how many ordinary titles of 1,000 may
    be reviewed in vain, and how much likelier disguises are there, in log-odds, than the policy takes for
    granted.
    """

    review_line: float = 0.0
    lowest_line: float = 0.0
    highest_line: float = 0.0
    false_titles_per_1000: float = 2.0
    disguise_odds: float = 0.0


class Market:
    """What is known of one marketplace's listings. It never changes: `taught` answers a new one."""

    __slots__ = (
        "_bits",
        "_fresh",
        "_hashes",
        "_line",
        "_ordered",
        "_source",
        "_witnesses",
        "habits",
        "listings",
        "prices",
    )

    def __init__(
        self,
        listings: int = 0,
        kept: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None = None,
        fresh: Lesson | None = None,
        habits: Habits = Habits(),  # noqa: B008 - it never changes
        prices: Prices = NO_PRICES,
    ) -> None:
        self.listings = listings
        self.habits = habits
        self.prices = prices
        self._line: float | None = None
        self._source: Market | None = None
        self._witnesses: tuple[Market, ...] | None = None
        empty = np.empty(0, dtype=np.uint64)
        self._hashes, self._bits = kept or (empty, empty)
        self._ordered = self._hashes.data  # one look costs a third of what the array asks for it
        self._fresh = fresh or {}

    def __len__(self) -> int:
        return len(self._hashes) + len(self._fresh)

    def known_by(self, listings: int, habits: Habits, prices: Prices | None = None) -> Market:
        """The same words, known from so many listings, with the marketplace's habits, and other prices."""
        told = self.prices if prices is None else prices
        if (listings, habits, told) == (self.listings, self.habits, self.prices):
            return self
        return Market(listings, (self._hashes, self._bits), self._fresh, habits, told)

    def among(self, markets: Sequence[Market]) -> Market:
        """The same market, which takes a count of its own for no more than other ones attest; it is one of
        these itself.
        """
        market = Market(self.listings, (self._hashes, self._bits), self._fresh, self.habits, self.prices)
        market._source = self
        others = sorted((each for each in markets if each is not self), key=lambda each: -each.listings)
        market._witnesses = tuple(others[:MOST_WITNESSES])
        return market

    @property
    def review_line(self) -> float:
        """The probability from which a misspelling is reviewed here (0: as the policy says): drawn from how
        probable misspellings were in its own listings, once there are enough of them.
        """
        if self._source is not None:
            return self._source.review_line  # it knows the line for longer
        if self._line is None:
            habits = self.habits
            own = draw_line(self._bits_of, self.listings - BEFORE, habits.false_titles_per_1000)
            is_drawn = own > 0 and habits.highest_line > 0
            bounded = min(max(own, habits.lowest_line), habits.highest_line)
            self._line = bounded if is_drawn else habits.review_line
        return self._line

    def taught(self, lesson: Lesson, listings: int) -> Market:
        """The market when it has learned from so many more listings."""
        fresh = dict(self._fresh)
        for window, bits in lesson.items():
            if window in fresh or len(self) < MOST or self._kept(window):
                fresh[window] = fresh.get(window, 0) | bits
        kept = (self._hashes, self._bits)
        if len(fresh) > FRESH:
            kept, fresh = _united(kept, fresh), {}
        return Market(self.listings + listings, kept, fresh, self.habits, self.prices)

    def news(self, lesson: Lesson) -> dict[int, int]:
        """The part of a lesson that is not known yet."""
        windows = np.fromiter(lesson, np.uint64, len(lesson))
        known = zip(lesson.items(), self._kept_at(windows), strict=True)
        return {window: bits for (window, bits), kept in known if bits & ~(kept | self._fresh.get(window, 0))}

    def sellers(self, window: str, without: int = 0) -> int:
        """About how many sellers use these joined letters, leaving out those whose bits are given."""
        return _count(self._bits_of(hash_of(window)) & ~without) if len(self) else 0

    def attested(self, window: str, without: int = 0) -> int:
        """The same, but no more than at least two other marketplaces know; all of them where a market stands
        for itself (see `among`).
        """
        own = self.sellers(window, without)
        if not own or self._witnesses is None:
            return own
        elsewhere = sorted(each.sellers(window) for each in self._witnesses)
        return min(own, elsewhere[-2]) if len(elsewhere) > 1 else 0

    def brandness(self, word: str, without: int = 0) -> float:
        """Of the sellers who use a word, the share who give it as their goods' brand; 0 if nobody was seen.

        Smoothed, so that a single seller says little: (b + 0.5) / (n + 3).
        """
        if not len(self):
            return 0.0
        named = _count(self._bits_of(hash_of(f"={word}")) & ~without)
        told = max(named, self.tellers(word, without))
        return round((named + 0.5) / (told + 3), 4) if told else 0.0

    def tellers(self, word: str, without: int = 0) -> int:
        """About how many sellers who tell a brand use a word, whether as that brand or not."""
        return _count(self._bits_of(hash_of(f"~{word}")) & ~without)

    def _bits_of(self, window: int) -> int:
        return self._fresh.get(window, 0) | self._kept(window)

    def _kept_at(self, windows: NDArray[np.uint64]) -> list[int]:
        """The bits of many windows, 0 where one is not kept."""
        if not len(self._hashes):
            return [0] * len(windows)
        places = np.minimum(self._hashes.searchsorted(windows), len(self._hashes) - 1)
        bits: list[int] = np.where(self._hashes[places] == windows, self._bits[places], 0).tolist()
        return bits

    def _kept(self, window: int) -> int:
        place = bisect_left(self._ordered, window)
        found = place < len(self._ordered) and self._ordered[place] == window
        return int(self._bits[place]) if found else 0


def _united(
    kept: tuple[NDArray[np.uint64], NDArray[np.uint64]], fresh: Lesson
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    hashes = np.concatenate([kept[0], np.fromiter(fresh.keys(), np.uint64, len(fresh))])
    bits = np.concatenate([kept[1], np.fromiter(fresh.values(), np.uint64, len(fresh))])
    order = np.argsort(hashes, kind="stable")
    distinct, starts = np.unique(hashes[order], return_index=True)
    return distinct, np.bitwise_or.reduceat(bits[order], starts)


def _count(bits: int) -> int:
    """How many sellers set so many bits (linear counting)."""
    unset = SELLERS - bits.bit_count()
    return min(MANY, round(-SELLERS * log(unset / SELLERS))) if unset else MANY


NO_MARKET: Final = Market()
"""A marketplace on its first day."""
