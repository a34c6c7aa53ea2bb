"""Segments as one: nothing is read anew, only filed anew."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from matching.index.gathering import Gathered, bounds_of, stretches
from matching.index.segment import Segment, assemble
from matching.index.words import Entries


def merge_segments(segments: list[Segment], gone: list[Collection[int]]) -> Segment:
    """One segment of several, without the marks that are gone from each."""
    alive = [_alive(part, dead) for part, dead in zip(segments, gone, strict=True)]
    shifts = np.cumsum([0, *(int(each.sum()) for each in alive[:-1])])
    entries = [_entries(part, kept, int(up)) for part, kept, up in zip(segments, alive, shifts, strict=True)]
    packed = [
        stretches(part.filed.packed, part.filed.mark_bounds, kept)
        for part, kept in zip(segments, alive, strict=True)
    ]
    ids = [_ids(part)[kept] for part, kept in zip(segments, alive, strict=True)]
    words = [
        part.arrays.palette[part.arrays.mark_words[kept]] for part, kept in zip(segments, alive, strict=True)
    ]
    whole = Entries(
        np.concatenate([each.texts for each in entries]),
        bounds_of(np.concatenate([np.diff(each.bounds) for each in entries])),
        np.concatenate([each.owners for each in entries]),
        np.concatenate([each.sources for each in entries]),
    )
    mark_bounds = bounds_of(np.concatenate([np.diff(bounds) for _, bounds in packed]))
    packed_marks = np.concatenate([letters for letters, _ in packed])
    return assemble(
        Gathered(whole, packed_marks, mark_bounds, np.concatenate(ids), np.concatenate(words)),
        segments[0].seed,
    )


def _alive(part: Segment, dead: Collection[int]) -> NDArray[np.bool_]:
    alive = np.ones(len(part), dtype=bool)
    alive[list(dead)] = False
    return alive


def _entries(part: Segment, alive: NDArray[np.bool_], shift: int) -> Entries:
    kept = alive[part.arrays.owners]
    places = (np.cumsum(alive) - 1 + shift).astype(np.uint32)
    texts, bounds = stretches(part.arrays.texts, part.arrays.bounds, kept)
    return Entries(texts, bounds, places[part.arrays.owners[kept]], part.filed.sources[kept])


def _ids(part: Segment) -> NDArray[np.uint32]:
    ids = np.empty(len(part), dtype=np.uint32)
    ids[part.filed.id_places] = part.filed.ids
    return ids
