"""Which marks a search is for: by classes of goods, by countries, by day, told by a word of 64 bits a mark.

A word has the mark's Nice classes, the groups of countries it covers, its status. A search that is for some
marks only compares words, which lie side by side, before it looks at any letters; what passes is settled
by the mark itself. What is not known rules nothing out, on either side.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
from msgspec import Struct

from matching.index.compiling import bare_inline
from matching.index.hashing import Hashes
from matching.legal_status import DEAD, PENDING, is_over
from matching.model import Mark
from matching.territories import UNIONS, covered_countries, covers

CLASSES: Final = (1 << 45) - 1
"""Bit n - 1 is class n of the Nice agreement."""
_GROUPS: Final = 15
COUNTRIES: Final = ((1 << _GROUPS) - 1) << 45
STANDING, APPLIED, OVER = 1 << 60, 1 << 61, 1 << 62
ALL: Final = (1 << 64) - 1
STATUS: Final = STANDING | APPLIED | OVER
_CLASSES, _COUNTRIES, _STATUS = np.uint64(CLASSES), np.uint64(COUNTRIES), np.uint64(STATUS)
_NOTHING: Final = np.uint64(0)
EVERYTHING: Final = np.uint64(ALL)
"""What is wanted by a search for every mark: no word need be read."""
_OWN_GROUP: Final = ("US", "CN", "JP", "KR", "IN", "GB", "DE", "FR", "BR")
"""The offices with the most registrations: a group each. The European Union's other members share two."""
_UNION_GROUPS, _OTHER_GROUPS = 2, 4


class Scope(Struct, frozen=True, kw_only=True):
    """Which marks a search is for: those of some Nice classes, those that cover where goods go to or come
    from, those that are not over on a day. What is empty rules nothing out.
    """

    classes: frozenset[int] = frozenset()
    ships_from: str | None = None
    ships_to: frozenset[str] = frozenset()
    day: date | None = None

    def admits(self, mark: Mark) -> bool:
        """Whether the search is for this mark."""
        goods, registered = _nice(self.classes), _nice(mark.nice_classes)
        if goods and registered and not goods & registered:
            return False
        if self.day is not None and is_over(mark, self.day):
            return False
        return covers(mark, self.ships_from, self.ships_to)

    @property
    def mask(self) -> int:
        """The bits of which the word of a mark must meet one each: of classes, of countries, of status."""
        if self == EVERY_MARK:
            return ALL
        status = STATUS if self.day is None else STANDING | APPLIED
        return _class_bits(self.classes) | _route_bits(self.ships_from, self.ships_to) | status


EVERY_MARK: Final = Scope()
"""The scope that leaves no mark out."""


def word_of(mark: Mark) -> int:
    """The word of a mark, never 0: classes, groups of countries and status, all of those not known."""
    return _class_bits(mark.nice_classes) | _covered_bits(mark.office, mark.territories) | _status_bit(mark)


def words_of(marks: Iterable[Mark]) -> Hashes:
    """The words of marks, in their order."""
    return np.fromiter(map(word_of, marks), dtype=np.uint64)


def _status_bit(mark: Mark) -> int:
    status = mark.status.lower()
    return OVER if status in DEAD else APPLIED if status in PENDING else STANDING


def _nice(classes: Iterable[int]) -> frozenset[int]:
    return frozenset(number for number in classes if 1 <= number <= 45)


@lru_cache(maxsize=8_192)
def _class_bits(classes: frozenset[int]) -> int:
    return sum(1 << (number - 1) for number in _nice(classes)) or CLASSES


@lru_cache(maxsize=4_096)
def _covered_bits(office: str, territories: frozenset[str]) -> int:
    mark = Mark(id="", text="", rights_holder="", office=office, territories=territories)
    countries = covered_countries(mark)
    return COUNTRIES if countries is None else _country_bits(countries)


@lru_cache(maxsize=4_096)
def _route_bits(ships_from: str | None, ships_to: frozenset[str]) -> int:
    if not ships_to:
        return COUNTRIES
    reached: set[str] = set()
    for code in ships_to | ({ships_from} if ships_from else set()):
        reached |= UNIONS.get(code, frozenset({code}))
    return _country_bits(reached)


def _country_bits(countries: Iterable[str]) -> int:
    bits = 0
    for code in countries:
        bits |= 1 << (45 + _group_of(code))
    return bits


def _group_of(code: str) -> int:
    """The group of a country; which countries share one does not matter, the mark itself is asked later."""
    if code in _OWN_GROUP:
        return _OWN_GROUP.index(code)
    spread = sum(map(ord, code))
    if code in UNIONS["EU"]:
        return len(_OWN_GROUP) + spread % _UNION_GROUPS
    return len(_OWN_GROUP) + _UNION_GROUPS + spread % _OTHER_GROUPS


@bare_inline
def meets(word: np.uint64, wanted: np.uint64) -> bool:
    """Whether a word meets what is wanted in its classes, its countries and its status."""
    both = word & wanted
    return bool(both & _CLASSES != _NOTHING and both & _COUNTRIES != _NOTHING and both & _STATUS != _NOTHING)


@bare_inline
def is_gone(gone: Hashes, place: int) -> bool:
    """Whether the bit of a mark's place is set; no bits at all mean that none is gone."""
    if len(gone) == 0:
        return False
    return bool((gone[place >> 6] >> np.uint64(place & 63)) & np.uint64(1) != _NOTHING)


def bits_of(places: Iterable[int], count: int) -> Hashes:
    """Places below `count` as bits."""
    bits = np.zeros(-(-count // 64), dtype=np.uint64)
    chosen = np.fromiter(places, dtype=np.int64)
    np.bitwise_or.at(bits, chosen >> 6, np.uint64(1) << (chosen & 63).astype(np.uint64))
    return bits
