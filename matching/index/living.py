"""The index as a value: a large closed segment, a few small ones over it, and which marks of each are
gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from msgspec import Struct

from matching.index.anchors import long_hits
from matching.index.buffers import Arrays, Handed, Places
from matching.index.candidates import candidates_of
from matching.index.commonness import table_of
from matching.index.hits import Hit, hits_of
from matching.index.masks import Alive, masked_hits
from matching.index.merging import merge_segments
from matching.index.outside import Outside
from matching.index.scoping import EVERY_MARK, Scope, bits_of
from matching.index.search import CUT, DROPPED, Searched, Texts, Words, search_many, search_segments
from matching.index.segment import Segment, build_segment
from matching.lexicon import NO_WORDS, Lexicon
from matching.model import Candidate, Mark

OVERLAY = 20_000
"""When more marks than this lie over the base or are gone from it, all is to be merged into one segment."""
AT_ONCE = 8_192
"""So many marks are merged in no time, by whoever changes the index; more are left to `rebuilt`."""
REMEMBERED = 50_000
"""So many marks are kept at hand by their ids."""
STEP = 8
"""A small segment is merged into the next one that is not this many times its size."""


class Found(Struct, frozen=True, kw_only=True):
    """What a search found, with the marks of all candidates by id; `limits` names caps that were reached."""

    candidates: tuple[Candidate, ...]
    limits: tuple[str, ...] = ()
    marks: Mapping[str, Mark] = {}


class Layer:
    """A segment and the places of its marks that were replaced or removed since; it never changes."""

    __slots__ = ("gone", "handed", "segment")

    def __init__(self, segment: Segment, gone: frozenset[int] = frozenset()) -> None:
        self.segment = segment
        self.gone = gone
        arrays = segment.arrays
        self.handed = Handed(arrays._replace(gone=bits_of(gone, len(segment))) if gone else arrays)

    def __len__(self) -> int:
        return len(self.segment) - len(self.gone)

    def without(self, mark_ids: Iterable[str]) -> Layer:
        """The layer without these marks."""
        places = {self.segment.place_of(mark_id) for mark_id in mark_ids}
        further = {place for place in places if place is not None} - self.gone
        return Layer(self.segment, self.gone | further) if further else self


class Index:
    """Marks, searchable. An index never changes: `changed` answers a new one that shares what stayed the
    same.
    """

    __slots__ = ("_marks", "held", "layers", "words")

    def __init__(self, layers: tuple[Layer, ...], words: Words, held: int = 0) -> None:
        self.layers = layers
        self.words = words
        self.held = held
        self._marks: dict[str, Mark] = {}

    @property
    def lexicon(self) -> Lexicon:
        """How common words are."""
        return self.words.lexicon

    def __len__(self) -> int:
        return sum(len(layer) for layer in self.layers)

    def __iter__(self) -> Iterator[Mark]:
        for layer in self.layers:
            places = (place for place in range(len(layer.segment)) if place not in layer.gone)
            yield from map(layer.segment.mark_at, places)

    def mark(self, mark_id: str) -> Mark | None:
        """The mark with this id as it now is, or None."""
        mark = self._marks.get(mark_id)
        return mark if mark is not None else self._looked_up(mark_id)

    def _looked_up(self, mark_id: str) -> Mark | None:
        for layer in reversed(self.layers):
            place = layer.segment.place_of(mark_id)
            if place is not None and place not in layer.gone:
                mark = layer.segment.mark_at(place)
                if len(self._marks) >= REMEMBERED:
                    self._marks = {}
                self._marks[mark_id] = mark
                return mark
        return None

    def search(self, texts: Texts, scope: Scope = EVERY_MARK) -> Found:
        """Every mark of a scope that may be meant in the texts, with the place where it stands: what an index
        of only these marks would answer.
        """
        return self._found(search_segments(texts, self._handed, self.words, scope.mask), scope)

    def search_many(self, listings: Sequence[Texts], scopes: Sequence[Scope] = ()) -> Iterator[Found]:
        """The same for many listings in their order, in less time; `scopes` is empty or has one for each."""
        searched = search_many(listings, self._handed, self.words, [scope.mask for scope in scopes])
        return map(self._found, searched, scopes or repeat(EVERY_MARK))

    def rows(self, listings: Sequence[Texts], scopes: Sequence[Scope] = ()) -> Iterator[list[Places]]:
        """Bare hits for each of many listings: a list for each layer, of rows as `matching.index.filing` has
        them, told by the words of marks alone. Names with hidden letters and long marks are left out.
        """
        for searched in search_many(listings, self._handed, self.words, [scope.mask for scope in scopes]):
            yield [found.hits for found in searched.found]

    def _found(self, searched: Searched, scope: Scope) -> Found:
        hits: list[Hit] = []
        limits = {"text_cut"} if searched.caps & CUT else set()
        limits |= {"candidates_cut"} if searched.caps & DROPPED else set()
        alive = self._alive(scope)
        for number, (segment, gone) in enumerate(alive):
            hits += hits_of(searched, number, segment, () if scope == EVERY_MARK else gone)
            anchors = searched.found[number].anchors
            hits += long_hits(anchors, searched.texts, segment, gone) if len(anchors) else ()
        for text in searched.texts:
            masked = text.masked
            if masked:
                found, is_cut = masked_hits(text, masked, alive, self.lexicon)
                hits += found
                limits |= {"completions_cut"} if is_cut else set()
        candidates, marks = candidates_of(hits, self.lexicon)
        return Found(candidates=candidates, limits=tuple(sorted(limits)), marks=marks)

    @property
    def _handed(self) -> list[Handed[Arrays]]:
        return [layer.handed for layer in self.layers]

    def _alive(self, scope: Scope) -> Alive:
        """The segments, and of each the places of marks that are gone or not of the scope."""
        if scope == EVERY_MARK:
            return tuple([(layer.segment, layer.gone) for layer in self.layers])
        return tuple([(layer.segment, Outside(layer.segment, layer.gone, scope)) for layer in self.layers])

    def changed(self, added: Iterable[Mark], removed: Iterable[str]) -> Index:
        """The index with marks added (or replaced, by id) and others removed; this one stays as it is.

        Small layers are merged on the way; when the whole is outgrown, `rebuilt` is the way to one segment.
        """
        latest = {mark.id: mark for mark in added}
        touched = latest.keys() | set(removed)
        layers = [layer.without(touched) for layer in self.layers]
        if latest:
            seed = self.layers[0].segment.seed
            layers.append(Layer(build_segment(latest.values(), self.lexicon, seed)))
        return Index(_settled(layers, self.held), self.words, self.held)

    @property
    def is_outgrown(self) -> bool:
        """Whether all had better lie in one segment: so much lies over the base or is gone from it."""
        return _is_outgrown(self.layers)

    def rebuilt(self) -> Index:
        """The same marks in one segment: faster to search, smaller to keep; of a large index a long work."""
        return Index((_merged(list(self.layers)),), self.words)

    def holding(self) -> Index:
        """The same index, whose layers stay apart in all that it is changed to, until `renewed`."""
        return Index(self.layers, self.words, len(self.layers))

    def renewed(self, before: Index, rebuilt: Index) -> Index:
        """This index, with `rebuilt` in place of the layers that an index held which this one was changed
        from: what was added since lies over it, what was replaced or removed since is gone from it.
        """
        gone = [
            layer.segment.mark_at(place).id
            for then, layer in zip(before.layers, self.layers, strict=False)  # what came since is not held
            for place in layer.gone - then.gone
        ]
        layers = [layer.without(gone) for layer in rebuilt.layers] + list(self.layers[len(before.layers) :])
        return Index(_settled(layers, 0), self.words)


def _settled(layers: list[Layer], held: int) -> tuple[Layer, ...]:
    """Layers in falling size, small ones merged; those in front that are held stay as they are."""
    first = max(1, held)
    while len(layers) > first + 1 and len(layers[-2]) < STEP * len(layers[-1]) and _are_few(layers[-2:]):
        layers[-2:] = [_merged(layers[-2:])]
    if not held and _is_outgrown(layers) and _are_few(layers):
        return (_merged(layers),)
    return tuple(layers)


def _is_outgrown(layers: Sequence[Layer]) -> bool:
    over = sum(len(layer) for layer in layers[1:])
    buried = sum(len(layer.gone) for layer in layers)
    return len(layers[0]) < over or over + buried > OVERLAY


def _are_few(layers: Sequence[Layer]) -> bool:
    return sum(len(layer.segment) for layer in layers) <= AT_ONCE


def _merged(layers: list[Layer]) -> Layer:
    return Layer(merge_segments([layer.segment for layer in layers], [layer.gone for layer in layers]))


def build_index(marks: Iterable[Mark], words: Lexicon = NO_WORDS, seed: int = 0) -> Index:
    """An index of marks; `words` tells how common words are, so that ordinary words are not taken for
    errors.

    With a `seed` that outsiders do not know nobody can make up texts whose hashes collide.
    """
    return Index((Layer(build_segment(marks, words, seed)),), Words(words, table_of(words)))
