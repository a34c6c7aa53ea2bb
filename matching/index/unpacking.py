"""Views that the caller has read, as kernels take them over: words with what is known of each, as bytes."""

from __future__ import annotations

from typing import Final

from matching.index.buffers import (
    CUT,
    LETTERS,
    LONG,
    MAX_TOKENS,
    SPELLED,
    TOKENS,
    Scratch,
)
from matching.index.closing import end_view
from matching.index.compiling import part
from matching.index.hashing import Letters

HEADER: Final = "<BHHII"
"""Of a word: its size, its flags, its signs, where it starts and ends in the text; its letters follow."""
HEADER_SIZE: Final = 13
LEAST_SPELLED: Final = 6
"""Of names spelled from another script only longer ones are looked for with errors."""
_L, _I = (ord(letter) for letter in "li")


@part
def take_view(data: Letters, spot: tuple[int, int], known: tuple[int, int, int], scratch: Scratch) -> None:
    """Write the words of a view as the next ones of the buffers; `known` is its text, its bits, its kind."""
    text, bits, kind = known
    place, begin = spot[0], scratch.counts[TOKENS]
    while place < spot[1]:
        word, at = scratch.counts[TOKENS], scratch.counts[LETTERS]
        if word == MAX_TOKENS:
            scratch.counts[CUT] = 1
            break
        size = int(data[place])
        scratch.flags[word] = _number(data, place + 1, 2)
        scratch.spots[word, 2] = _number(data, place + 3, 2)
        scratch.spots[word, 0] = _number(data, place + 5, 4)
        scratch.spots[word, 1] = _number(data, place + 9, 4)
        place += HEADER_SIZE
        for each in range(size):
            letter = data[place + each]
            scratch.keys[at + each] = letter
            scratch.letters[at + each] = _I if letter == _L else letter
        place += size
        scratch.starts[word + 1] = at + size
        scratch.counts[LETTERS], scratch.counts[TOKENS] = at + size, word + 1
    bits |= LONG if kind == SPELLED else 0
    end_view(scratch, (text, bits, LEAST_SPELLED if kind >= SPELLED else 0, kind), begin)


@part
def _number(data: Letters, place: int, size: int) -> int:
    number = 0
    for each in range(size):
        number |= int(data[place + each]) << (8 * each)
    return number
