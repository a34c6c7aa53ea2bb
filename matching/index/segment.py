"""A closed part of the index: the entries of some marks as flat arrays, never changed once made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matching.index.buffers import Arrays
from matching.index.entries import BARE, texts_of
from matching.index.gathering import Gathered, bounds_of, gather, hash_of
from matching.index.hashing import Hashes, powers_of
from matching.index.lines import lay_lines
from matching.index.words import Entries, Words, anchors_of, copy_stretches, keys_of
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.normalization import fold_text
from matching.reading import PARTING

_unpack: Final = msgspec.msgpack.Decoder(Mark).decode
_KEPT: Final = 50_000


class Filed(NamedTuple):
    """Marks and their entries as arrays.

    `packed` holds the marks, mark m in packed[mark_bounds[m]:mark_bounds[m + 1]]; `ids` are hashes of their
    ids in order, `id_places` the marks these belong to. `sources` leads from an entry to the mark's text it
    came from, as `owners` of the arrays leads to its mark. Word w of the arrays stands for the entries
    word_bounds[w] to word_bounds[w + 1].
    """

    packed: NDArray[np.uint8]
    mark_bounds: NDArray[np.int64]
    ids: NDArray[np.uint32]
    id_places: NDArray[np.uint32]
    sources: NDArray[np.uint16]


class Named(NamedTuple):
    """An entry: its words, their letters, its mark, the text it was made from, and whether that holds letters
    other than ASCII.
    """

    words: tuple[str, ...]
    size: int
    mark: Mark
    text: str
    is_foreign: bool

    @property
    def is_parted(self) -> bool:
        """Whether a comma or the like stands in the text, as it is written or as it is read."""
        return bool(PARTING.search(self.text) or PARTING.search(fold_text(self.text).text))


class Segment:
    """Marks with their entries, read where they lie: in memory or in a mapped file."""

    __slots__ = (
        "_bounds",
        "_bytes",
        "_entries",
        "_mark_bounds",
        "_marks",
        "_owners",
        "_packed",
        "_sources",
        "arrays",
        "filed",
        "seed",
    )

    def __init__(self, arrays: Arrays, filed: Filed, seed: int) -> None:
        self.arrays = arrays
        self.filed = filed
        self.seed = seed
        self._marks: dict[int, Mark] = {}
        self._entries: dict[int, Named] = {}
        self._bytes, self._bounds, self._owners = arrays.texts.data, arrays.bounds.data, arrays.owners.data
        self._packed, self._mark_bounds = filed.packed.data, filed.mark_bounds.data
        self._sources = filed.sources.data

    def __len__(self) -> int:
        return len(self.filed.ids)

    def words_of(self, entry: int) -> str:
        """The words of an entry, parted by spaces."""
        bounds = self._bounds
        return str(self._bytes[bounds[entry] : bounds[entry + 1]], "ascii")

    def mark_at(self, place: int) -> Mark:
        """The mark at a place."""
        mark = self._marks.get(place)
        if mark is None:
            bounds = self._mark_bounds
            mark = _unpack(self._packed[bounds[place] : bounds[place + 1]])
            if len(self._marks) >= _KEPT:
                self._marks = {}
            self._marks[place] = mark
        return mark

    def owner_of(self, entry: int) -> int:
        """The place of the mark that an entry belongs to."""
        return int(self._owners[entry])

    def is_bare(self, entry: int) -> bool:
        """Whether an entry is a text of its mark without its company form."""
        return self._sources[entry] & BARE != 0

    def mark_of(self, entry: int) -> Mark:
        """The mark an entry belongs to."""
        return self.mark_at(self._owners[entry])

    def text_of(self, entry: int) -> str:
        """The mark, spelling or product name an entry was made from, as registered."""
        return texts_of(self.mark_of(entry))[int(self.filed.sources[entry]) & ~BARE]

    def entry(self, place: int) -> Named:
        """An entry with its mark, as candidates tell it."""
        named = self._entries.get(place)
        if named is None:
            mark = self.mark_at(self._owners[place])
            source = self._sources[place] & ~BARE
            text = texts_of(mark)[source] if source else mark.text
            shown = self.words_of(place)
            words = tuple(shown.split(" "))
            size = len(shown) - len(words) + 1
            named = Named(words, size, mark, text, not text.isascii())
            if len(self._entries) >= _KEPT:
                self._entries = {}
            self._entries[place] = named
        return named

    def entries_at(self, word: int) -> list[int]:
        """The entries that a word of the arrays stands for."""
        bounds = self.arrays.word_bounds
        return list(range(int(bounds[word]), int(bounds[word + 1])))

    def place_of(self, mark_id: str) -> int | None:
        """Where a mark stands, None if it is not here."""
        sought = hash_of(mark_id)
        first = int(np.searchsorted(self.filed.ids, np.uint32(sought)))
        while first < len(self.filed.ids) and int(self.filed.ids[first]) == sought:
            place = int(self.filed.id_places[first])
            if self.mark_at(place).id == mark_id:
                return place
            first += 1
        return None


def build_segment(marks: Iterable[Mark], lexicon: Lexicon, seed: int) -> Segment:
    """File marks; a mark whose id comes again replaces the earlier one."""
    return assemble(gather(marks, lexicon), seed)


def assemble(gathered: Gathered, seed: int) -> Segment:
    """A segment of entries and packed marks."""
    powers = powers_of(seed)
    entries, keys = _in_order(gathered.entries)
    anchors = anchors_of(entries, keys.is_anchored, powers)
    laid = lay_lines(keys.words, anchors.keys, powers)
    order = np.argsort(gathered.ids, kind="stable")
    palette, words, mark_words = painted(gathered.words, entries.owners, keys.bounds)
    arrays = Arrays(
        lines=laid.lines,
        filter=laid.filter,
        lists=laid.lists,
        list_bounds=laid.list_bounds,
        letters=keys.words.letters,
        firsts=keys.words.firsts,
        bases=keys.words.bases,
        sketches=keys.sketches,
        anchor_entries=anchors.entries,
        anchor_words=anchors.spots,
        texts=entries.texts,
        bounds=entries.bounds.astype(np.uint32),
        powers=powers,
        sizes=np.array([laid.id_bits, laid.first_list, laid.used], dtype=np.int64),
        owners=entries.owners,
        word_bounds=keys.bounds,
        words=words,
        mark_words=mark_words,
        palette=palette,
        gone=np.empty(0, dtype=np.uint64),
    )
    filed = Filed(
        packed=gathered.packed,
        mark_bounds=gathered.bounds,
        ids=gathered.ids[order],
        id_places=order.astype(np.uint32),
        sources=entries.sources,
    )
    return Segment(arrays, filed, seed)


def _in_order(entries: Entries) -> tuple[Entries, Words]:
    """Entries in the order of their words, those of none last, so that a word's entries lie side by side."""
    keys = keys_of(entries)
    rest = np.ones(len(entries.owners), dtype=bool)
    rest[keys.entries] = False
    order = np.concatenate([keys.entries.astype(np.int64), np.flatnonzero(rest)])
    bounds = bounds_of(np.diff(entries.bounds)[order])
    texts = np.empty(len(entries.texts), dtype=np.uint8)
    copy_stretches(entries.texts, entries.bounds, order, texts)
    ordered = Entries(texts, bounds, entries.owners[order], entries.sources[order])
    return ordered, keys._replace(is_anchored=keys.is_anchored[order])


def painted(
    mark_words: Hashes, owners: NDArray[np.uint32], bounds: NDArray[np.uint32]
) -> tuple[Hashes, NDArray[np.uint32], NDArray[np.uint32]]:
    """A palette of all that is met, and the places there of what any mark of each word meets and of what each
    mark meets.
    """
    united = np.empty(0, dtype=np.uint64)
    if len(bounds) > 1:
        inside = mark_words[owners[: bounds[-1]]]
        united = np.bitwise_or.reduceat(inside, bounds[:-1].astype(np.int64))
    palette, places = np.unique(np.concatenate([united, mark_words]), return_inverse=True)
    numbers = places.astype(np.uint32)
    return palette, numbers[: len(united)].copy(), numbers[len(united) :].copy()
