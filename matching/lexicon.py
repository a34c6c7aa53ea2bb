"""How common words are, as a value that is passed in: the engine reads no files."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

COMMON = 3.0
"""At this frequency (Zipf scale: 3 is once in a million words, 6 once in a thousand) a word is ordinary."""


class Lexicon(Struct, frozen=True):
    """Words in canonical spelling with their Zipf frequency, and which of them are rather names.

    `frequency` is the largest over the languages listed; `names` are words that many languages share but no
    dictionary lists (nike, samsung): they gate typing errors like any word, but a mark of that name is no
    dictionary word.
    """

    frequency: Mapping[str, float] = {}
    names: frozenset[str] = frozenset()

    def is_common(self, word: str) -> bool:
        """Whether readers meet the word all the time."""
        return self.frequency.get(word, 0.0) >= COMMON

    def ordinariness(self, word: str) -> float:
        """The Zipf frequency of a word as an ordinary word: 0 for names and for words not listed."""
        return 0.0 if word in self.names else self.frequency.get(word, 0.0)


NO_WORDS = Lexicon()
