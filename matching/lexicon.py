"""How common words are, as a value that is passed in: the engine reads no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import fsum
from typing import Final

from msgspec import Struct

COMMON = 3.0
"""At this frequency (Zipf scale: 3 is once in a million words, 6 once in a thousand) a word is ordinary."""
FREQUENT = 4.7
"""At this frequency a word is among the thirty thousand that are met most in all languages together."""


class Lexicon(Struct, frozen=True, eq=False):
    """Words in canonical spelling with their Zipf frequency, and which of them are rather names.

    `frequency` is the largest over the languages listed; `names` are words that many languages share but no
    dictionary lists (nike, samsung): they gate typing errors like any word, but a mark of that name is no
    dictionary word. Each is equal to itself alone: comparing a million words is nobody's wish.
    """

    frequency: Mapping[str, float] = {}
    names: frozenset[str] = frozenset()

    def is_common(self, word: str) -> bool:
        """Whether readers meet the word all the time."""
        return self.frequency.get(word, 0.0) >= COMMON

    def is_frequent(self, word: str) -> bool:
        """Whether the word is among those met most."""
        return self.frequency.get(word, 0.0) >= FREQUENT

    def ordinariness(self, word: str) -> float:
        """The Zipf frequency of a word as an ordinary word: 0 for names and for words not listed."""
        return 0.0 if word in self.names else self.frequency.get(word, 0.0)


NO_WORDS = Lexicon()


@lru_cache(maxsize=8)
def told_apart(lexicon: Lexicon) -> str:
    """What tells a lexicon from others: its words and names by number, and the sum of all frequencies."""
    total = fsum(lexicon.frequency.values())
    return f"{len(lexicon.frequency)} {len(lexicon.names)} {total:.6f}"


WORDS_OF_TITLE: Final = 10
UNLISTED: Final = 1.0
"""The frequency taken for a word that no list holds: once in a hundred million words."""

SHORT_CODE: Final = 3
CODES: Final = 0.1
"""The share of all words of titles that are short codes of letters and digits."""


def chance_per_million(words: Sequence[str], lexicon: Lexicon) -> float:
    """How many of a million ordinary titles hold these words by chance, as an estimate of their order.

    From the frequency of each word, as if words did not attract each other; a code of up to three letters and
    digits that no list holds is as frequent as all its like.
    """
    share = 1.0
    for word in words:
        listed = 10 ** (lexicon.frequency.get(word, UNLISTED) - 9)
        is_code = len(word) <= SHORT_CODE and word not in lexicon.frequency
        share *= CODES / 36 ** len(word) if is_code else listed
    return float(f"{min(1e6, 1e6 * WORDS_OF_TITLE * share):.2g}") if words else 0.0
