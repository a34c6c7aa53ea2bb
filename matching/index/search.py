"""Which marks may be meant where: probe the keys of all windows, then look closely at what answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from matching.blocking import SOUND_SALT, SOUND_SIZES, Hashes, keys_less_one, sound_of, whole_keys
from matching.index.postings import look_up
from matching.index.segment import Segment, stretches_of
from matching.index.windows import Window, windows_of
from matching.lexicon import Lexicon
from matching.model import Field
from matching.normalization import skeleton_of
from matching.reading import Reading

MAX_WINDOWS = 12_000
MAX_PAIRS = 4_000
SHORTEST_NEAR = 5
LONG_ENOUGH_FOR_TWO = 8


Kind = Literal["exact", "edit", "sound", "mask"]


class Probes(NamedTuple):
    """The keys of all windows and, for each key, its window; whole keys first, one per window."""

    windows: tuple[Window, ...]
    keys: Hashes
    owners: NDArray[np.int64]
    whole: int
    near: NDArray[np.bool_]
    sizes: NDArray[np.int64]


class Hit(NamedTuple):
    """A window that meets an entry of a segment: how, and within how many typing errors."""

    window: Window
    segment: Segment
    entry: int
    kind: Kind
    distance: int


def probes_of(readings: Mapping[Field, Reading], lexicon: Lexicon) -> tuple[Probes, bool]:
    """The probes of all texts together, and whether windows were left out."""
    found = (window for field, reading in readings.items() for window in windows_of(reading, field, lexicon))
    windows = tuple(islice(found, MAX_WINDOWS + 1))
    is_cut = len(windows) > MAX_WINDOWS
    windows = windows[:MAX_WINDOWS]
    skeletons = [skeleton_of(window.key) for window in windows]
    near = np.array([window.is_near for window in windows], dtype=bool)
    sums, starts, stops = stretches_of(skeletons)
    less, owners = keys_less_one(sums, starts[near], stops[near])
    nearby = np.flatnonzero(near)
    heard = [place for place in nearby if len(skeletons[place]) in SOUND_SIZES]
    sounds, begins, ends = stretches_of([sound_of(skeletons[place]) for place in heard])
    keys = [whole_keys(sums, starts, stops), less, whole_keys(sounds, begins, ends) ^ SOUND_SALT]
    owners = np.concatenate([np.arange(len(windows)), nearby[owners], np.array(heard, dtype=np.int64)])
    return Probes(windows, np.concatenate(keys), owners, len(windows), near, stops - starts), is_cut


def hits_of(probes: Probes, segment: Segment) -> tuple[list[Hit], bool]:
    """Every window with every entry of a segment that is near enough; whether any were left out."""
    filed = look_up(segment.keys, probes.keys)
    windows, entries = probes.owners[filed.probes], filed.values
    is_whole = filed.probes < probes.whole
    longer = segment.sizes[entries].astype(np.int64) - probes.sizes[windows]
    reach = np.where(probes.sizes[windows] >= LONG_ENOUGH_FOR_TWO, 2, 1)
    is_near = probes.near[windows] & (segment.sizes[entries] >= SHORTEST_NEAR) & (np.abs(longer) <= reach)
    kept = (is_whole & (longer == 0)) | is_near
    pairs = np.unique(windows[kept] * len(segment.owners) + entries[kept])
    is_cut = filed.is_cut or len(pairs) > MAX_PAIRS
    hits: list[Hit] = []
    for pair in pairs[:MAX_PAIRS].tolist():
        window, entry = divmod(pair, len(segment.owners))
        hit = _compare(probes.windows[window], segment, entry)
        if hit:
            hits.append(hit)
    return hits, is_cut


def _compare(window: Window, segment: Segment, entry: int) -> Hit | None:
    key = segment.words_of(entry).replace(" ", "")
    if key == window.key:
        return Hit(window, segment, entry, "exact", 0)
    seen, sought = skeleton_of(window.key), skeleton_of(key)
    if seen == sought:
        return Hit(window, segment, entry, "edit", 0) if len(key) > 3 else None
    if not window.is_near:
        return None
    size = min(len(seen), len(sought))
    errors = 2 if size >= LONG_ENOUGH_FOR_TWO else 1
    distance = OSA.distance(seen, sought, score_cutoff=errors + 1)
    if distance <= errors:
        return Hit(window, segment, entry, "edit", distance)
    if distance == errors + 1 and sound_of(seen) == sound_of(sought):
        return Hit(window, segment, entry, "sound", distance)
    return None
