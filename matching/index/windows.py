"""Windows of a text: runs of one to five neighboring words that may together be a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from matching.blocking import WORD_SIZES
from matching.index.segment import MAX_WORDS
from matching.lexicon import Lexicon
from matching.model import Field
from matching.normalization import EDGE_LEET, HAN, PRINT, Token
from matching.reading import Reading, View, single_letter_runs

MAX_SIZE = 64
MAX_RUN = 24
LEAST_NEAR = {"leet": 8, "print": 8, "spelled": 6}
"""In readings other than the plain one only longer names are looked for with errors."""
PARTING = re.compile(r"[,;|/()\[\]{}<>:\n\t。、，；！？!?]|\s[-–—]\s")


class Window(NamedTuple):
    """Words `first` to `last` of a view, joined to `key`; `is_near` allows typing errors.

    A window that `crosses` a comma, bracket or slash can only be a mark that has one itself.
    """

    field: Field
    view: View
    first: int
    last: int
    key: str
    is_near: bool
    crosses: bool = False

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The words of the window."""
        return self.view.tokens[self.first : self.last + 1]


def windows_of(reading: Reading, field: Field, lexicon: Lexicon) -> Iterator[Window]:
    """All windows of a text in all its views; typing errors are looked for in titles and brands only."""
    for each in reading.views:
        view = _without_common(each, reading.text, lexicon) if each.name == "print" else each
        common = [lexicon.is_common(token.key) for token in view.tokens]
        parted = [_is_parted(view.tokens, place) for place in range(len(view.tokens))]
        for first in range(len(view.tokens)):
            yield from _windows_from(
                Window(field, view, first, first, "", field != "description"), common, parted
            )
        if view.name != "spelled":
            yield from _runs(field, view)


def _without_common(view: View, text: str, lexicon: Lexicon) -> View:
    """Letters that look like others are not looked for in common words: modern is no modem."""
    changed = view.changed or frozenset()
    rare = (
        p for p in changed if not lexicon.is_common(text[view.tokens[p].start : view.tokens[p].end].lower())
    )
    return view._replace(changed=frozenset(rare))


def _is_parted(tokens: tuple[Token, ...], place: int) -> bool:
    token = tokens[place]
    single = len(token.key) == 1 and place > 0 and len(tokens[place - 1].key) == 1
    return not single and bool(PARTING.search(token.gap))


def _windows_from(start: Window, common: list[bool], parted: list[bool]) -> Iterator[Window]:
    tokens, changed = start.view.tokens, start.view.changed
    key, all_common, is_changed, crosses = "", True, changed is None, False
    for last in range(start.first, min(start.first + MAX_WORDS, len(tokens))):
        crosses = crosses or (last > start.first and parted[last])
        key += tokens[last].key
        if len(key) > MAX_SIZE:
            return
        all_common = all_common and common[last]
        is_changed = is_changed or (changed is not None and last in changed)
        if is_changed and (len(key) > 1 or start.field == "brand"):
            is_near = start.is_near and not all_common and _may_be_mistyped(key, start, last)
            yield Window(start.field, start.view, start.first, last, key, is_near, crosses)


def _may_be_mistyped(key: str, start: Window, last: int) -> bool:
    if len(key) not in WORD_SIZES or sum(letter.isdigit() for letter in key) > 1:
        return False
    tokens = start.view.tokens
    least = LEAST_NEAR.get(start.view.name, 0)
    if len(key) < least or (least and _reads_oddly(start.view, start.first, last)):
        return False
    cut_before = start.first > 0 and tokens[start.first].gap == "-"
    cut_behind = last + 1 < len(tokens) and tokens[last + 1].gap == "-"
    return not cut_before and not cut_behind


def _reads_oddly(view: View, first: int, last: int) -> bool:
    return any(token.signs & (EDGE_LEET | PRINT | HAN) for token in view.tokens[first : last + 1])


def _runs(field: Field, view: View) -> Iterator[Window]:
    """Runs of single letters of more than five, whole and in part."""
    for begin, behind in single_letter_runs(view.tokens):
        for first in range(begin, behind - MAX_WORDS):
            for last in range(first + MAX_WORDS, min(behind, first + MAX_RUN)):
                if view.changed is None or view.changed & frozenset(range(first, last + 1)):
                    key = "".join(token.key for token in view.tokens[first : last + 1])
                    yield Window(field, view, first, last, key, is_near=False)
