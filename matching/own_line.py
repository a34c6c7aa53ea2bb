"""The line above which misspellings are reviewed, drawn from a marketplace's own listings.

Spellings are counted, each once, however many listings and sellers use it, and the line moves between bounds:
so no spelling raises the line above itself. What was misspelled on purpose counts too: a line so drawn lies
rather too high than too low. Counts are kept as bits among the words of a lesson (`market.py`): they are
united in any order, by any process.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from math import log
from typing import Final

BEFORE: Final = 2_000
"""So many listings teach words first: what is rare is not known earlier."""
ENOUGH: Final = 5_000
"""From so many further listings on the line is drawn from them."""
FEWEST: Final = 5
"""A budget of fewer titles than this is drawn by luck."""
LOWEST: Final = 0.2
"""What is less probable is no match, and is not counted."""
STEPS: Final = 40
"""Lines that are told apart, between `LOWEST` and 1."""
CELLS: Final = 64
WORDS: Final = 16
"""A count has so many words of 64 cells: about 4,000 spellings can be told apart."""
Bits = Callable[[int], int]


def line_of(step: int) -> float:
    return LOWEST + (1 - LOWEST) * step / STEPS


def step_of(score: float) -> int:
    return min(STEPS - 1, int((score - LOWEST) / (1 - LOWEST) * STEPS))


def lesson_of_score(spelling: str, score: float) -> dict[int, int]:
    """What one misspelling teaches: that it was as probable as that."""
    if score < LOWEST:
        return {}
    place = int.from_bytes(blake2b(spelling.encode("utf-8", "replace"), digest_size=4).digest())
    word, cell = place % WORDS, place // WORDS % CELLS
    return {_hash_of(step_of(score), word): 1 << cell}


def draw_line(bits_of: Bits, listings: int, per_1000: float) -> float:
    """The least line above which there are no more spellings than so many titles of 1,000; 0 if there are too
    few listings to tell.
    """
    allowed = per_1000 * listings / 1000
    if listings < ENOUGH or allowed < FEWEST:
        return 0.0
    above = [0] * WORDS
    for step in reversed(range(STEPS)):
        above = [bits | bits_of(_hash_of(step, word)) for word, bits in enumerate(above)]
        if _count(above) > allowed:
            return round(line_of(step + 1), 4)
    return LOWEST


def _hash_of(step: int, word: int) -> int:
    return int.from_bytes(blake2b(f"!{step}.{word}".encode(), digest_size=8).digest())


def _count(words: list[int]) -> float:
    """How many spellings set so many cells (linear counting)."""
    cells = CELLS * WORDS
    unset = cells - sum(bits.bit_count() for bits in words)
    return cells * log(cells / unset) if unset else float("inf")
