"""Hits: what stands where and which entry it meets, from the kernels' rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, NamedTuple

from matching.index.buffers import CROSSES
from matching.index.filing import (
    BEHIND_SHOWN,
    BITS,
    DISTANCE,
    END,
    ENTRY,
    FIRST_SHOWN,
    KIND,
    OWNER,
    SIGNS,
    START,
    TEXT,
    VIEW,
)
from matching.index.other_views import VIEW_NAMES
from matching.index.search import Searched
from matching.index.segment import Segment
from matching.index.texts import Text
from matching.model import Span
from matching.normalization import Token
from matching.parting import RUNNING
from matching.reading import ViewName, spelled

Kind = Literal["exact", "edit", "sound", "mask"]
_KINDS: Final[tuple[Kind, ...]] = ("exact", "edit", "sound")
_READ_BY_KERNELS: Final = 3


class Place(NamedTuple):
    """Words of a text: the text, how it is read, where they start and end, and what was folded away."""

    text: Text
    view: ViewName
    words: tuple[str, ...]
    span: Span
    signs: int
    crosses: bool = False

    @property
    def key(self) -> str:
        """The words joined."""
        return "".join(self.words)


class Hit(NamedTuple):
    """A place that meets an entry of a segment, of a mark's number there: how, and within how many typing
    errors.
    """

    place: Place
    segment: Segment
    entry: int
    owner: int
    kind: Kind
    distance: int

    @property
    def is_exact(self) -> bool:
        """Whether no letter is wrong or hidden."""
        return self.distance == 0 and self.kind != "mask"

    @property
    def is_same(self) -> bool:
        """Whether the text plainly reads so."""
        return self.distance == 0 and self.kind == "exact" and self.place.view == "plain"


def place_of(text: Text, view: ViewName, tokens: tuple[Token, ...]) -> Place:
    """The place of neighboring tokens."""
    signs = 0
    for token in tokens:
        signs |= token.signs
    words = tuple(token.key for token in tokens)
    return Place(text, view, words, _span(text, tokens[0].start, tokens[-1].end), signs)


def _span(text: Text, start: int, end: int) -> Span:
    return Span(text.field, text.text[start:end], start, end)


def hits_of(searched: Searched, number: int, segment: Segment, gone: Collection[int]) -> list[Hit]:
    """The hits in one segment, without the marks that are gone from it."""
    hits: list[Hit] = []
    found = searched.found[number]
    last, place = -1, None
    for row in found.hits.tolist():
        owner = row[OWNER]
        if gone and owner in gone:
            continue
        if place is None or row[FIRST_SHOWN] != last:
            last = row[FIRST_SHOWN]
            place = _place(searched.texts[row[TEXT]], row, found.shown)
        hits.append(Hit(place, segment, row[ENTRY], owner, _KINDS[row[KIND]], row[DISTANCE]))
    return hits


def _place(text: Text, row: list[int], shown: str) -> Place:
    start, end, signs = row[START], row[END], row[SIGNS]
    if row[VIEW] < _READ_BY_KERNELS and text.folded is not None:
        start, end, signs = text.spot(start, end, signs)
    words = tuple(shown[row[FIRST_SHOWN] : row[BEHIND_SHOWN]].split(" "))
    span, view = _span(text, start, end), VIEW_NAMES[row[VIEW]]
    if view == "guessed" and RUNNING.search(span.text):  # clusters are no words
        words = tuple(filter(None, map(spelled, span.text.split())))
    return Place(text, view, words, span, signs, row[BITS] & CROSSES != 0)
