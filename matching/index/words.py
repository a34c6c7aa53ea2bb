"""The distinct words of all entries, by length, and the anchors of those with too many words for a window."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.index.buffers import MAX_RUN, MAX_WORDS
from matching.index.compiling import bare_inline, bare_kernel
from matching.index.entries import BARE
from matching.index.hashing import MAX_LETTERS, MOST_NEAR, Hashes, mixed
from matching.index.lines import Keys
from matching.index.sketches import sketch_of

Places = NDArray[np.int64]
Numbers = NDArray[np.uint32]
SPACE: Final = 32
FEWEST_PAIRS: Final = 3
_L, _I = ord("l"), ord("i")


class Entries(NamedTuple):
    """Spellings of marks: entry e is texts[bounds[e]:bounds[e + 1]], words parted by one space."""

    texts: NDArray[np.uint8]
    bounds: Places
    owners: Numbers
    sources: NDArray[np.uint16]


class Words(NamedTuple):
    """The distinct skeletons of the entries, what each stands for, and which entries need anchors."""

    words: Keys
    sketches: Hashes
    bounds: Numbers
    entries: Numbers
    is_anchored: NDArray[np.bool_]


class Anchors(NamedTuple):
    """Hashes of rare pairs of neighboring words, their entries, and the place of the first word there."""

    keys: Hashes
    entries: Numbers
    spots: NDArray[np.uint16]


def keys_of(entries: Entries) -> Words:
    """Order the skeletons of all entries by length; those of more than 64 letters are left to anchors."""
    is_letter = entries.texts != SPACE
    spots = np.zeros(len(entries.texts) + 1, dtype=np.int64)
    np.cumsum(is_letter, out=spots[1:])
    letters = entries.texts[is_letter]
    letters[letters == _L] = _I
    starts, sizes = spots[entries.bounds[:-1]], np.diff(spots[entries.bounds])
    spaces = np.diff(entries.bounds) - sizes
    is_long = (spaces >= MAX_WORDS) & ((np.diff(entries.bounds) > 2 * spaces + 1) | (spaces >= MAX_RUN))
    firsts = np.zeros(MAX_LETTERS + 2, dtype=np.int64)
    bases = np.zeros(MAX_LETTERS + 2, dtype=np.int64)
    rows: list[NDArray[np.uint8]] = []
    numbers = np.full(len(sizes), -1, dtype=np.int64)
    for size in range(1, MAX_LETTERS + 1):
        these = np.flatnonzero(sizes == size)
        row = letters[starts[these][:, None] + np.arange(size)]
        distinct, places = np.unique(row.view(f"S{size}").ravel(), return_inverse=True)
        rows.append(np.frombuffer(distinct.tobytes(), dtype=np.uint8))
        numbers[these] = firsts[size] + places
        firsts[size + 1] = firsts[size] + len(distinct)
        bases[size + 1] = bases[size] + len(rows[-1])
    total = int(firsts[-1])
    inside = np.flatnonzero(numbers >= 0)
    order = inside[np.argsort(numbers[inside], kind="stable")]
    bounds = np.zeros(total + 1, dtype=np.uint32)
    np.cumsum(np.bincount(numbers[inside], minlength=total), out=bounds[1:])
    is_filed = np.zeros(total, dtype=bool)
    is_filed[numbers[inside[~is_long[inside]]]] = True
    is_whole = np.ones(total, dtype=bool)
    is_whole[numbers[inside[entries.sources[inside] & BARE == 0]]] = False
    words = Keys(np.concatenate(rows), firsts, bases, is_filed, is_whole)
    sketches = np.empty(total, dtype=np.uint64)
    _sketch(words, sketches)
    return Words(
        words,
        sketches,
        bounds,
        order.astype(np.uint32),
        is_long | (spaces >= MAX_WORDS - 1) | ((sizes > MOST_NEAR) & (spaces > 0)),
    )


@bare_kernel
def copy_stretches(values: NDArray[np.uint8], bounds: Places, order: Places, out: NDArray[np.uint8]) -> None:
    """Write stretches of an array in an order, one behind the other."""
    at = 0
    for number in order:
        for place in range(bounds[number], bounds[number + 1]):
            out[at] = values[place]
            at += 1


@bare_kernel
def _sketch(words: Keys, sketches: Hashes) -> None:
    for size in range(1, MAX_LETTERS + 1):
        for number in range(words.firsts[size], words.firsts[size + 1]):
            start = words.bases[size] + (number - words.firsts[size]) * size
            sketches[number] = sketch_of(words.letters, start, start + size)


@bare_kernel
def _pairs(
    entries: Entries, chosen: Places, powers: Hashes, out: tuple[Hashes, Places, Places, Places]
) -> int:
    """Hashes of all pairs of neighboring words of entries: hash, entry, place, half of the entry."""
    keys, owners, spots, halves = out
    at = 0
    for entry in chosen:
        start, stop = entries.bounds[entry], entries.bounds[entry + 1]
        pairs, word, behind = 0, 0, start
        for place in range(start, stop):
            pairs += 1 if entries.texts[place] == SPACE else 0
        for place in range(start, stop + 1):
            if place < stop and entries.texts[place] != SPACE:
                continue
            if word > 0:
                value, size, first = np.uint64(0), 0, behind
                while first > start and entries.texts[first - 1] != SPACE:
                    first -= 1
                for each in range(first, place):
                    letter = entries.texts[each]
                    if letter != SPACE:
                        value = value * powers[1] + np.uint64(_I if letter == _L else letter)
                        size += 1
                if size <= MAX_LETTERS:
                    keys[at], owners[at], spots[at] = mixed(value), entry, word - 1
                    halves[at] = _half_of(word - 1, pairs)
                    at += 1
            word += 1
            behind = place
    return at


@bare_inline
def _half_of(pair: int, pairs: int) -> int:
    """Which half of a mark a pair of words stands in; one across the middle of four words or more in neither,
    so that no word is in both anchors.
    """
    middle = (pairs + 1) // 2
    if pairs < FEWEST_PAIRS:
        return pair * 2 // pairs
    return 2 if pair == middle - 1 else int(pair >= middle)


def anchors_of(entries: Entries, is_anchored: NDArray[np.bool_], powers: Hashes) -> Anchors:
    """The rarest pair of neighboring words in either half of each entry that needs anchors."""
    chosen = np.flatnonzero(is_anchored)
    most = int(np.diff(entries.bounds)[chosen].sum())
    keys = np.empty(most, dtype=np.uint64)
    owners, spots, halves = (np.empty(most, dtype=np.int64) for _ in range(3))
    made = _pairs(entries, chosen, powers, (keys, owners, spots, halves))
    keys, owners, spots, halves = keys[:made], owners[:made], spots[:made], halves[:made]
    _, kinds, counts = np.unique(keys, return_inverse=True, return_counts=True)
    groups = owners * 3 + halves
    order = np.lexsort((counts[kinds], groups))
    is_first = np.ones(made, dtype=bool)
    is_first[1:] = groups[order][1:] != groups[order][:-1]
    is_first &= halves[order] < 2
    best = order[is_first]
    return Anchors(keys[best].copy(), owners[best].astype(np.uint32), spots[best].astype(np.uint16))
