"""Where the words that told something stand in a text."""

from __future__ import annotations

import re
from typing import Final

from matching.words import Words

ONE_TO_ONE: Final = re.compile(r"(?<![\w:.,])1(?:\s?[:：]\s?|to)1(?![\w:.,])", re.IGNORECASE)
Place = tuple[int, int]


def place_of(text: str, words: Words, cue: str, near: Place = (0, 0)) -> Place | None:
    """Where a cue stands that was found among the words of a text, the one nearest to a place if it stands
    there more than once; None if it is not there as it is written.
    """
    phrase = tuple(cue.split())
    if not phrase:
        return None
    count = len(phrase)
    places = [
        (words.starts[first], words.ends[first + count - 1])
        for first in range(len(words.written) - count + 1)
        if words.written[first : first + count] == phrase
    ]
    if not places:
        found = ONE_TO_ONE.search(text) if cue == "1:1" else re.search(re.escape(cue), text)
        return found.span() if found else None
    return min(places, key=lambda place: max(place[0] - near[1], near[0] - place[1], 0))
