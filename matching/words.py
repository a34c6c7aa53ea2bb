"""A text as words, with their places. Scripts written without spaces are cut at the words we look for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple
from unicodedata import normalize

from matching.model import Span

Phrases = frozenset[tuple[str, ...]]

LONGEST_PHRASE: Final = 4
MARKS: Final = "\u0300-\u036f\u064b-\u065f\u0670\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a"
"""Signs above and below letters: they part no word."""
WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*(?:['’][^\W_](?:[^\W_]|[{MARKS}])*)*")
RUN: Final = re.compile(
    r"(?P<arabic>[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+)"
    r"|(?P<running>[\u0e00-\u0e7f]+|[\u2e80-\u2fff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    r"\uff66-\uff9f\U00020000-\U0003ffff]+|[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
"""Text of one script: Arabic joins small words to foreign ones; the running scripts join all words."""
MAY_RUN_ON: Final = re.compile(r"[\u0600-\u0eff\u1100-\u11ff\u2e80-\ud7a3\uf900-\ufeff\uff66-\U0003ffff]")
FOLDED: Final = str.maketrans(
    {**dict.fromkeys("أإآٱ", "ا"), "ى": "ي", "ة": "ه", "ـ": "", "ё": "е"}
    | {chr(sign): "" for sign in (*range(0x64B, 0x660), 0x670)}
)


def spelled(word: str) -> str:
    """A word in the spelling of the tables: lower case, composed, without what Arabic writers leave out."""
    if word.isascii():
        return word.lower()
    return normalize("NFC", word.casefold().replace("i\u0307", "i")).translate(FOLDED)


@cache
def first_words(phrases: Phrases) -> frozenset[str]:
    """The words that begin phrases of a table."""
    return frozenset(phrase[0] for phrase in phrases)


@cache
def _last_words(phrases: Phrases) -> frozenset[str]:
    return frozenset(phrase[-1] for phrase in phrases)


class Words(NamedTuple):
    """A text as words, each in lower case with its place; `named` are the words that name some mark.

    `gaps[i]` is what stands before word i; `inside` are words within a name of several words; `distinct` are
    the words without their order.
    """

    written: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: tuple[str, ...]
    distinct: frozenset[str]
    named: frozenset[int] = frozenset()
    inside: frozenset[int] = frozenset()

    def at(self, start: int, end: int) -> tuple[int, int]:
        """The first and last word that a stretch of the text touches."""
        first, behind = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return (first, behind - 1) if first < behind else (0, -1)

    def may_begin(self, phrases: Phrases) -> bool:
        """Whether a word is among those that begin phrases of a table."""
        return not self.distinct.isdisjoint(first_words(phrases))

    def may_end(self, phrases: Phrases) -> bool:
        """Whether a word is among those that end phrases of a table."""
        return not self.distinct.isdisjoint(_last_words(phrases))

    def beginning(self, place: int, phrases: Phrases) -> str:
        """The phrase of a table that begins at a word, or nothing."""
        if self.written[place] not in first_words(phrases):
            return ""
        for count in range(min(LONGEST_PHRASE, len(self.written) - place), 0, -1):
            if self.written[place : place + count] in phrases:
                return " ".join(self.written[place : place + count])
        return ""

    def ending(self, place: int, phrases: Phrases) -> str:
        """The phrase of a table that ends at a word, or nothing."""
        if self.written[place] not in _last_words(phrases):
            return ""
        for count in range(min(LONGEST_PHRASE, place + 1), 0, -1):
            if self.written[place - count + 1 : place + 1] in phrases:
                return " ".join(self.written[place - count + 1 : place + 1])
        return ""


class Cutter:
    """Cuts running text at known words, the longest first."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        sizes: dict[str, set[int]] = {}
        for word in self._known:
            sizes.setdefault(word[0], set()).add(len(word))
        self._longest = max(map(len, self._known), default=1)
        self._sizes = {letter: sorted(each, reverse=True) for letter, each in sizes.items()}

    def cut(self, text: str, edges: frozenset[int], start: int) -> Iterator[tuple[int, int]]:
        """The places of words in a run of one script that begins at `start`; what is not known stays whole.

        A known word of one letter counts only where another word, or the run, begins: within other words it
        is chance.
        """
        begin = place = start
        end = start + len(text)
        while place < end:
            if place in edges and place > begin:
                yield begin, place
                begin = place
            furthest = min(end, place + self._longest)
            stop = next((edge for edge in range(place + 1, furthest) if edge in edges), furthest)
            size = self._size(text[place - start : stop - start])
            if size > 1 or (size == 1 and begin == place):
                if place > begin:
                    yield begin, place
                yield place, place + size
                begin = place = place + size
            else:
                place += 1
        if place > begin:
            yield begin, place

    def _size(self, text: str) -> int:
        for size in self._sizes.get(text[0], ()):
            if size <= len(text) and text[:size] in self._known:
                return size
        return 0


NOTHING_KNOWN: Final = Cutter(())


def running_parts(text: str) -> list[str]:
    """The parts of a text that are of a running script."""
    return [spelled(run.group()) for run in RUN.finditer(text) if run.lastgroup == "running"]


def place_words(text: str, cutter: Cutter, edges: frozenset[int] = frozenset()) -> list[tuple[int, int]]:
    """Where each word of a text begins and ends; `edges` are places where a name begins or ends."""
    places = [word.span() for word in WORD.finditer(text)]
    if text.isascii() or not MAY_RUN_ON.search(text):
        return places
    return [part for start, end in places for part in _part(text, (start, end), cutter, edges)]


def _part(
    text: str, place: tuple[int, int], cutter: Cutter, edges: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """Part a word where its script changes to or from one that joins its words to others."""
    other = None
    for run in RUN.finditer(text, *place):
        start, end = run.span()
        if run.lastgroup == "other":
            other = start if other is None else other
            continue
        if other is not None:
            yield other, start
            other = None
        if run.lastgroup == "running":
            yield from cutter.cut(_in_place(run.group()), edges, start)
        else:
            yield start, end
    if other is not None:
        yield other, place[1]


def _in_place(text: str) -> str:
    """Running text in the spelling of the tables where that moves no letter; else as it is."""
    told = spelled(text)
    return told if len(told) == len(text) else text


def split_words(text: str, cutter: Cutter = NOTHING_KNOWN) -> tuple[str, ...]:
    """The words of a text in the spelling of the tables."""
    return tuple(spelled(text[start:end]) for start, end in place_words(text, cutter))


def cut_words(text: str, spans: Iterable[Span], cutter: Cutter) -> Words:
    """The words of a text and which of them the spans name."""
    taken = {(span.start, span.end) for span in spans}
    places = place_words(text, cutter, frozenset(edge for span in taken for edge in span))
    starts, ends = tuple([start for start, _ in places]), tuple([end for _, end in places])
    gaps = tuple([text[stop:start] for stop, start in zip((0, *ends), starts, strict=False)])
    if text.isascii():
        text = text.lower()
        written = tuple([text[start:end] for start, end in places])
    else:
        written = tuple([spelled(text[start:end]) for start, end in places])
    bare = Words(written, starts, ends, gaps, frozenset(written))
    if not taken:
        return bare
    named: set[int] = set()
    inside: set[int] = set()
    for start, end in taken:
        first, last = bare.at(start, end)
        named |= set(range(first, last + 1))
        inside |= set(range(first, last + 1)) if last > first else set()
    return bare._replace(named=frozenset(named), inside=frozenset(inside))
