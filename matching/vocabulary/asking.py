"""From marks to questions: the spellings that a run of words may be, with the errors allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.blocking import sound_of
from matching.index.buffers import MAX_WORDS
from matching.index.entries import entries_of
from matching.index.hashing import LEAST_NEAR, LEAST_SOUND, LEAST_TWO, MAX_LETTERS, MOST_NEAR, MOST_SOUND
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.normalization import skeleton_of

AT_ONCE: Final = 64
"""So many questions are asked in one passage through the texts: a bit of a word's mark each."""
MAX_PARTS: Final = 64
"""A long name with more words cannot be asked for."""
_CLASSES: Final = {"p": "bp", "t": "dt", "f": "vwf", "k": "qk", "m": "m", "n": "n", "r": "r", "s": "sz"}
"""Letters that sound so wherever they stand, by the letter that a sound writes for them."""
_DOUBTFUL: Final = frozenset("cghjptx")
"""Letters that sound one way or another by what stands beside them."""


class Questions(NamedTuple):
    """Spellings to look for, one a row; the errors allowed beside the letters they may have.

    `forbidden` are the letters that no word of a run that sounds like the spelling has. A question with
    `by_sound` finds only what sounds alike.
    """

    letters: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    errors: NDArray[np.int64]
    by_sound: NDArray[np.bool_]
    forbidden: NDArray[np.uint64]


class LongName(NamedTuple):
    """A name of many words: their letters in rows, and their sizes; `total` counts the letters of all."""

    letters: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    total: int


class Asked(NamedTuple):
    """All that is asked of a vocabulary; `is_whole` tells whether that is all the marks ask for."""

    short: tuple[Questions, ...]
    long: tuple[LongName, ...]
    is_whole: bool


def ask_for(marks: Iterable[Mark], lexicon: Lexicon) -> Asked:
    """The questions that find every listing in which the index may find one of the marks."""
    entries = {entry.words for mark in marks for entry in entries_of(mark, lexicon)}
    keys = sorted({skeleton_of("".join(words)) for words in entries}, key=lambda key: (len(key), key))
    single = [question for key in keys if len(key) <= MAX_LETTERS for question in _questions_of(key)]
    long = [tuple(map(skeleton_of, words)) for words in sorted(entries) if _is_long(words)]
    return Asked(
        tuple(_questions(single[first : first + AT_ONCE]) for first in range(0, len(single), AT_ONCE)),
        tuple(_long_name(words) for words in long if len(words) <= MAX_PARTS),
        all(len(words) <= MAX_PARTS and max(map(len, words)) <= MAX_LETTERS for words in long),
    )


def _is_long(words: Sequence[str]) -> bool:
    return len(words) > 1 and (len(words) >= MAX_WORDS or sum(map(len, words)) > MOST_NEAR)


def _questions_of(key: str) -> Iterator[tuple[str, int, bool]]:
    """A spelling with the errors allowed: by its letters, and one more where it sounds alike."""
    size = len(key)
    errors = 0 if size < LEAST_NEAR else 2 if size >= LEAST_TWO else 1
    if size > MOST_NEAR + 2:
        errors = 0
    yield key, errors, False
    if errors and size + errors >= LEAST_SOUND and size - errors <= MOST_SOUND:
        yield key, errors + 1, True


def _questions(asked: Sequence[tuple[str, int, bool]]) -> Questions:
    return Questions(
        _rows([key for key, _, _ in asked]),
        np.array([len(key) for key, _, _ in asked], dtype=np.int64),
        np.array([errors for _, errors, _ in asked], dtype=np.int64),
        np.array([by_sound for _, _, by_sound in asked], dtype=np.bool_),
        np.array([_forbidden(key) if by_sound else 0 for key, _, by_sound in asked], dtype=np.uint64),
    )


def _rows(words: Sequence[str]) -> NDArray[np.uint8]:
    rows = np.zeros((len(words), MAX_LETTERS), dtype=np.uint8)
    for row, word in enumerate(words):
        rows[row, : len(word)] = np.frombuffer(word.encode("ascii"), dtype=np.uint8)
    return rows


def _forbidden(key: str) -> int:
    """The letters, as bits, whose sound the spelling does not have."""
    heard = sound_of(key)
    letters = "".join(alike for sound, alike in _CLASSES.items() if sound not in heard)
    return sum(1 << (ord(letter) - 87) for letter in letters if letter not in _DOUBTFUL)


def _long_name(words: Sequence[str]) -> LongName:
    sizes = np.array([len(word) for word in words], dtype=np.int64)
    return LongName(_rows(words), sizes, int(sizes.sum()))
