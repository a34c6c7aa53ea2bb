"""Hashes of words and of words with letters left out, in constant time each, from sums over their letters.

A word of a text and a mark within one or two typing errors share one of these hashes: each is hashed whole,
and its first letters without one or two of them, of which some agree whatever the errors; longer ones by
three parts of which two errors leave one intact.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.index.compiling import bare_inline

Hashes = NDArray[np.uint64]
Letters = NDArray[np.uint8]

MAX_LETTERS: Final = 64
"""Longer words are not hashed whole."""
LEAST_NEAR: Final = 4
"""Shorter words are met letter by letter."""
LEAST_TWO: Final = 8
"""Words from here on may differ in two letters."""
PREFIX: Final = 9
"""Of words of more letters only so many are hashed without one or two of them."""
LEAST_PARTS: Final = 15
"""Words from here on are filed by their parts alone."""
LEAST_PARTED: Final = LEAST_PARTS - 2
"""Marks from here on are filed by their parts too, for windows that are two letters longer."""
MOST_NEAR: Final = 40
LEAST_SOUND: Final = 5
MOST_SOUND: Final = 24
U32, U29 = np.uint64(32), np.uint64(29)
MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
SOUND_SALT: Final = np.uint64(0x94D049BB133111EB)
PART_SALT: Final = np.uint64(0xA0761D6478BD642F)


class Summed(NamedTuple):
    """Letters with their running sums; `terms` is room for twice as many numbers as a stretch has letters."""

    letters: Letters
    sums: Hashes
    powers: Hashes
    terms: Hashes


def powers_of(seed: int) -> Hashes:
    """The powers of the base that a seed gives: what no outsider knows, nobody can make words collide by."""
    base = (0x9E3779B97F4A7C15 * (2 * seed + 1) + 0x632BE59BD9B4E019 * seed) | 1
    powers = np.full(MAX_LETTERS + 2, base & (2**64 - 1), dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


@bare_inline
def mixed(value: np.uint64) -> np.uint64:
    """A sum over letters with its bits spread."""
    value = (value ^ (value >> U32)) * MIX
    return value ^ (value >> U29)


@bare_inline
def sum_of(sums: Hashes, powers: Hashes, start: int, stop: int) -> np.uint64:
    """The sum over the letters from `start` to `stop`, wherever they stand."""
    value: np.uint64 = sums[stop] - sums[start] * powers[stop - start]
    return value


@bare_inline
def sums_into(letters: Letters, powers: Hashes, count: int, sums: Hashes) -> None:
    """Running sums of the first `count` letters."""
    sums[0] = np.uint64(0)
    for place in range(count):
        sums[place + 1] = sums[place] * powers[1] + np.uint64(letters[place])


def _sought_parts(most: int) -> NDArray[np.int64]:
    """Where in a stretch of each size a part of a long mark within so many errors may stand.

    Rows of part, start and end behind a row with their count; of a single error the middle part tells nothing
    that the first and the last do not.
    """
    table = np.zeros((MAX_LETTERS + 1, 20, 3), dtype=np.int64)
    for size in range(LEAST_PARTS - most, MOST_NEAR + most + 1):
        least = LEAST_PARTS if size < LEAST_PARTS else LEAST_PARTED
        rows = dict.fromkeys(
            (part, first + shift, behind + shift)
            for other in range(max(least, size - most), min(MOST_NEAR, size + most) + 1)
            for part in ((0, 1, 2) if most > 1 else (0, 2))
            for shift in {0: (0,), 1: range(-most, most + 1), 2: (size - other,)}[part]
            for first, behind in [(other * part // 3, other * (part + 1) // 3)]
            if abs(shift) + abs(size - other - shift) <= most and 0 <= first + shift <= size - behind + first
        )
        table[size, 0, 0] = len(rows)
        table[size, 1 : len(rows) + 1] = list(rows)
    return table


SOUGHT_PARTS: Final = _sought_parts(2)
SOUGHT_ONCE: Final = _sought_parts(1)


@bare_inline
def term_of(of: Summed, place: int, weight: int) -> np.uint64:
    """What the letter at a place takes from a sum that goes on without it for so many letters."""
    value: np.uint64 = (of.sums[place] - of.sums[place + 1]) * of.powers[weight]
    return value


@bare_inline
def is_repeated(letters: Letters, start: int, place: int) -> bool:
    """Whether a letter of a stretch is the one before it: to leave out either leaves the same."""
    return bool(place > start and letters[place] == letters[place - 1])


@bare_inline
def less_one_into(of: Summed, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """Hashes of a stretch without one letter, written from `at`; returns behind the last."""
    start, stop = stretch
    rest = of.sums[stop] - of.sums[start] * of.powers[stop - start - 1]
    for gone in range(start, stop):
        out[at] = mixed(rest + term_of(of, gone, stop - gone - 1))
        at += 0 if is_repeated(of.letters, start, gone) else 1
    return at


@bare_inline
def less_two_into(of: Summed, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """Hashes of a stretch without two letters, written from `at`; returns behind the last.

    A sum without two letters is the whole one less a term for each of them: one addition a pair.
    """
    start, stop = stretch
    size, count = stop - start, 0
    rest = of.sums[stop] - of.sums[start] * of.powers[size - 2]
    for gone in range(start, stop):
        of.terms[count] = term_of(of, gone, stop - gone - 1)
        of.terms[size + count] = rest + term_of(of, gone, max(0, stop - gone - 2))
        if is_repeated(of.letters, start, gone):
            if not is_repeated(of.letters, start, gone - 1):
                out[at] = mixed(of.terms[size + count - 1] + of.terms[count])
                at += 1
        else:
            count += 1
    for one in range(count - 1):
        head = of.terms[size + one]
        for other in range(one + 1, count):
            out[at] = mixed(head + of.terms[other])
            at += 1
    return at


@bare_inline
def part_hash(value: np.uint64, part: int) -> np.uint64:
    """The hash of one third of a word."""
    return mixed(value ^ (PART_SALT * np.uint64(part + 1)))


@bare_inline
def parts_into(of: Summed, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """The three parts of a long word, as marks are filed."""
    start, stop = stretch
    size = stop - start
    for part in range(3):
        first, behind = start + size * part // 3, start + size * (part + 1) // 3
        out[at] = part_hash(sum_of(of.sums, of.powers, first, behind), part)
        at += 1
    return at


@bare_inline
def sought_parts_into(
    of: Summed, stretch: tuple[int, int], table: NDArray[np.int64], out: Hashes, at: int
) -> int:
    """The parts that a long mark within the errors of a table may be filed under, if it is near a stretch."""
    start, stop = stretch
    rows = table[stop - start]
    for row in range(1, rows[0, 0] + 1):
        value = sum_of(of.sums, of.powers, start + rows[row, 1], start + rows[row, 2])
        out[at] = part_hash(value, rows[row, 0])
        at += 1
    return at


@bare_inline
def near_hashes_into(of: Summed, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """All hashes under which a mark is filed for typing errors, beside its whole and its sound."""
    size = stretch[1] - stretch[0]
    if size < LEAST_NEAR or size > MOST_NEAR:
        return at
    if size >= LEAST_PARTS:
        return parts_into(of, stretch, out, at)
    at = _first_letters_into(of, stretch, 2 if size >= LEAST_TWO else 1, out, at)
    return parts_into(of, stretch, out, at) if size >= LEAST_PARTED else at


@bare_inline
def _first_letters_into(of: Summed, stretch: tuple[int, int], errors: int, out: Hashes, at: int) -> int:
    """Hashes of the first letters of a stretch, of more than these whole, all without one or two.

    Where errors part two words, leaving so many letters out of either leaves equal words, and so it does of
    their first letters, which are longer by what was left out behind them.
    """
    start, stop = stretch
    if stop - start > PREFIX:
        stop = start + PREFIX
        out[at] = mixed(sum_of(of.sums, of.powers, start, stop))
        at += 1
    at = less_one_into(of, (start, stop), out, at)
    return less_two_into(of, (start, stop), out, at) if errors > 1 else at


@bare_inline
def sought_once_into(of: Summed, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """Hashes under which marks within a single error of a stretch of a text are filed, some of them twice: of
    the three parts of a long mark an error leaves the first or the last intact.
    """
    size = stretch[1] - stretch[0]
    if size <= LEAST_PARTS:
        at = _first_letters_into(of, stretch, 1, out, at)
    if size >= LEAST_PARTS - 1:
        at = sought_parts_into(of, stretch, SOUGHT_ONCE, out, at)
    return at


@bare_inline
def sought_hashes_into(of: Summed, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """All hashes under which marks within the errors allowed to a stretch of a text are filed."""
    size = stretch[1] - stretch[0]
    if size <= LEAST_PARTS:
        at = _first_letters_into(of, stretch, 2 if LEAST_TWO <= size < LEAST_PARTS else 1, out, at)
    if size >= LEAST_PARTS - 2:
        at = sought_parts_into(of, stretch, SOUGHT_PARTS, out, at)
    return at
