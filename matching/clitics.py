"""What clings to a name in one word with it: a possessive, a case ending, an elided article, a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from matching.normalization import CHARACTERS, GUESSED, Token

_SIGNS: Final = "'’‘ʼ`´ʹ′＇"
GLUED: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,}[0-9]{2,4}(?![A-Za-z0-9])")
"""A name that a number is glued to; codes of models have fewer letters."""
JOINED: Final = re.compile(rf"[^\W\d_][{_SIGNS}][^\W\d_]")
ELIDED: Final = re.compile(
    rf"(?:[cdjlmnst]|qu|un|all|dall|dell|nell|sull|quell|quest)[{_SIGNS}](?=\w{{3}})", re.IGNORECASE
)
"""French, Italian and Catalan words that lose their vowel before a name: l'X, d'X, dell'X."""
ENDING: Final = re.compile(rf"(?<=\w\w)[{_SIGNS}]([^\W\d_]{{1,5}})$")
"""Whose it is, or a Turkish case: X's, X'nin, X'ler."""
CONTRACTED: Final = frozenset({"t", "d", "m", "ll", "re", "ve", "n"})
"""Endings of verbs (don't, we'll), which no name has."""
PEOPLE: Final = frozenset(
    re.split(
        " ",
        "men women man woman mens womens boy girl boys girls kid kids baby child children toddler lady"
        " ladies teen adult mother father mom dad it that let what here there who he she today world",
    )
)
"""Words that titles often have in the possessive (men's shoes), and no names."""


def name_within(word: str) -> tuple[int, int] | None:
    """Where the name begins and ends in a word that something clings to; None if nothing does."""
    if GLUED.fullmatch(word):
        return 0, len(word.rstrip("0123456789"))
    if not JOINED.search(word):
        return None
    elided, ending = ELIDED.match(word), ENDING.search(word)
    first = elided.end() if elided else 0
    behind = ending.start() if ending and ending[1].lower() not in CONTRACTED else len(word)
    is_cut = (first, behind) != (0, len(word)) and behind - first > 1
    return (first, behind) if is_cut and word[first:behind].lower() not in PEOPLE else None


def may_cling(text: str) -> bool:
    """Whether something may cling to a name somewhere in a text."""
    return bool(GLUED.search(text) or JOINED.search(text))


def clung(text: str, token: Token) -> Iterator[Token]:
    """A word, or the parts of one that something clings to: the name is what is guessed."""
    written = text[token.start : token.end]
    name = name_within(written) if len(written) > 2 else None
    if name is None:
        yield token
        return
    gap = token.gap
    for begin, behind in ((0, name[0]), name, (name[1], len(written))):
        key = "".join(CHARACTERS[each].looks for each in written[begin:behind]).replace("'", "")
        if key:
            signs = token.signs | (GUESSED if (begin, behind) == name else 0)
            yield Token(key, token.start + begin, token.start + behind, signs, gap)
            gap = ""
