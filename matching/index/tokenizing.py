"""The words of a folded text, for kernels: what `matching.normalization.tokens_of` reads, byte for byte.

A folded text comes as one byte a character: ASCII as it is, all others as one of a few signs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    CHANGED,
    COMMON,
    CUT,
    DISGUISED,
    FREQUENT,
    HYPHEN,
    LETTERS,
    MAX_TOKENS,
    MAX_VIEW,
    PARTED,
    ROOM,
    TOKENS,
    WIDE,
    Scratch,
)
from matching.index.commonness import commonness_of
from matching.index.compiling import part
from matching.index.hashing import Hashes, Letters
from matching.reading import WIDEST

FOREIGN, DASH, OTHER_SIGN, EURO, POUND, CENT, YEN = range(0x80, 0x87)
"""Bytes for a letter of no Latin look, a dash, any other sign, and the signs of money that hide letters."""
ALPHA, DIGIT, STRANGE, PARTING, SPACE, HIDING, JOINING, DASHED = (1 << n for n in range(8))
WORD: Final = ALPHA | DIGIT | STRANGE
EVENLY, UNEVENLY = 0, 1
"""How single letters may be parted in a run."""
CUT_AT: Final = 70
"""Longer words are in no window; so much of them shows it."""
_SIGNS: Final = {
    PARTING: b",;|/()[]{}<>:\n\t!?",
    SPACE: b" \n\t\r\v\f",
    HIDING: b"0123456789@$!|+" + bytes([EURO, POUND, CENT, YEN]),
    JOINING: b"'`",
    DASHED: b"-" + bytes([DASH]),
    DIGIT: b"0123456789",
    ALPHA: b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    STRANGE: bytes([FOREIGN]),
}
_L, _I, _APOSTROPHE, _HYPHEN, _DOT = (ord(sign) for sign in "li'-.")


def _kinds() -> Letters:
    kinds = np.zeros(256, dtype=np.uint8)
    for kind, signs in _SIGNS.items():
        for sign in signs:
            kinds[sign] |= kind
    return kinds


def _lowered() -> Letters:
    lowered = np.arange(256, dtype=np.uint8)
    lowered[ord("A") : ord("Z") + 1] += 32
    return lowered


KINDS: Final = _kinds()
LOWERED: Final = _lowered()


@part
def read_words(data: Letters, start: int, stop: int, scratch: Scratch, common: Hashes) -> None:
    """Write the words of a text as the next ones of the buffers; words with strange letters are left out."""
    place, before = start, start
    first_word = scratch.counts[TOKENS]
    while place < stop:
        if KINDS[data[place]] & WORD == 0:
            place += 1
            continue
        begin, at = place, scratch.counts[LETTERS]
        seen = np.uint8(0)
        while place < stop:
            kind = KINDS[data[place]]
            if kind & WORD:
                seen |= kind
                if at - scratch.counts[LETTERS] < CUT_AT:
                    scratch.keys[at] = LOWERED[data[place]]
                    at += 1
            elif not (kind & JOINING and place + 1 < stop and KINDS[data[place + 1]] & WORD):
                break
            place += 1
        if seen & STRANGE:
            continue
        if scratch.counts[TOKENS] - first_word == MAX_VIEW or scratch.counts[TOKENS] == MAX_TOKENS:
            scratch.counts[CUT] = 1
            return
        flags = gap_flags(data, before, begin)
        end_word(scratch, at, (begin, place, 0), flags, common)
        before = place


@part
def end_word(scratch: Scratch, at: int, spot: tuple[int, int, int], flags: int, common: Hashes) -> None:
    """Make the letters written up to `at` the next word."""
    start, word = scratch.counts[LETTERS], scratch.counts[TOKENS]
    for place in range(start, at):
        letter = scratch.keys[place]
        scratch.letters[place] = _I if letter == _L else letter
    often = commonness_of(scratch.keys, start, at, common)
    flags |= (COMMON if often else 0) | (FREQUENT if often > 1 else 0)
    scratch.spots[word, 0], scratch.spots[word, 1], scratch.spots[word, 2] = spot
    scratch.flags[word] = flags
    scratch.starts[word + 1] = at
    scratch.counts[LETTERS] = at
    scratch.counts[TOKENS] = word + 1


@part
def copy_word(scratch: Scratch, word: int) -> None:
    """Write a word once more, as the next one."""
    at, new = scratch.counts[LETTERS], scratch.counts[TOKENS]
    for place in range(scratch.starts[word], scratch.starts[word + 1]):
        scratch.keys[at] = scratch.keys[place]
        scratch.letters[at] = scratch.letters[place]
        at += 1
    for column in range(3):
        scratch.spots[new, column] = scratch.spots[word, column]
    scratch.flags[new] = scratch.flags[word] & ~(CHANGED | DISGUISED)
    scratch.starts[new + 1] = at
    scratch.counts[LETTERS] = at
    scratch.counts[TOKENS] = new + 1


@part
def gap_flags(data: Letters, start: int, stop: int) -> int:
    """What stands between two words: a hyphen, room, much, or a sign that parts names."""
    size = stop - start
    if size == 0:
        return 0
    sign = data[start]
    if size == 1 and sign == _HYPHEN:
        return HYPHEN
    flags = WIDE if size > WIDEST else 0
    for place in range(start, stop):
        kind = KINDS[data[place]]
        if kind & SPACE:
            flags |= ROOM
        if kind & PARTING:
            flags |= PARTED
        is_inside = start < place < stop - 1
        if kind & DASHED and is_inside and KINDS[data[place - 1]] & KINDS[data[place + 1]] & SPACE:
            flags |= PARTED
    return flags


@part
def is_single(scratch: Scratch, word: int) -> bool:
    """Whether a word is a single letter or digit."""
    return bool(scratch.starts[word + 1] - scratch.starts[word] == 1)


@part
def settle_singles(scratch: Scratch, begin: int, behind: int) -> None:
    """Signs between single letters part nothing: N/I/K/E."""
    for word in range(begin + 1, behind):
        if scratch.flags[word] & PARTED and is_single(scratch, word) and is_single(scratch, word - 1):
            scratch.flags[word] &= ~PARTED


@part
def stretches_into(scratch: Scratch, begin: int, behind: int, parted: int) -> int:
    """Write runs of three or more single letters to `folds` as rows of first and behind the last.

    Even ones as `matching.reading.single_letter_runs` tells them; in others words may be parted more widely
    than letters are (N.I.K.E. A.I.R.). Returns how many.
    """
    singles = 0
    for word in range(begin, behind):
        singles += 1 if is_single(scratch, word) else 0
    made, first = 0, begin
    if singles < 3:
        return 0
    for place in range(begin, behind + 1):
        single = place < behind and is_single(scratch, place)
        if single and _goes_on(scratch, first, place, parted):
            continue
        letters = 0
        for word in range(first, place):
            letters += 1 if scratch.keys[scratch.starts[word]] > 57 else 0
        if place - first >= 3 and letters >= 2 and made < len(scratch.folds):
            scratch.folds[made, 0], scratch.folds[made, 1] = first, place
            made += 1
        first = max(place - 1, first + 1) if single else place + 1
    return made


@part
def _goes_on(scratch: Scratch, first: int, place: int, parted: int) -> bool:
    if place <= first:
        return True
    if scratch.flags[place] & WIDE:
        return False
    same = (scratch.flags[place] ^ scratch.flags[place - 1]) & ROOM == 0
    return bool(place == first + 1 or same or parted == UNEVENLY)
