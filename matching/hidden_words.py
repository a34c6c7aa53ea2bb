"""Phrases of a table written in disguise: letters of another script, digits, styles, letters parted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from matching.normalization import FOREIGN, LATIN, Token
from matching.reading import read, single_letter_runs
from matching.words import first_words

FEWEST: Final = 4
"""Shorter words are met by chance."""
LONGEST: Final = 3
_READ: Final = frozenset({"plain", "leet", "parted"})
_MAY_HIDE: Final = re.compile(
    r"[^\x00-\x7f]|[^\W\d_][0-9@$!|+]{1,2}[^\W\d_]"
    r"|(?<![^\W_])[^\W\d_](?:[^\w\s] ?[^\W\d_](?![^\W_])| [^\W\d_](?![^\W_])){3}"
)


def hidden_phrases(text: str, phrases: frozenset[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Where phrases stand that are of the table only once what hides their letters is folded away."""
    if not _MAY_HIDE.search(text):
        return
    for view in read(text).views:
        if view.name in _READ:
            yield from _phrases_in(view.tokens, phrases)


def _phrases_in(tokens: tuple[Token, ...], phrases: frozenset[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    begin = first_words(phrases)
    for place, token in enumerate(tokens):
        if token.key not in begin:
            continue
        if token.signs & FOREIGN and not token.signs & LATIN:
            continue  # a word of another script that merely looks Latin
        for count in range(min(LONGEST, len(tokens) - place), 0, -1):
            words = tuple(each.key for each in tokens[place : place + count])
            if words in phrases and sum(map(len, words)) >= FEWEST:
                yield token.start, tokens[place + count - 1].end
                break
    for first, behind in single_letter_runs(tokens):
        letters = "".join(token.key for token in tokens[first:behind])
        if (letters,) in phrases and len(letters) >= FEWEST:
            yield tokens[first].start, tokens[behind - 1].end
