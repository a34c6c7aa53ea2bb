"""The keys that bring a text and a mark together: hashes of skeletons, one definition for every direction.

Skeletons lie one behind the other in one array of bytes; a window is a stretch [start, stop) of it. A
stretch and
the same stretch without one letter hash in constant time from sums over the array, so that two words
within one
typing error share a key.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

LIMIT: Final = 1 << 20
"""The longest array of bytes that is hashed at once."""
WORD_SIZES = range(5, 33)
"""Skeletons of these lengths are met within one typing error, shorter and longer ones letter by letter."""
SOUND_SIZES = range(5, 25)

_BASE = 0x9E3779B97F4A7C15 | 1
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
SOUND_SALT = np.uint64(0x94D049BB133111EB)
ANCHOR_SALT = np.uint64(0xD6E8FEB86659FD93)


def _powers(base: int) -> Hashes:
    powers = np.full(LIMIT + 1, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


_POWERS = _powers(_BASE)
_INVERSES = _powers(_INVERSE)


def sums_of(letters: NDArray[np.uint8]) -> Hashes:
    """Running sums from which every stretch of `letters` (at most LIMIT) is hashed."""
    sums = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(letters * _POWERS[: len(letters)], dtype=np.uint64, out=sums[1:])
    return sums


def _mixed(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> np.uint64(32))) * _MIX
    return hashes ^ (hashes >> np.uint64(29))


def whole_keys(sums: Hashes, starts: Places, stops: Places) -> Hashes:
    """The key of each stretch as it is."""
    return _mixed((sums[stops] - sums[starts]) * _INVERSES[starts])


def keys_less_one(sums: Hashes, starts: Places, stops: Places) -> tuple[Hashes, Places]:
    """The keys of each stretch without one letter, for every letter; and which stretch each key is of."""
    sizes = stops - starts
    owners = np.repeat(np.arange(len(starts)), sizes)
    firsts = np.cumsum(sizes) - sizes
    gone = np.arange(len(owners)) - firsts[owners] + starts[owners]
    head = (sums[gone] - sums[starts[owners]]) * _INVERSES[starts[owners]]
    tail = (sums[stops[owners]] - sums[gone + 1]) * _INVERSES[starts[owners] + 1]
    return _mixed(head + tail), owners


_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"sch|sh|ch|tsch|cz"), "s"),
    (re.compile(r"ck|q|c|gh"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"[dt]h?"), "t"),
    (re.compile(r"[vw]"), "f"),
    (re.compile(r"b"), "p"),
    (re.compile(r"g"), "k"),
    (re.compile(r"j"), "i"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile(r"^[aeiouy]+"), "a"),
    (re.compile(r"(?<=.)[aeiouy]+"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound_of(key: str) -> str:
    """How a word sounds, roughly and in no particular language: its consonants, and whether it starts with
    a vowel.
    """
    for pattern, sound in _SOUNDS:
        key = pattern.sub(sound, key)
    return key
