"""From readings to what the kernels search: the words of all views in flat arrays, and windows of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from matching.index.buffers import (
    CHANGED,
    CHANGED_ALL,
    COMMON,
    HYPHEN,
    LONG,
    MAX_TOKENS,
    MAX_WORDS,
    MISTYPED,
    ODD,
    PARTED,
    SINGLE,
    Query,
)
from matching.lexicon import COMMON as COMMON_FREQUENCY
from matching.lexicon import Lexicon
from matching.model import Field
from matching.normalization import EDGE_LEET, HAN, PRINT, Token
from matching.reading import Reading, View, single_letter_runs

MAX_RUN: Final = 24
LEAST_NEAR: Final = {"leet": 8, "print": 8, "spelled": 6}
"""In readings other than the plain one only longer names are looked for with errors."""
PARTING: Final = re.compile(r"[,;|/()\[\]{}<>:\n\t。、，；！？!?]|\s[-–—]\s")
_PLAIN_GAPS: Final = frozenset({" ", "", ".", "'"})
_ODD_SIGNS: Final = EDGE_LEET | PRINT | HAN
_CUT: Final = 70
"""Longer words are in no window; so much of them shows it."""
_NO_RUNS: Final = np.empty((0, 3), dtype=np.int64)


class Window(NamedTuple):
    """Words `first` to `last` of a view, joined to `key`.

    A window that `crosses` a comma, bracket or slash can only be a mark that has one itself.
    """

    field: Field
    view: View
    first: int
    last: int
    key: str
    crosses: bool = False

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The words of the window."""
        return self.view.tokens[self.first : self.last + 1]


class Texts(NamedTuple):
    """The views of all texts of a search as the kernels see them, and the way back from their numbers."""

    query: Query
    views: list[tuple[Field, View, int]]
    is_cut: bool

    def window(self, view: int, first: int, last: int, bits: int) -> Window:
        """The window that the kernels call so."""
        field, seen, offset = self.views[view]
        first, last = first - offset, last - offset
        key = "".join([token[0] for token in seen.tokens[first : last + 1]])
        return Window(field, seen, first, last, key, bits & 2 != 0)


def texts_of(readings: Mapping[Field, Reading], lexicon: Lexicon) -> Texts:
    """All views of all readings; typing errors are looked for in titles and brands only."""
    keys: list[str] = []
    flags = bytearray()
    views: list[tuple[Field, View, int]] = []
    rows: list[tuple[int, int, int]] = []
    runs: list[tuple[int, int, int]] = []
    is_cut = False
    for field, reading in readings.items():
        for each in reading.views:
            view = _without_common(each, reading.text, lexicon) if each.name == "print" else each
            first = len(keys)
            if first + len(view.tokens) > MAX_TOKENS:
                is_cut = True
                break
            keys += [token[0] for token in view.tokens]
            flags += _flags_of(view, lexicon)
            bits = (MISTYPED if field != "description" else 0) | (SINGLE if field == "brand" else 0)
            bits |= CHANGED_ALL if view.changed is None else 0
            bits |= LONG if view.name == "plain" else 0
            rows.append((len(keys), LEAST_NEAR.get(view.name, 0), bits))
            if view.name != "spelled":
                runs += _runs(view, len(views), first)
            views.append((field, view, first))
    sizes = list(map(len, keys))
    if max(sizes, default=0) > _CUT:
        keys = [key[:_CUT] for key in keys]
        sizes = list(map(len, keys))
    letters = "".join(keys).replace("l", "i").encode("ascii")
    query = Query(
        np.frombuffer(bytearray(letters), dtype=np.uint8),
        np.frombuffer(bytearray(sizes), dtype=np.uint8),
        np.frombuffer(flags, dtype=np.uint8),
        np.array(rows, dtype=np.int64) if rows else _NO_RUNS,
        np.array(runs, dtype=np.int64) if runs else _NO_RUNS,
    )
    return Texts(query, views, is_cut)


def _without_common(view: View, text: str, lexicon: Lexicon) -> View:
    """Letters that look like others are not looked for in common words: modern is no modem."""
    changed = view.changed or frozenset()
    rare = (
        p for p in changed if not lexicon.is_common(text[view.tokens[p].start : view.tokens[p].end].lower())
    )
    return view._replace(changed=frozenset(rare))


def _flags_of(view: View, lexicon: Lexicon) -> bytearray:
    frequency = lexicon.frequency.get
    tokens = view.tokens
    flags = bytearray([COMMON if frequency(token[0], 0.0) >= COMMON_FREQUENCY else 0 for token in tokens])
    for place, (_, _, _, signs, gap) in enumerate(tokens):
        if gap not in _PLAIN_GAPS:
            flags[place] |= HYPHEN if gap == "-" else PARTED if _is_parted(tokens, place) else 0
        if signs & _ODD_SIGNS:
            flags[place] |= ODD
    for place in view.changed or ():
        flags[place] |= CHANGED
    return flags


def _is_parted(tokens: tuple[Token, ...], place: int) -> bool:
    token = tokens[place]
    single = len(token.key) == 1 and place > 0 and len(tokens[place - 1].key) == 1
    return not single and bool(PARTING.search(token.gap))


def _runs(view: View, number: int, offset: int) -> list[tuple[int, int, int]]:
    """Runs of single letters of more than five, whole and in part: view, first and last word."""
    if [len(token[0]) for token in view.tokens].count(1) <= MAX_WORDS:
        return []
    return [
        (number, offset + first, offset + last)
        for begin, behind in single_letter_runs(view.tokens)
        for first in range(begin, behind - MAX_WORDS)
        for last in range(first + MAX_WORDS, min(behind, first + MAX_RUN))
        if view.changed is None or view.changed & frozenset(range(first, last + 1))
    ]
