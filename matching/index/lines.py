"""Lines: which marks are filed under a hash, as one cache line of sixteen entries for each.

An entry is a fingerprint of the hash above an id. A full line goes on in the next. A fingerprint that very
many ids share in a line is one entry whose id leads to a list. A filter of one bit a hash stands before the
lines.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.index.compiling import bare_inline, bare_kernel, kernel
from matching.index.hashing import (
    LEAST_SOUND,
    MAX_LETTERS,
    MOST_SOUND,
    SOUND_SALT,
    U32,
    Hashes,
    Letters,
    Summed,
    mixed,
    near_hashes_into,
    sum_of,
    sums_into,
)
from matching.index.sounding import sound_into

Numbers = NDArray[np.uint32]
Lists = tuple[Numbers, Numbers]
Buffers = tuple[Hashes, Letters, Letters, Hashes, Hashes]
WIDTH: Final = 16
FILL: Final = 0.83
BITS_EACH: Final = 4
FEW: Final = 6
"""More equal fingerprints than this in a line become a list."""
EMPTY: Final = np.uint32(0xFFFFFFFF)
MOST_HASHES: Final = 256
_SPREAD: Final = np.uint64(0x9FB21C651E98DF25)


class Lines(NamedTuple):
    """Lines with their filter and lists; `id_bits` is how many bits of an entry are the id,
    `used` how many lines hashes lead to."""

    lines: NDArray[np.uint32]
    filter: Hashes
    lists: Numbers
    list_bounds: Numbers
    id_bits: int
    first_list: int
    used: int


class Room(NamedTuple):
    """Where entries are gathered line by line: the next place of each line, the entries, the filter."""

    starts: NDArray[np.int64]
    grouped: Numbers
    bits: Hashes
    id_bits: int


class Keys(NamedTuple):
    """Words by length: `firsts[n]` is the first word of n letters, `bases[n]` where its letters stand.

    Words that are not `is_filed` are found by anchors, those that are `is_whole` only letter by letter.
    """

    letters: Letters
    firsts: NDArray[np.int64]
    bases: NDArray[np.int64]
    is_filed: NDArray[np.bool_]
    is_whole: NDArray[np.bool_]


@bare_inline
def line_of(value: np.uint64, count: int) -> int:
    """The line of a hash among `count`."""
    return int(((value >> U32) * np.uint64(count)) >> U32)


@bare_inline
def bit_of(value: np.uint64, words: int) -> np.uint64:
    """The bit of a hash in a filter of so many words."""
    spread = (value * _SPREAD) >> U32
    return (spread * (np.uint64(words) << np.uint64(6))) >> U32


@bare_inline
def hashes_of(
    letters: Letters,
    start: int,
    stop: int,
    powers: Hashes,
    buffers: Buffers,
    out: Hashes,
) -> int:
    """All hashes a word is filed under, each once if they stand side by side; returns how many."""
    sums, spare, sound, terms, _ = buffers
    size = stop - start
    word = letters[start:stop]
    sums_into(word, powers, size, sums)
    out[0] = mixed(sum_of(sums, powers, 0, size))
    at = near_hashes_into(Summed(word, sums, powers, terms), (0, size), out, 1)
    if LEAST_SOUND <= size <= MOST_SOUND:
        count = sound_into(word, 0, size, spare, sound)
        sums_into(sound, powers, count, sums)
        out[at] = mixed(sum_of(sums, powers, 0, count)) ^ SOUND_SALT
        at += 1
    return at


@bare_kernel
def _count(keys: Keys, anchors: Hashes, powers: Hashes, counts: NDArray[np.int64], buffers: Buffers) -> int:
    """How many hashes each line gets; returns how many there are."""
    out = buffers[4]
    total = 0
    for size in range(1, MAX_LETTERS + 1):
        for number in range(keys.firsts[size], keys.firsts[size + 1]):
            if not keys.is_filed[number]:
                continue
            start = keys.bases[size] + (number - keys.firsts[size]) * size
            made = hashes_of(keys.letters, start, start + size, powers, buffers, out)
            made = 1 if keys.is_whole[number] else made
            total += made
            if len(counts) > 1:
                for place in range(made):
                    counts[line_of(out[place], len(counts) - 1) + 1] += 1
    total += len(anchors)
    if len(counts) > 1:
        for value in anchors:
            counts[line_of(value, len(counts) - 1) + 1] += 1
    return total


def _buffers() -> Buffers:
    return (
        np.empty(2 * MAX_LETTERS + 2, dtype=np.uint64),
        np.empty(2 * MAX_LETTERS + 2, dtype=np.uint8),
        np.empty(2 * MAX_LETTERS + 2, dtype=np.uint8),
        np.empty(2 * MAX_LETTERS, dtype=np.uint64),
        np.empty(MOST_HASHES, dtype=np.uint64),
    )


@bare_kernel
def _scatter(keys: Keys, anchors: Hashes, powers: Hashes, room: Room, buffers: Buffers) -> None:
    """Write each hash's entry behind the others of its line, and set its bit."""
    out = buffers[4]
    for size in range(1, MAX_LETTERS + 1):
        for number in range(keys.firsts[size], keys.firsts[size + 1]):
            if not keys.is_filed[number]:
                continue
            start = keys.bases[size] + (number - keys.firsts[size]) * size
            made = hashes_of(keys.letters, start, start + size, powers, buffers, out)
            made = 1 if keys.is_whole[number] else made
            for place in range(made):
                _put(out[place], number, room)
    first = keys.firsts[MAX_LETTERS + 1]
    for place in range(len(anchors)):
        _put(anchors[place], first + place, room)


