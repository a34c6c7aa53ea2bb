"""A closed part of the index: the entries of some marks as flat arrays, never changed once made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.blocking import (
    ANCHOR_SALT,
    LIMIT,
    SOUND_SALT,
    SOUND_SIZES,
    WORD_SIZES,
    Hashes,
    keys_less_one,
    sound_of,
    sums_of,
    whole_keys,
)
from matching.index.entries import entries_of, texts_of
from matching.index.postings import Numbers, Places, Postings, all_of, file_keys, only_values
from matching.index.shapes import Shapes, kept_shapes, merged_shapes, shapes_of
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.normalization import skeleton_of

MAX_WORDS = 5
"""Windows of a text have up to this many words; longer marks are found by two rare pairs of words."""


class Segment(NamedTuple):
    """Marks with their entries.

    `texts` holds the words of all entries, one space between words; entry e is texts[bounds[e]:bounds[e +
    1]].
    `owners` leads from an entry to its mark's place, `sources` to the mark's text it came from, `sizes` is
    the length of its skeleton. `keys` files entries under whole, one-less and sound keys; `anchors` files
    places of `anchor_entries` and `anchor_words` under pairs of words of long marks. `shapes` has the entries
    ordered by length of key for hidden letters.
    """

    marks: tuple[Mark, ...]
    places: dict[str, int]
    texts: str
    bounds: Numbers
    owners: Numbers
    sources: NDArray[np.uint8]
    sizes: NDArray[np.uint16]
    keys: Postings
    anchors: Postings
    anchor_entries: Numbers
    anchor_words: Numbers
    shapes: Shapes

    def words_of(self, entry: int) -> str:
        """The words of an entry, parted by spaces."""
        return self.texts[self.bounds[entry] : self.bounds[entry + 1]]

    def mark_of(self, entry: int) -> Mark:
        """The mark an entry belongs to."""
        return self.marks[int(self.owners[entry])]

    def text_of(self, entry: int) -> str:
        """The mark, spelling or product name an entry was made from, as registered."""
        return texts_of(self.mark_of(entry))[int(self.sources[entry])]


def build_segment(marks: Iterable[Mark], lexicon: Lexicon) -> Segment:
    """File marks; a mark whose id comes again replaces the earlier one."""
    latest = {mark.id: mark for mark in marks}
    ordered = tuple(latest.values())
    texts: list[str] = []
    owners: list[int] = []
    sources: list[int] = []
    for place, mark in enumerate(ordered):
        for entry in entries_of(mark, lexicon):
            texts.append(" ".join(entry.words))
            owners.append(place)
            sources.append(min(entry.source, 255))
    bounds = np.zeros(len(texts) + 1, dtype=np.uint32)
    np.cumsum([len(text) for text in texts], out=bounds[1:])
    skeletons = [skeleton_of(text.replace(" ", "")) for text in texts]
    sizes = np.array([len(skeleton) for skeleton in skeletons], dtype=np.uint16)
    long = np.array([_is_long(text) for text in texts], dtype=bool)
    anchor_keys, anchor_entries, anchor_words = _anchors_of(texts, np.flatnonzero(long))
    return Segment(
        ordered,
        {mark.id: place for place, mark in enumerate(ordered)},
        "".join(texts),
        bounds,
        np.array(owners, dtype=np.uint32),
        np.array(sources, dtype=np.uint8),
        sizes,
        _file_entries(skeletons, np.flatnonzero(~long)),
        file_keys(anchor_keys, np.arange(len(anchor_keys), dtype=np.uint32)),
        anchor_entries,
        anchor_words,
        shapes_of("".join(texts), bounds),
    )


def _is_long(text: str) -> bool:
    """More words than a window has, unless they are single letters, which are read as a run."""
    spaces = text.count(" ")
    return spaces >= MAX_WORDS and (len(text) > 2 * spaces + 1 or spaces >= 24)


def _file_entries(skeletons: list[str], entries: NDArray[np.int64]) -> Postings:
    keys: list[Hashes] = []
    values: list[Numbers] = []
    for chunk in _chunks([skeletons[entry] for entry in entries]):
        sums, starts, stops = stretches_of([skeletons[entry] for entry in entries[chunk]])
        numbers = entries[chunk].astype(np.uint32)
        keys.append(whole_keys(sums, starts, stops))
        values.append(numbers)
        near = np.flatnonzero(within(stops - starts, WORD_SIZES))
        less, owners = keys_less_one(sums, starts[near], stops[near])
        is_new = np.ones(len(less), dtype=bool)
        is_new[1:] = (less[1:] != less[:-1]) | (owners[1:] != owners[:-1])
        keys.append(less[is_new])
        values.append(numbers[near[owners[is_new]]])
    heard = [int(entry) for entry in entries if len(skeletons[entry]) in SOUND_SIZES]
    sounds = [sound_of(skeletons[entry]) for entry in heard]
    for chunk in _chunks(sounds):
        keys.append(whole_keys(*stretches_of([sounds[place] for place in chunk])) ^ SOUND_SALT)
        values.append(np.array([heard[place] for place in chunk], dtype=np.uint32))
    return file_keys(joined_hashes(keys), joined_numbers(values))


def _chunks(words: list[str]) -> Iterator[NDArray[np.int64]]:
    """Places of words in runs whose letters fit one array."""
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    first = 0
    while first < len(words):
        before = int(ends[first - 1]) if first else 0
        behind = max(first + 1, int(np.searchsorted(ends, before + LIMIT, side="right")))
        yield np.arange(first, behind)
        first = behind


def stretches_of(words: list[str]) -> tuple[Hashes, Places, Places]:
    """Words laid behind each other: the sums over their letters, and where each starts and stops."""
    letters = np.frombuffer("".join(words).encode("ascii"), dtype=np.uint8)[:LIMIT]
    stops = np.minimum(np.cumsum([len(word) for word in words], dtype=np.int64), len(letters))
    starts = np.zeros(len(words), dtype=np.int64)
    starts[1:] = stops[:-1]
    return sums_of(letters), starts, stops


def within(sizes: Places, allowed: range) -> NDArray[np.bool_]:
    """Which sizes lie in a range."""
    return (sizes >= allowed.start) & (sizes < allowed.stop)


def joined_hashes(parts: list[Hashes]) -> Hashes:
    """Arrays of keys, one behind the other."""
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def joined_numbers(parts: list[Numbers]) -> Numbers:
    """Arrays of numbers, one behind the other."""
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint32)


def _anchors_of(texts: list[str], entries: NDArray[np.int64]) -> tuple[Hashes, Numbers, Numbers]:
    """The rarest pair of neighboring words in either half of each long entry: key, entry, place of the
    pair's first word.
    """
    words = [texts[entry].replace("l", "i").split() for entry in entries]
    pairs = [first + second for each in words for first, second in pairwise(each)]
    owners = np.repeat(entries, [len(each) - 1 for each in words]).astype(np.uint32)
    spots = joined_numbers([np.arange(len(each) - 1, dtype=np.uint32) for each in words])
    keys = joined_hashes([whole_keys(*stretches_of([pairs[p] for p in chunk])) for chunk in _chunks(pairs)])
    _, kinds, counts = np.unique(keys, return_inverse=True, return_counts=True)
    halves = joined_hashes(
        [np.arange(len(each) - 1, dtype=np.uint64) * 2 // (len(each) - 1) for each in words]
    )
    groups = owners.astype(np.uint64) * np.uint64(2) + halves
    order = np.lexsort((counts[kinds], groups))
    chosen = order[np.arange(len(order)) == np.searchsorted(groups[order], groups[order])]
    return keys[chosen] ^ ANCHOR_SALT, owners[chosen], spots[chosen]


def merge_segments(segments: list[Segment], gone: list[Collection[str]]) -> Segment:
    """One segment of several, without the marks that are gone from each; nothing is read anew."""
    marks = tuple(
        mark for part, dead in zip(segments, gone, strict=True) for mark in part.marks if mark.id not in dead
    )
    new_places = {mark.id: place for place, mark in enumerate(marks)}
    parts = [_kept(part, dead, new_places) for part, dead in zip(segments, gone, strict=True)]
    shifts = [0, *np.cumsum([len(part.owners) for part in parts])[:-1]]
    letters = [0, *np.cumsum([len(part.texts) for part in parts])[:-1]]
    anchor_shifts = [0, *np.cumsum([len(part.anchor_entries) for part in parts])[:-1]]
    return Segment(
        marks,
        new_places,
        "".join(part.texts for part in parts),
        joined_numbers(
            [np.zeros(1, dtype=np.uint32)]
            + [part.bounds[1:] + np.uint32(up) for part, up in zip(parts, letters, strict=True)]
        ),
        joined_numbers([part.owners for part in parts]),
        np.concatenate([part.sources for part in parts]),
        np.concatenate([part.sizes for part in parts]),
        file_keys(*all_of([part.keys for part in parts], shifts)),
        file_keys(*all_of([part.anchors for part in parts], anchor_shifts)),
        joined_numbers([part.anchor_entries + np.uint32(up) for part, up in zip(parts, shifts, strict=True)]),
        joined_numbers([part.anchor_words for part in parts]),
        merged_shapes([part.shapes for part in parts], shifts),
    )


def _kept(part: Segment, dead: Collection[str], new_places: dict[str, int]) -> Segment:
    """A segment without its dead marks, its owners numbered as in the segment to come."""
    places = np.array([-1 if mark.id in dead else new_places[mark.id] for mark in part.marks], dtype=np.int64)
    owners = places[part.owners] if len(places) else np.empty(0, dtype=np.int64)
    kept = owners >= 0
    numbers = np.cumsum(kept) - 1
    alive = np.flatnonzero(kept)
    bounds = np.zeros(len(alive) + 1, dtype=np.uint32)
    np.cumsum(np.diff(part.bounds)[alive], out=bounds[1:])
    return part._replace(
        texts="".join(part.words_of(int(entry)) for entry in alive)
        if len(alive) < len(owners)
        else part.texts,
        bounds=bounds,
        owners=owners[kept].astype(np.uint32),
        sources=part.sources[kept],
        sizes=part.sizes[kept],
        keys=_renumbered(part.keys, kept, numbers),
        anchor_entries=np.where(kept[part.anchor_entries], numbers[part.anchor_entries], 0).astype(np.uint32),
        anchors=only_values(part.anchors, kept[part.anchor_entries]),
        shapes=kept_shapes(part.shapes, kept, numbers),
    )


def _renumbered(postings: Postings, kept: NDArray[np.bool_], numbers: Places) -> Postings:
    fewer = only_values(postings, kept)
    return fewer._replace(values=numbers[fewer.values].astype(np.uint32))
