"""Views that kernels do not read, written into their buffers word by word."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    CHANGED,
    COMMON,
    CUT,
    FREQUENT,
    HYPHEN,
    LETTERS,
    MAX_TOKENS,
    MAX_WORDS,
    ODD,
    PARTED,
    RUNS,
    TOKENS,
    VIEWS,
    Scratch,
)
from matching.index.tokenizing import CUT_AT
from matching.lexicon import Lexicon
from matching.normalization import EDGE_LEET, HAN, PRINT, Token, skeleton_of
from matching.reading import PARTING, View, ViewName, single_letter_runs

VIEW_NAMES: Final[tuple[ViewName, ...]] = ("plain", "leet", "print", "parted", "spelled")
"""The views by their kinds."""
LEAST_NEAR: Final = {"spelled": 6}
"""In readings other than the plain one only longer names are looked for with errors."""
_ODD_SIGNS: Final = EDGE_LEET | PRINT | HAN
_PLAIN_GAPS: Final = frozenset({" ", "", ".", "'"})


def write_views(scratch: Scratch, text: int, bits: int, views: list[View], lexicon: Lexicon) -> None:
    """Write views of a text behind those already read."""
    counts = scratch.counts
    for view in views:
        first, number = int(counts[TOKENS]), int(counts[VIEWS])
        keys = [token.key[:CUT_AT] for token in view.tokens]
        letters = np.frombuffer(bytearray("".join(keys), "ascii"), dtype=np.uint8)
        start = int(counts[LETTERS])
        is_too_much = first + len(keys) > MAX_TOKENS or start + len(letters) > len(scratch.keys)
        if is_too_much or number == len(scratch.views):
            counts[CUT] = 1
            return
        behind = first + len(keys)
        scratch.keys[start : start + len(letters)] = letters
        skeletons = bytearray(skeleton_of("".join(keys)), "ascii")
        scratch.letters[start : start + len(letters)] = np.frombuffer(skeletons, dtype=np.uint8)
        scratch.starts[first + 1 : behind + 1] = start + np.cumsum([len(key) for key in keys])
        scratch.spots[first:behind] = [(token.start, token.end, token.signs) for token in view.tokens]
        scratch.flags[first:behind] = _flags_of(view, lexicon)
        kind = VIEW_NAMES.index(view.name)
        scratch.views[number] = (behind, LEAST_NEAR.get(view.name, 0), bits, text, kind)
        counts[TOKENS], counts[LETTERS], counts[VIEWS] = behind, start + len(letters), number + 1
        if view.name != "spelled":
            _write_runs(scratch, view, number, first)


def _write_runs(scratch: Scratch, view: View, number: int, offset: int) -> None:
    for first, behind in single_letter_runs(view.tokens):
        if behind - first <= MAX_WORDS:
            continue
        if scratch.counts[RUNS] == len(scratch.runs):
            scratch.counts[CUT] = 1
            return
        scratch.runs[scratch.counts[RUNS]] = (number, offset + first, offset + behind)
        scratch.counts[RUNS] += 1


def _flags_of(view: View, lexicon: Lexicon) -> list[int]:
    tokens = view.tokens
    flags = [_commonness_of(token.key, lexicon) for token in tokens]
    for place, (_, _, _, signs, gap) in enumerate(tokens):
        if gap not in _PLAIN_GAPS:
            flags[place] |= HYPHEN if gap == "-" else PARTED if _is_parted(tokens, place) else 0
        if signs & _ODD_SIGNS:
            flags[place] |= ODD
    for place in view.changed or ():
        flags[place] |= CHANGED
    return flags


def _commonness_of(word: str, lexicon: Lexicon) -> int:
    return (COMMON if lexicon.is_common(word) else 0) | (FREQUENT if lexicon.is_frequent(word) else 0)


def _is_parted(tokens: tuple[Token, ...], place: int) -> bool:
    token = tokens[place]
    single = len(token.key) == 1 and place > 0 and len(tokens[place - 1].key) == 1
    return not single and bool(PARTING.search(token.gap))
