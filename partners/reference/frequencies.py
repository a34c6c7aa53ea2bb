"""How often words are met in twenty languages, so that ordinary words are not taken for misspelled marks.

Source: wordfreq 3.1 by Robyn Speer, data under CC BY-SA 4.0; this selection is shared under the same licence.
English words that only a dictionary lists come from SCOWL.
"""

from __future__ import annotations

from functools import cache

from matching.lexicon import Lexicon
from partners.reference.files import read_rows
from partners.reference.words import word_sizes

LISTED = {10: 4.5, 20: 3.8, 35: 3.3, 40: 3.1, 50: 3.0, 55: 2.8, 60: 2.6, 70: 2.2}
"""The frequency taken for a word that only the dictionary of this size lists."""


@cache
def lexicon() -> Lexicon:
    """The words of all languages with the largest Zipf frequency of each, and the names among them."""
    frequency = {word: LISTED[size] for word, size in word_sizes().items() if size in LISTED}
    names = set()
    for word, tenths, is_name in read_rows("frequencies.csv.gz"):
        frequency[word] = max(int(tenths) / 10, frequency.get(word, 0.0))
        if is_name == "1":
            names.add(word)
    return Lexicon(frequency, frozenset(names))
