"""Views that kernels do not read, packed for them word by word; see `matching.index.unpacking`."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from matching.index.buffers import CHANGED, COMMON, FREQUENT, HYPHEN, ODD, PARTED, ROOM, WIDE
from matching.index.texts import Text, other_views
from matching.index.tokenizing import CUT_AT
from matching.index.unpacking import HEADER
from matching.lexicon import Lexicon
from matching.normalization import EDGE_LEET, GUESSED, HAN, PRINT, Token
from matching.reading import PARTING, WIDEST, View, ViewName

VIEW_NAMES: Final[tuple[ViewName, ...]] = ("plain", "leet", "print", "parted", "spelled", "guessed")
"""The views by their kinds."""
_ODD_SIGNS: Final = EDGE_LEET | PRINT | HAN | GUESSED
_PLAIN_GAPS: Final = frozenset({"", ".", "'"})
_header: Final = Struct(HEADER).pack


class Packed(NamedTuple):
    """A view as bytes, and its kind."""

    kind: int
    data: bytes


def pack_views(text: Text, lexicon: Lexicon) -> list[Packed]:
    """The views of a text that kernels do not read."""
    return [_pack(view, lexicon) for view in other_views(text)]


def _pack(view: View, lexicon: Lexicon) -> Packed:
    tokens, changed, parts = view.tokens, view.changed or frozenset[int](), []
    for place, token in enumerate(tokens):
        key, start, end, signs, gap = token
        flags = _flags_of(gap, tokens, place) if gap not in _PLAIN_GAPS else 0
        flags |= _commonness_of(key, lexicon)
        if signs & _ODD_SIGNS:
            flags |= ODD
        if place in changed:
            flags |= CHANGED
        letters = key[:CUT_AT].encode("ascii")
        parts.append(_header(len(letters), flags, signs, start, end))
        parts.append(letters)
    return Packed(VIEW_NAMES.index(view.name), b"".join(parts))


def _flags_of(gap: str, tokens: tuple[Token, ...], place: int) -> int:
    if gap == " ":
        return ROOM
    if gap == "-":
        return HYPHEN
    flags = (ROOM if any(map(str.isspace, gap)) else 0) | (WIDE if len(gap) > WIDEST else 0)
    return flags | (PARTED if _is_parted(tokens, place) else 0)


def _commonness_of(word: str, lexicon: Lexicon) -> int:
    return (COMMON if lexicon.is_common(word) else 0) | (FREQUENT if lexicon.is_frequent(word) else 0)


def _is_parted(tokens: tuple[Token, ...], place: int) -> bool:
    token = tokens[place]
    single = len(token.key) == 1 and place > 0 and len(tokens[place - 1].key) == 1
    return not single and bool(PARTING.search(token.gap))
