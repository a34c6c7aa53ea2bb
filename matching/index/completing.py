"""Names with hidden letters among words by length: which words agree with every letter shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.index.compiling import bare_kernel
from matching.index.hashing import Letters
from matching.index.segment import Segment
from matching.normalization import MASK, skeleton_of

SIZES: Final = range(3, 41)
_HIDDEN: Final = ord(MASK)
_MOST: Final = 4_096


@bare_kernel
def _agreeing(letters: Letters, base: int, count: int, pattern: Letters, found: NDArray[np.int64]) -> int:
    """The words of the pattern's length that agree with it, as many as there is room for."""
    size, at = len(pattern), 0
    for number in range(count):
        start = base + number * size
        place = 0
        while place < size and (pattern[place] == _HIDDEN or pattern[place] == letters[start + place]):
            place += 1
        if place == size and at < len(found):
            found[at] = number
            at += 1
    return at


def completions(segment: Segment, pattern: str) -> list[int]:
    """Entries of the pattern's length that agree with every letter it shows; "*" hides one letter."""
    arrays, size = segment.arrays, len(pattern)
    if size not in SIZES:
        return []
    first, behind = int(arrays.firsts[size]), int(arrays.firsts[size + 1])
    shown = np.frombuffer(bytearray(skeleton_of(pattern), "ascii"), dtype=np.uint8)
    found = np.empty(_MOST, dtype=np.int64)
    count = _agreeing(arrays.letters, int(arrays.bases[size]), behind - first, shown, found)
    entries = sorted(entry for word in found[:count] for entry in segment.entries_at(first + int(word)))
    return [entry for entry in entries if _agrees(segment.words_of(entry).replace(" ", ""), pattern)]


def _agrees(key: str, pattern: str) -> bool:
    return all(hidden in (MASK, letter) for letter, hidden in zip(key, pattern, strict=True))


def loosened(pattern: str) -> Iterator[str]:
    """The pattern with one hidden letter more or fewer in one of its gaps."""
    for gap in re.finditer(r"\*+", pattern):
        yield pattern[: gap.end()] + "*" + pattern[gap.end() :]
        if len(gap.group()) > 1:
            yield pattern[: gap.start()] + pattern[gap.start() + 1 :]
