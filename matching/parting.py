"""Where words may part that are written as one: a language without spaces, an article, a change of script."""

from __future__ import annotations

import re
from typing import Final

LEADING: Final = "\u0e40-\u0e44\u0ec0-\u0ec4"
"""Vowels of Thai and Lao that are written before their consonant."""
CLUSTER: Final = re.compile(
    rf"[{LEADING}]?[\u0e01-\u0e2e\u0e81-\u0eae\u0edc-\u0edf\u1000-\u102a\u1780-\u17b3]"
    rf"(?:[\u17d2\u1039].|[\u0e2f-\u0e3f\u0e45-\u0e7f\u0eaf-\u0ebf\u0ec5-\u0edb\u0ee0-\u0eff\u102b-\u1038\u103a-\u109f\u17b4-\u17ff])*"
)
"""A consonant of Thai, Lao, Burmese or Khmer with all that belongs to it: no space parts words there."""
SMALL_KANA: Final = (
    "\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u3093\u3099-\u309a\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3"
    "\u30e3\u30e5\u30e7\u30f3\u30fc\uff67-\uff70\uff9d-\uff9f"
)
"""Kana and signs with which no word begins: small ones, the n, the long vowel."""
SYLLABLE: Final = re.compile(
    rf"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d][{SMALL_KANA}]*"
    r"|[\uac00-\ud7a3]"
)
"""A kana with those that belong to it, or a syllable of Hangul: words stand side by side there, too."""
RUNNING: Final = re.compile(rf"{CLUSTER.pattern}|{SYLLABLE.pattern}|[\u0621-\u0652]")
"""What is parted within words."""
ARABIC: Final = re.compile("[\u0621-\u0652\u0670]+")
PROCLITICS: Final = re.compile(
    "([\u0648\u0641])?([\u0628\u0643\u0644])?(\u0627\u0644|(?<=\u0644)\u0644)?(?=[\u0621-\u0652]{3})"
)
"""And, with, like, for, the: Arabic writes them as one with the word that follows."""
ALIKE: Final = re.compile("[\u0370-\u052f]+|[A-Za-z\u00c0-\u024f]+")
"""Letters of scripts that look alike."""
PART: Final = re.compile(
    rf"{CLUSTER.pattern}|{SYLLABLE.pattern}|[\u0621-\u0652\u0670]+|[\u0370-\u052f]+|[A-Za-z0-9\u00c0-\u024f]+"
)
LEAST_ALIKE: Final = 3
"""Shorter stretches of a script that looks like another are a disguise rather than a word."""


def ends_of_parts(word: str) -> list[int]:
    """Where each part of a word that stands in no list ends; no parts where nothing parts it."""
    if word.isascii() or _is_disguised(word):
        return []
    if ARABIC.fullmatch(word):
        return _ends_of_proclitics(word)
    parts = list(PART.finditer(word))
    return [part.end() for part in parts[:-1]] + [len(word)] if len(parts) > 1 else []


def _is_disguised(word: str) -> bool:
    """Whether letters of one script stand among look-alike ones of another, too few to be words."""
    stretches = [each.group() for each in ALIKE.finditer(word)]
    return len(stretches) > 1 and min(map(len, stretches)) < LEAST_ALIKE


def _ends_of_proclitics(word: str) -> list[int]:
    found = PROCLITICS.match(word)
    ends = sorted({found.end(group) for group in (1, 2, 3)} - {-1}) if found else []
    return [*ends, len(word)] if ends else []
