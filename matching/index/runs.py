"""Names inside letters that run on: where one may stand amid Kana or Hangul, and whether it is written as
registered.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from matching.cues import FASHION_GOODS, LANGUAGES
from matching.goods_classes import WORDS
from matching.parting import SMALL_KANA
from matching.words import running_parts, spelled

FEWEST_AT_START: Final = 3
FEWEST_AT_END: Final = {"hangul": 3, "kana": 4}
"""Letters with which a name is told from the beginning, or the end, of a longer word by itself."""
SHORTEST: Final = 2
PARTICLES: Final = frozenset("의은는이가을를에로와과도만용") | {"에서", "으로", "까지"}
_KANA: Final = re.compile(r"[\u3041-\u30ff\uff66-\uff9f]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_OF_KIND: Final = {
    "katakana": re.compile(r"[\u30a1-\u30ff\uff66-\uff9f]"),
    "hiragana": re.compile(r"[\u3041-\u309f\u30fc]"),
    "hangul": _HANGUL,
}
_BEGINS_NONE: Final = re.compile(rf"[{SMALL_KANA}]")


@lru_cache(maxsize=4_096)
def letters_of(text: str) -> str:
    """The letters and figures of a text as its own script writes them, whatever their case and width."""
    letters = spelled(unicodedata.normalize("NFKC", text))
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] in "LMN")


def runs_on(text: str) -> bool:
    """Whether a name is written in letters that words share without a space."""
    return bool(_KANA.search(text) or _HANGUL.search(text))


def may_stand(text: str, start: int, end: int) -> bool:
    """Whether a name of Kana or Hangul that stands at a place is one there, not a part of a word."""
    kind = next((name for name, letters in _OF_KIND.items() if letters.match(text[start])), "")
    if not kind:
        return True
    first, behind = start, end
    while first > 0 and _OF_KIND[kind].match(text[first - 1]):
        first -= 1
    while behind < len(text) and _OF_KIND[kind].match(text[behind]):
        behind += 1
    before, after = text[first:start], text[end:behind]
    if _BEGINS_NONE.match(after):
        return False
    size = len(_BEGINS_NONE.sub("", text[start:end])) if kind != "hangul" else end - start
    size = max(size, len(text[start:end].replace("ー", ""))) if kind != "hangul" else size
    if _is_known(before) and _is_known(after):
        return size >= SHORTEST
    if _is_known(before):
        return size >= FEWEST_AT_START and (kind == "hangul" or len(after) > 1)
    return size >= FEWEST_AT_END.get(kind, FEWEST_AT_END["kana"])


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """What is written of goods and their use, and the particles of Korean."""
    tables = [text for cues in LANGUAGES for text in cues]
    tables += [*FASHION_GOODS.values(), *WORDS.values()]
    return frozenset(part for text in tables for part in running_parts(text.replace("|", " "))) | PARTICLES


@lru_cache(maxsize=4_096)
def _is_known(rest: str) -> bool:
    """Whether a stretch is made of known words, or empty."""
    told = {0}
    for end in range(1, len(rest) + 1):
        if any(begin in told and spelled(rest[begin:end]) in _known() for begin in range(end)):
            told.add(end)
    return len(rest) in told
