"""The table of one language: the words that tell what a mark is used for."""

from __future__ import annotations

from typing import NamedTuple


class Cues(NamedTuple):
    """Words in lower case as they are written. Words are parted by spaces, phrases by |.

    In languages written without spaces every entry is a piece of the running text.
    """

    for_words: str = ""
    """Words before a mark after which it names what the goods go with."""
    loose_for_words: str = ""
    """Of these, words that mean other things too: they count only behind an accessory."""
    compatible_before: str = ""
    compatible_behind: str = ""
    """Words within a few words behind a mark that tell the same."""
    compatible_ending: str = ""
    """The same, glued to the mark or its model: nothing of the same script may stand between."""
    audience: str = ""
    """Whom goods are for: behind a for-word these void it."""
    passed_over: str = ""
    """Words on the way from a mark back to its for-word that do not break the way."""
    accessories: str = ""
    """Goods that go with other goods."""
    comparison_before: str = ""
    comparison_behind: str = ""
    """Words right behind a mark that tell it is only compared with."""
    strong_replica: str = ""
    weak_replica: str = ""
    bundle: str = ""
    joins: str = ""
    """And, or: what parts the names of a list."""
    withs: str = ""
    """Behind a word for compatible: it speaks of what follows, not of the mark before."""
    negations: str = ""
    """Before a replica cue these turn it round: no replica, beware of fakes."""
    other_things: str = ""
    """Behind a replica cue these make it speak of something else: fake fur, a replica jersey."""
    other_things_before: str = ""
    """The same where the cue follows what it speaks of (pestañas falsas)."""
    scales: str = ""
    """Beside 1:1 these tell that it measures something."""
    not_cues: str = ""
    """Longer words that hold a cue by chance, in languages written without spaces."""
