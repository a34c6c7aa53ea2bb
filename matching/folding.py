"""Names and addresses of any script brought to plain lower-case ASCII words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from matching.name_words import HAN_WORDS

_HAN = re.compile("|".join(sorted(map(re.escape, HAN_WORDS), key=len, reverse=True)))
_DOTTED = re.compile(r"(?<!\w)(?:\w\.\s?){2,}(?=\W|$)|(?<!\w)(?:\w\.){1,}\w(?!\w)")
_APOSTROPHE = re.compile("['’ʼ`´]")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_SPLIT_DIGITS = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")


@lru_cache(maxsize=65_536)
def fold_words(text: str) -> tuple[str, ...]:
    """The words of a text in lower-case ASCII: "Müller & Søn", "S.A." -> muller, and, son, sa."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _HAN.sub(lambda found: f" {HAN_WORDS[found.group()]} ", plain)
    plain = anyascii(plain).lower().replace("&", " and ").replace("+", " and ")
    plain = _APOSTROPHE.sub("", plain)
    plain = _DOTTED.sub(lambda found: found.group().replace(".", "").replace(" ", "") + " ", plain)
    return tuple(_NO_WORD.sub(" ", plain).split())


def split_digits(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words parted where letters meet digits: "f7", "12b" -> f, 7, 12, b."""
    return tuple(part for word in words for part in _SPLIT_DIGITS.split(word) if part)


@lru_cache(maxsize=65_536)
def sound_of(word: str) -> str:
    """A coarse key of how a word sounds across languages: "Mohammed", "Muhamad" -> mhmt.

    Vowels behind the first letter fall, letters that spellings exchange fall together, doubles become one.
    """
    if word.isdigit():
        return word
    text = word
    for found, said in _SOUNDS:
        text = text.replace(found, said)
    text = text.translate(_LETTERS)
    kept = [letter for letter in text[1:] if letter not in "aeiouyhw"]
    head = "a" if text[:1] in "aeiouy" else text[:1]
    letters = [head]
    for letter in kept:
        if letter != letters[-1]:
            letters.append(letter)
    return "".join(letters)


_SOUNDS = (
    ("tsch", "c"),
    ("sch", "s"),
    ("tch", "c"),
    ("kh", "h"),
    ("gh", "g"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("sh", "s"),
    ("ch", "c"),
    ("zh", "s"),
    ("dzh", "s"),
    ("cz", "c"),
    ("ck", "k"),
    ("qu", "k"),
    ("ts", "c"),
    ("tz", "c"),
    ("ks", "x"),
    ("ou", "u"),
)
_LETTERS = str.maketrans({"q": "k", "c": "k", "w": "v", "b": "p", "d": "t", "g": "k", "z": "s", "j": "i"})
