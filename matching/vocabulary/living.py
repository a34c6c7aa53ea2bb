"""The vocabulary as a value: a large volume, smaller ones over it; it never changes, it is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.lexicon import Lexicon
from matching.model import Mark
from matching.vocabulary.asking import Asked, LongName, ask_for
from matching.vocabulary.fitting import mark_parts, mark_words
from matching.vocabulary.scanning import SHARE, scan_for_long, scan_texts
from matching.vocabulary.volume import FIRST_WORD, Volume, merge_volumes

STEP: Final = 8
"""A volume is merged into the next one that is not this many times its size."""


class Vocabulary:
    """Which stored listings may name a mark; `add` answers a new one that shares what stayed the same."""

    __slots__ = ("lexicon", "volumes")

    def __init__(self, volumes: tuple[Volume, ...], lexicon: Lexicon) -> None:
        self.volumes = volumes
        self.lexicon = lexicon

    def add(self, volume: Volume) -> Vocabulary:
        """The vocabulary with another volume: its listings replace what was known of them."""
        return Vocabulary(tuple(_settled([*self.volumes, volume])), self.lexicon)

    def find(self, marks: Iterable[Mark]) -> list[str] | None:
        """Ids of all listings in which the index may find one of the marks, and of few others.

        What a listing said before it was changed may be found, too. None if that cannot be told.
        """
        asked = ask_for(marks, self.lexicon)
        if not asked.is_whole:
            return None
        found = {listing for volume in self.volumes for listing in _search(volume, asked)}
        return sorted(found)


def _search(volume: Volume, asked: Asked) -> Iterator[str]:
    texts = volume.texts
    found = np.zeros(len(volume.ids), dtype=np.bool_)
    marks = np.empty(volume.words, dtype=np.uint64)
    for questions in asked.short:
        mark_words(texts, questions, marks)
        scan_texts(texts, questions, marks, found)
    often = (
        np.bincount(texts.stream, minlength=volume.words + FIRST_WORD)[FIRST_WORD:] if asked.long else None
    )
    for name in asked.long:
        mark_parts(texts, name.letters, name.sizes, marks)
        seeds = _seeds(name, marks, often) if often is not None else 0
        scan_for_long(texts, marks, name.sizes, np.uint64(seeds), found)
    return (listing.decode() for listing in volume.ids[found].tolist())


def _seeds(name: LongName, marks: NDArray[np.uint64], often: NDArray[np.int64]) -> int:
    """The rarest words of a long name, so many that the others alone are not enough of it."""
    met = [
        int(often[(marks >> np.uint64(part)) & np.uint64(1) != 0].sum()) for part in range(len(name.sizes))
    ]
    seeds, left = 0, name.total
    for part in sorted(range(len(met)), key=met.__getitem__):
        if left < SHARE * name.total:
            break
        seeds |= 1 << part
        left -= int(name.sizes[part])
    return seeds


def _settled(volumes: list[Volume]) -> list[Volume]:
    while len(volumes) > 1 and len(volumes[-2].texts.stream) < STEP * len(volumes[-1].texts.stream):
        volumes[-2:] = [merge_volumes(volumes[-2:], keep_deleted=len(volumes) > 2)]
    return volumes
