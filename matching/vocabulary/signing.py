"""Which letters words have, as bits; signs that hide a letter have none."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.index.compiling import inline, kernel
from matching.index.distance import signature_of
from matching.index.hashing import MAX_LETTERS, Hashes, Letters

HIDDEN: Final = 42
"""A letter that is hidden: an asterisk."""
L, I = 108, 105  # noqa: E741 - the two letters themselves


@inline
def hides(letters: Letters, start: int, stop: int) -> bool:
    """Whether a letter of a stretch is hidden."""
    for place in range(start, stop):  # noqa: SIM110 - kernels know no generators
        if letters[place] == HIDDEN:
            return True
    return False


@kernel
def sign_words(letters: Letters, sizes: NDArray[np.uint8], signatures: Hashes) -> None:
    """Write the set of letters of each word; l counts as i, as everywhere in the index."""
    spare = np.empty(MAX_LETTERS, dtype=np.uint8)
    start = 0
    for word in range(len(sizes)):
        at = 0
        for place in range(start, start + sizes[word]):
            letter = letters[place]
            if letter != HIDDEN:
                spare[at] = I if letter == L else letter
                at += 1
        signatures[word] = signature_of(spare, 0, at)
        start += sizes[word]
