"""Ordinary English words, so that APPLE in "apple juice" is not taken for a mark.

Source: SCOWL (Spell Checker Oriented Word Lists), sizes 10 to 70, by Kevin Atkinson; free licence in
licenses/SCOWL.txt. A word's size is its commonness: 10 holds the commonest, 70 what large dictionaries hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from partners.reference.files import read_rows

COMMON = 60


@cache
def word_sizes() -> Mapping[str, int]:
    """Each word in lower case with its SCOWL size: 10, 20, 35, 40, 50, 55, 60 or 70."""
    return {word: int(size) for word, size in read_rows("words.csv.gz")}


@cache
def ordinary_words(up_to: int = COMMON) -> frozenset[str]:
    """The lower-case words of sizes up to `up_to`: about 80,000 at 60, 11,000 at 20, 4,000 at 10."""
    return frozenset(word for word, size in word_sizes().items() if size <= up_to)
