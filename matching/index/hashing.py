"""Hashes of words and of words with letters left out, in constant time each, from sums over their letters.

A word of a text and a mark within one or two typing errors share one of these hashes: each is hashed whole
and
without one or two letters, longer ones by three parts of which two errors leave one intact.
"""

from __future__ import annotations

from typing import Final

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


@bare_inline
def less_one_into(
    letters: Letters, sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int
) -> int:
    """Hashes of a stretch without one letter, written from `at`; returns behind the last."""
    start, stop = stretch
    for gone in range(start, stop):
        if gone > start and letters[gone] == letters[gone - 1]:
            continue
        rest = stop - gone - 1
        head = sum_of(sums, powers, start, gone)
        out[at] = mixed(head * powers[rest] + sum_of(sums, powers, gone + 1, stop))
        at += 1
    return at


@bare_inline
def less_two_into(
    letters: Letters, sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int
) -> int:
    """Hashes of a stretch without two letters, written from `at`; returns behind the last."""
    start, stop = stretch
    for gone in range(start, stop - 1):
        if gone > start and letters[gone] == letters[gone - 1]:
            continue
        head = sum_of(sums, powers, start, gone)
        for other in range(gone + 1, stop):
            if other > gone + 1 and letters[other] == letters[other - 1]:
                continue
            middle = head * powers[other - gone - 1] + sum_of(sums, powers, gone + 1, other)
            rest = stop - other - 1
            out[at] = mixed(middle * powers[rest] + sum_of(sums, powers, other + 1, stop))
            at += 1
    return at


@bare_inline
def part_hash(value: np.uint64, size: int, part: int) -> np.uint64:
    """The hash of one third of a word of this size."""
    return mixed(value ^ (PART_SALT * np.uint64(4 * size + part + 1)))


@bare_inline
def parts_into(sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """The three parts of a long word, as marks are filed."""
    start, stop = stretch
    size = stop - start
    for part in range(3):
        first, behind = start + size * part // 3, start + size * (part + 1) // 3
        out[at] = part_hash(sum_of(sums, powers, first, behind), size, part)
        at += 1
    return at


@bare_inline
def sought_parts_into(sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int) -> int:
    """The parts that a long mark within two errors of a stretch may be filed under."""
    start, stop = stretch
    size = stop - start
    least = LEAST_PARTS if size < LEAST_PARTS else LEAST_PARTED
    for other in range(max(least, size - 2), min(MOST_NEAR, size + 2) + 1):
        grown = size - other
        for part in range(3):
            first, behind = other * part // 3, other * (part + 1) // 3
            for shift in range(-2, 3):
                if abs(shift) + abs(grown - shift) > 2:
                    continue
                if (part == 0 and shift != 0) or (part == 2 and shift != grown):
                    continue
                if first + shift < 0 or behind + shift > size:
                    continue
                value = sum_of(sums, powers, start + first + shift, start + behind + shift)
                out[at] = part_hash(value, other, part)
                at += 1
    return at


@bare_inline
def near_hashes_into(
    letters: Letters, sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int
) -> int:
    """All hashes under which a mark is filed for typing errors, beside its whole and its sound."""
    size = stretch[1] - stretch[0]
    if size < LEAST_NEAR or size > MOST_NEAR:
        return at
    if size >= LEAST_PARTS:
        return parts_into(sums, powers, stretch, out, at)
    at = less_one_into(letters, sums, powers, stretch, out, at)
    if size >= LEAST_TWO:
        at = less_two_into(letters, sums, powers, stretch, out, at)
    return parts_into(sums, powers, stretch, out, at) if size >= LEAST_PARTED else at


@bare_inline
def sought_once_into(
    letters: Letters, sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int
) -> int:
    """Hashes under which marks within a single error of a stretch of a text are filed, some of them twice: of
    the three parts of a long mark an error leaves the first or the last intact.
    """
    start, stop = stretch
    size = stop - start
    if size <= LEAST_PARTS:
        at = less_one_into(letters, sums, powers, stretch, out, at)
    for other in range(max(LEAST_PARTS, size - 1), min(MOST_NEAR, size + 1) + 1):
        head, tail = other // 3, other - other * 2 // 3
        out[at] = part_hash(sum_of(sums, powers, start, start + head), other, 0)
        out[at + 1] = part_hash(sum_of(sums, powers, stop - tail, stop), other, 2)
        at += 2
    return at


@bare_inline
def sought_hashes_into(
    letters: Letters, sums: Hashes, powers: Hashes, stretch: tuple[int, int], out: Hashes, at: int
) -> int:
    """All hashes under which marks within the errors allowed to a stretch of a text are filed."""
    size = stretch[1] - stretch[0]
    if size <= LEAST_PARTS:
        at = less_one_into(letters, sums, powers, stretch, out, at)
    if LEAST_TWO <= size < LEAST_PARTS:
        at = less_two_into(letters, sums, powers, stretch, out, at)
    if size >= LEAST_PARTS - 2:
        at = sought_parts_into(sums, powers, stretch, out, at)
    return at
