"""Words in the script they were written in, as its own word lists have them."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from matching.model import Candidate
from matching.normalization import CHARACTERS, SCRIPT
from matching.words import spelled


@lru_cache(maxsize=4_096)
def in_its_script(text: str) -> str:
    """The words of a text all of whose letters are of a script other than Latin; else nothing."""
    letters = [letter for letter in text if letter.isalpha()]
    is_other = letters and all(CHARACTERS[letter].signs & SCRIPT for letter in letters)
    return spelled(normalize("NFKC", text)) if is_other else ""


def word_asked(found: Candidate, key: str) -> str:
    """A mark as the word lists are asked: in the script it was written in, where that is its own."""
    is_own = found.similarity == 1.0 and not found.evasions and not found.span.text.isascii()
    return in_its_script(found.span.text) or key if is_own else key
