"""All plain, leet and printed views of texts, for kernels; see `matching.reading` for what they are."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    CHANGED,
    CHANGED_ALL,
    COMMON,
    CUT,
    LEETED,
    LETTERS,
    LONG,
    MAX_TOKENS,
    ODD,
    PLAIN,
    PRINTED,
    RUNS,
    TOKENS,
    VIEWS,
    WINDOWS,
    Places,
    Scratch,
)
from matching.index.closing import end_view
from matching.index.compiling import part
from matching.index.hashing import Hashes, Letters
from matching.index.leeting import leet_view
from matching.index.tokenizing import copy_word, end_word, read_words
from matching.index.unpacking import take_view
from matching.normalization import PRINT

LEAST_NEAR_CHANGED: Final = 8
"""In readings other than the plain one only longer names are looked for with errors."""
PRINT_BIT: Final = int(PRINT)
_C, _L, _R, _N, _V, _W, _M, _D = (ord(letter) for letter in "clrnvwmd")


@part
def read_texts(
    data: Letters, texts: Places, these: tuple[int, int], scratch: Scratch, common: Hashes
) -> None:
    """Read all views of some texts; rows of `texts`: where each begins in `data`, where it ends, its bits.

    A view that the caller has read is a row, too: with its kind in the bits from 8 on, its text from 16 on.
    """
    for count in (TOKENS, LETTERS, VIEWS, RUNS, WINDOWS, CUT):
        scratch.counts[count] = 0
    for text in range(these[0], these[1]):
        start, stop, bits = texts[text, 0], texts[text, 1], texts[text, 2] & 255
        kind = (texts[text, 2] >> 8) & 255
        if kind:
            take_view(data, (start, stop), (texts[text, 2] >> 16, bits, kind), scratch)
            continue
        first = scratch.counts[TOKENS]
        read_words(data, start, stop, scratch, common)
        words = (first, scratch.counts[TOKENS])
        end_view(scratch, (text - these[0], bits | LONG | CHANGED_ALL, 0, PLAIN), words[0])
        if scratch.counts[TOKENS] + 2 * (words[1] - words[0]) > MAX_TOKENS:
            scratch.counts[CUT] = 1
            return
        begin = scratch.counts[TOKENS]
        if leet_view(data, (start, stop), words, scratch, common):
            end_view(scratch, (text - these[0], bits, LEAST_NEAR_CHANGED, LEETED), begin)
        begin = scratch.counts[TOKENS]
        if _print_view(scratch, words, common):
            end_view(scratch, (text - these[0], bits, LEAST_NEAR_CHANGED, PRINTED), begin)
        if start > 0:
            for word in range(first, scratch.counts[TOKENS]):
                scratch.spots[word, 0] -= start
                scratch.spots[word, 1] -= start


@part
def _print_view(scratch: Scratch, words: tuple[int, int], common: Hashes) -> bool:
    """Write the view in which pairs that look like one letter are that letter, if it changes a rare word."""
    is_any = False
    for word in range(words[0], words[1]):
        is_any = is_any or (scratch.flags[word] & COMMON == 0 and _has_pair(scratch, word))
    if not is_any:
        return False
    for word in range(words[0], words[1]):
        if scratch.flags[word] & COMMON == 0 and _has_pair(scratch, word):
            _write_printed(scratch, word, common)
        else:
            copy_word(scratch, word)
    return True


@part
def _has_pair(scratch: Scratch, word: int) -> bool:
    for place in range(scratch.starts[word], scratch.starts[word + 1] - 1):
        this, after = scratch.keys[place], scratch.keys[place + 1]
        if (this == _R and after == _N) or (this == _V and after == _V) or (this == _C and after == _L):
            return True
    return False


@part
def _write_printed(scratch: Scratch, word: int, common: Hashes) -> None:
    start = at = scratch.counts[LETTERS]
    place, behind = scratch.starts[word], scratch.starts[word + 1]
    while place < behind:
        this = scratch.keys[place]
        after = scratch.keys[place + 1] if place + 1 < behind else np.uint8(0)
        printed = np.uint8(0)
        if this == _R and after == _N:
            printed = np.uint8(_M)
        elif this == _V and after == _V:
            printed = np.uint8(_W)
        elif this == _C and after == _L:
            printed = np.uint8(_D)
        scratch.keys[at] = printed or this
        at += 1
        place += 2 if printed else 1
    spot = (scratch.spots[word, 0], scratch.spots[word, 1], PRINT_BIT)
    scratch.counts[LETTERS] = start
    end_word(scratch, at, spot, scratch.flags[word] | CHANGED | ODD, common)
