"""From readings to what the kernels search: the words of all views in flat arrays, and windows of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from matching.index.buffers import CHANGED, COMMON, HYPHEN, MAX_WORDS, ODD, PARTED, Query
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
    views: tuple[tuple[Field, View, int], ...]
    letters: str
    starts: list[int]

    def window(self, row: list[int]) -> Window:
        """The window of a row of the kernels: view, first word, last word, bits."""
        view, first, last, bits = row
        field, seen, offset = self.views[view]
        key = self.letters[self.starts[first] : self.starts[last + 1]]
        return Window(field, seen, first - offset, last - offset, key, bool(bits & 2))


def texts_of(readings: Mapping[Field, Reading], lexicon: Lexicon) -> Texts:
    """All views of all readings; typing errors are looked for in titles and brands only."""
    keys: list[str] = []
    flags = bytearray()
    views: list[tuple[Field, View, int]] = []
    rows: list[tuple[int, int, int, int, int, int, int]] = []
    runs: list[tuple[int, int, int]] = []
    for field, reading in readings.items():
        for each in reading.views:
            view = _without_common(each, reading.text, lexicon) if each.name == "print" else each
            first = len(keys)
            keys += [token[0] for token in view.tokens]
            flags += _flags_of(view, lexicon)
            least = LEAST_NEAR.get(view.name, 0)
            is_all, is_plain = view.changed is None, view is reading.views[0]
            rows.append((first, len(keys), field != "description", least, is_all, field == "brand", is_plain))
            if view.name != "spelled":
                runs += _runs(view, len(views), first)
            views.append((field, view, first))
    starts = [0]
    for key in keys:
        starts.append(starts[-1] + len(key))
    letters = "".join(keys)
    query = Query(
        np.frombuffer(bytearray(letters.replace("l", "i"), "ascii"), dtype=np.uint8),
        np.array(starts, dtype=np.int64),
        np.frombuffer(flags, dtype=np.uint8),
        np.array(rows, dtype=np.int64).reshape(-1, 7),
        np.array(runs, dtype=np.int64).reshape(-1, 3) if runs else _NO_RUNS,
    )
    return Texts(query, tuple(views), letters, starts)


def _without_common(view: View, text: str, lexicon: Lexicon) -> View:
    """Letters that look like others are not looked for in common words: modern is no modem."""
    changed = view.changed or frozenset()
    rare = (
        p for p in changed if not lexicon.is_common(text[view.tokens[p].start : view.tokens[p].end].lower())
    )
    return view._replace(changed=frozenset(rare))


def _flags_of(view: View, lexicon: Lexicon) -> bytes:
    frequency = lexicon.frequency.get
    flags = bytearray(len(view.tokens))
    for place, (key, _, _, signs, gap) in enumerate(view.tokens):
        flag = COMMON if frequency(key, 0.0) >= COMMON_FREQUENCY else 0
        if gap not in _PLAIN_GAPS:
            flag |= HYPHEN if gap == "-" else PARTED if _is_parted(view.tokens, place) else 0
        flags[place] = flag | ODD if signs & _ODD_SIGNS else flag
    for place in view.changed or ():
        flags[place] |= CHANGED
    return bytes(flags)


def _is_parted(tokens: tuple[Token, ...], place: int) -> bool:
    token = tokens[place]
    single = len(token.key) == 1 and place > 0 and len(tokens[place - 1].key) == 1
    return not single and bool(PARTING.search(token.gap))


def _runs(view: View, number: int, offset: int) -> list[tuple[int, int, int]]:
    """Runs of single letters of more than five, whole and in part: view, first and last word."""
    if sum(len(token[0]) == 1 for token in view.tokens) <= MAX_WORDS:
        return []
    return [
        (number, offset + first, offset + last)
        for begin, behind in single_letter_runs(view.tokens)
        for first in range(begin, behind - MAX_WORDS)
        for last in range(first + MAX_WORDS, min(behind, first + MAX_RUN))
        if view.changed is None or view.changed & frozenset(range(first, last + 1))
    ]