@bare_inline
def _put(value: np.uint64, number: int, room: Room) -> None:
    line = line_of(value, len(room.starts) - 1)
    entry = ((value << np.uint64(room.id_bits)) & np.uint64(0xFFFFFFFF)) | np.uint64(number)
    room.grouped[room.starts[line]] = np.uint32(entry)
    room.starts[line] += 1
    bit = bit_of(value, len(room.bits))
    room.bits[bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))


@kernel
def _lay(
    ends: NDArray[np.int64], grouped: Numbers, ids: tuple[int, int], lines: Numbers, lists: Lists
) -> tuple[int, int]:
    """Lay grouped entries into lines, long runs of one fingerprint into lists.

    Returns how many lines were used and how many lists there are; -1 lines if there is no room.
    """
    id_bits, first_list = ids
    listed_ids, bounds = lists
    made, listed, slot = 0, 0, 0
    shift = np.uint32(id_bits)
    low = (np.uint32(1) << shift) - np.uint32(1)
    for line in range(len(ends)):
        start = ends[line - 1] if line else 0
        stop = ends[line]
        grouped[start:stop].sort()
        slot = max(slot, line * WIDTH)
        place = start
        while place < stop:
            behind = place + 1
            while behind < stop and grouped[behind] >> shift == grouped[place] >> shift:
                behind += 1
            is_list = behind - place > FEW
            if slot + (1 if is_list else behind - place) > len(lines):
                return -1, 0
            if is_list:
                lines[slot] = np.uint32((grouped[place] & ~low) | np.uint32(first_list + made))
                slot += 1
                for each in range(place, behind):
                    if each == place or grouped[each] != grouped[each - 1]:
                        listed_ids[listed] = grouped[each] & low
                        listed += 1
                made += 1
                bounds[made] = listed
            else:
                for each in range(place, behind):
                    if each == place or grouped[each] != grouped[each - 1]:
                        lines[slot] = grouped[each]
                        slot += 1
            place = behind
    return slot // WIDTH + 1, made


def lay_lines(keys: Keys, anchors: Hashes, powers: Hashes) -> Lines:
    """File words under their hashes, and anchors, whose ids follow the words', under theirs."""
    buffers = _buffers()
    total = _count(keys, anchors, powers, np.zeros(1, dtype=np.int64), buffers)
    count = max(1, int(total / (WIDTH * FILL)) + 1)
    starts = np.zeros(count + 1, dtype=np.int64)
    _count(keys, anchors, powers, starts, buffers)
    np.cumsum(starts, out=starts)
    first_list = int(keys.firsts[MAX_LETTERS + 1]) + len(anchors)
    most_lists = min(total // (FEW + 1) + 1, first_list // 4 + 4_096)
    grouped = np.empty(total, dtype=np.uint32)
    bits = np.zeros(total * BITS_EACH // 64 + 1, dtype=np.uint64)
    id_bits = max(8, (first_list + most_lists).bit_length())
    _scatter(keys, anchors, powers, Room(starts, grouped, bits, id_bits), buffers)
    lists = np.empty(total, dtype=np.uint32)
    bounds = np.zeros(total // FEW + 2, dtype=np.uint32)
    slack, used = 8, -1
    while used < 0:
        slack *= 8
        lines = np.full((count + slack) * WIDTH, EMPTY, dtype=np.uint32)
        used, made = _lay(starts[:-1], grouped, (id_bits, first_list), lines, (lists, bounds))
    lines = lines[: (max(used, count) + 1) * WIDTH]
    return Lines(
        lines, bits, lists[: bounds[made]].copy(), bounds[: made + 1].copy(), id_bits, first_list, count
    )
