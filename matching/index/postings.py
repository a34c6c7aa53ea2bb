"""Sorted keys and what is filed under them: flat arrays, found through a table of buckets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.blocking import Hashes

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
MAX_PER_KEY = 512
"""More than this many marks under one key are cut, and the answer says so."""


class Postings(NamedTuple):
    """Keys in order, the number filed under each, and where each bucket of keys begins."""

    keys: Hashes
    values: Numbers
    starts: Numbers
    shift: np.uint64


class Filed(NamedTuple):
    """What was found: for each hit the place of the probe and the number filed; whether a long list was
    cut.
    """

    probes: Places
    values: Places
    is_cut: bool


def file_keys(keys: Hashes, values: Numbers) -> Postings:
    """Sort keys with their numbers and lay the table of buckets, about two keys to a bucket."""
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    bits = max(1, len(keys).bit_length() - 1)
    shift = np.uint64(64 - bits)
    bounds = np.arange((1 << bits) + 1, dtype=np.uint64)
    bounds[:-1] <<= shift
    starts = np.empty(len(bounds), dtype=np.uint32)
    starts[:-1] = np.searchsorted(keys, bounds[:-1])
    starts[-1] = len(keys)
    return Postings(keys, values, starts, shift)


def look_up(postings: Postings, probes: Hashes) -> Filed:
    """All numbers filed under each probed key."""
    buckets = (probes >> postings.shift).astype(np.int64)
    first = postings.starts[buckets].astype(np.int64)
    counts = postings.starts[buckets + 1].astype(np.int64) - first
    is_cut = bool((counts > MAX_PER_KEY).any())
    if is_cut:
        first, counts = _narrowed(postings, probes, first, counts)
    total = int(counts.sum())
    owners = np.repeat(np.arange(len(probes)), counts)
    ends = np.cumsum(counts)
    places = np.arange(total) + np.repeat(first - (ends - counts), counts)
    same = postings.keys[places] == probes[owners]
    return Filed(owners[same], postings.values[places[same]].astype(np.int64), is_cut)


def _narrowed(postings: Postings, probes: Hashes, first: Places, counts: Places) -> tuple[Places, Places]:
    for place in np.flatnonzero(counts > MAX_PER_KEY):
        span = postings.keys[first[place] : first[place] + counts[place]]
        low, high = np.searchsorted(span, probes[place]), np.searchsorted(span, probes[place], side="right")
        first[place] += low
        counts[place] = min(high - low, MAX_PER_KEY)
    return first, counts


def all_of(postings: list[Postings], shifts: list[int]) -> tuple[Hashes, Numbers]:
    """The keys and numbers of several postings, the numbers moved up by `shifts`."""
    keys = np.concatenate([each.keys for each in postings])
    values = np.concatenate([each.values + np.uint32(up) for each, up in zip(postings, shifts, strict=True)])
    return keys, values


def only_values(postings: Postings, allowed: NDArray[np.bool_]) -> Postings:
    """The same postings without numbers that are no longer allowed; the buckets are not laid anew."""
    kept = allowed[postings.values]
    return postings._replace(keys=postings.keys[kept], values=postings.values[kept])
