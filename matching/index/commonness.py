"""Which words readers meet all the time: a table of hashes, so that kernels can ask it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from matching.index.compiling import bare_inline, bare_kernel
from matching.index.hashing import U32, Hashes, Letters, mixed
from matching.lexicon import COMMON, FREQUENT, Lexicon

_SEED: Final = np.uint64(0xCBF29CE484222325)
_STEP: Final = np.uint64(0x100000001B3)
_NOTHING: Final = np.uint64(0)
_OFTEN: Final = np.uint64(2)
_NEWLINE: Final = 10


@lru_cache(maxsize=2)  # each index of a process asks for the same one
def table_of(lexicon: Lexicon) -> Hashes:
    """The common words of a lexicon as an open table of their hashes, at most two thirds full.

    The second bit of a hash tells that its word is frequent.
    """
    words = [word for word, often in lexicon.frequency.items() if often >= COMMON and word.isascii()]
    table = _table(words)
    frequent = [word for word in words if lexicon.frequency[word] >= FREQUENT]
    _mark(_joined(frequent), table)
    return table


def _joined(words: Iterable[str]) -> Letters:
    return np.frombuffer(bytearray("\n".join(words) + "\n", "ascii"), dtype=np.uint8)


def _table(words: Iterable[str]) -> Hashes:
    letters = _joined(words)
    count = int((letters == _NEWLINE).sum())
    table = np.zeros(1 << max(4, (count * 3 // 2).bit_length()), dtype=np.uint64)
    _fill(letters, table)
    return table


@bare_kernel
def _fill(letters: Letters, table: Hashes) -> None:
    start = 0
    for place in range(len(letters)):
        if letters[place] == _NEWLINE:
            value = word_hash(letters, start, place)
            table[_slot_of(value, table)] = value
            start = place + 1


@bare_kernel
def _mark(letters: Letters, table: Hashes) -> None:
    """Note of words that are in the table that they are frequent."""
    start = 0
    for place in range(len(letters)):
        if letters[place] == _NEWLINE:
            table[_slot_of(word_hash(letters, start, place), table)] |= _OFTEN
            start = place + 1


@bare_inline
def _slot_of(value: np.uint64, table: Hashes) -> int:
    """Where a word's hash is, or would be."""
    slot = int(value >> U32) & (len(table) - 1)
    while table[slot] != _NOTHING and table[slot] & ~_OFTEN != value:
        slot = (slot + 1) & (len(table) - 1)
    return slot


@bare_inline
def word_hash(letters: Letters, start: int, stop: int) -> np.uint64:
    """The hash of a word among common words, its second bit free; never 0, which is an empty place."""
    value = _SEED
    for place in range(start, stop):
        value = (value ^ np.uint64(letters[place])) * _STEP
    return (mixed(value) | np.uint64(1)) & ~_OFTEN


@bare_inline
def commonness_of(letters: Letters, start: int, stop: int, table: Hashes) -> int:
    """2 for a frequent word, 1 for another one that is common, 0 for one that is not in the table."""
    found = table[_slot_of(word_hash(letters, start, stop), table)]
    return 2 if found & _OFTEN else 1 if found else 0
