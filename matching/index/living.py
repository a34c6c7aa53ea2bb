"""The index as a value: a large closed segment, a few small ones over it, and which marks of each are
gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from matching.index.anchors import long_hits
from matching.index.candidates import candidates_of
from matching.index.masks import masked_hits
from matching.index.search import Hit, hits_of, probes_of
from matching.index.segment import Segment, build_segment, merge_segments
from matching.lexicon import NO_WORDS, Lexicon
from matching.model import Candidate, Field, Mark
from matching.reading import Reading, read

OVERLAY = 20_000
"""When more marks than this lie over the base, all is merged into one segment."""
STEP = 8
"""A small segment is merged into the next one that is not this many times its size."""


class Found(Struct, frozen=True, kw_only=True):
    """What a search found; `limits` names caps that were reached; `readings` are the texts as they were
    read.
    """

    candidates: tuple[Candidate, ...]
    limits: tuple[str, ...] = ()
    readings: Mapping[Field, Reading] = {}


class Layer(Struct, frozen=True):
    """A segment and the ids of its marks that were replaced or removed since."""

    segment: Segment
    gone: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.segment.marks) - len(self.gone)


class Index:
    """Marks, searchable. An index never changes: `changed` answers a new one that shares what stayed the
    same.
    """

    __slots__ = ("layers", "lexicon")

    def __init__(self, layers: tuple[Layer, ...], lexicon: Lexicon) -> None:
        self.layers = layers
        self.lexicon = lexicon

    def __len__(self) -> int:
        return sum(len(layer) for layer in self.layers)

    def __iter__(self) -> Iterator[Mark]:
        for layer in self.layers:
            yield from (mark for mark in layer.segment.marks if mark.id not in layer.gone)

    def mark(self, mark_id: str) -> Mark | None:
        """The mark with this id as it now is, or None."""
        for layer in reversed(self.layers):
            place = layer.segment.places.get(mark_id)
            if place is not None and mark_id not in layer.gone:
                return layer.segment.marks[place]
        return None

    def search(self, texts: Mapping[Field, str]) -> Found:
        """Every mark that may be meant in the texts, with the place where it stands."""
        readings: dict[Field, Reading] = {field: read(text) for field, text in texts.items() if text}
        probes, is_cut = probes_of(readings, self.lexicon)
        limits = {"text_cut"} if is_cut or any(reading.is_cut for reading in readings.values()) else set()
        hits: list[Hit] = []
        for layer in self.layers:
            found, is_cut = hits_of(probes, layer.segment)
            hits += [hit for hit in found if hit.segment.mark_of(hit.entry).id not in layer.gone]
            limits |= {"candidates_cut"} if is_cut else set()
            for field, reading in readings.items():
                found = long_hits(reading, field, layer.segment)
                hits += [hit for hit in found if hit.segment.mark_of(hit.entry).id not in layer.gone]
        for field, reading in readings.items():
            if reading.masked:
                hits += self._masked(reading, field, limits)
        return Found(
            candidates=candidates_of(hits, readings), limits=tuple(sorted(limits)), readings=readings
        )

    def _masked(self, reading: Reading, field: Field, limits: set[str]) -> list[Hit]:
        segments = tuple(layer.segment for layer in self.layers)
        gone = {id(layer.segment.marks): layer.gone for layer in self.layers}
        hits, is_cut = masked_hits(reading, field, segments, self.lexicon)
        if is_cut:
            limits.add("completions_cut")
        return [hit for hit in hits if hit.segment.mark_of(hit.entry).id not in gone[id(hit.segment.marks)]]

    def changed(self, added: Iterable[Mark], removed: Iterable[str]) -> Index:
        """The index with marks added (or replaced, by id) and others removed; this one stays as it is."""
        latest = {mark.id: mark for mark in added}
        touched = latest.keys() | set(removed)
        layers = [
            Layer(layer.segment, layer.gone | {each for each in touched if each in layer.segment.places})
            for layer in self.layers
        ]
        if latest:
            layers.append(Layer(build_segment(latest.values(), self.lexicon)))
        return Index(_settled(layers), self.lexicon)

    def rebuilt(self) -> Index:
        """The same marks in one segment: faster to search, smaller to keep."""
        return Index((_merged(list(self.layers)),), self.lexicon)


def _settled(layers: list[Layer]) -> tuple[Layer, ...]:
    """Layers in falling size: small ones merged, all of them when the overlay has grown large."""
    while len(layers) > 2 and len(layers[-2]) < STEP * len(layers[-1]):
        layers[-2:] = [_merged(layers[-2:])]
    overlay = sum(len(layer.segment.marks) + len(layer.gone) for layer in layers[1:]) + len(layers[0].gone)
    if len(layers) > 1 and overlay > OVERLAY:
        return (_merged(layers),)
    return tuple(layers)


def _merged(layers: list[Layer]) -> Layer:
    return Layer(merge_segments([layer.segment for layer in layers], [layer.gone for layer in layers]))


def build_index(marks: Iterable[Mark], words: Lexicon = NO_WORDS) -> Index:
    """An index of marks; `words` tells how common words are, so that ordinary words are not taken for
    errors.
    """
    return Index((Layer(build_segment(marks, words)),), words)
