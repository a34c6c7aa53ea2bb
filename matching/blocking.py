"""How a word sounds, one definition for every direction; the index has it as a kernel of equal answers."""

from __future__ import annotations

import re

_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"sch|sh|ch|tsch|cz"), "s"),
    (re.compile(r"ck|q|c|gh"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"[dt]h?"), "t"),
    (re.compile(r"[vw]"), "f"),
    (re.compile(r"b"), "p"),
    (re.compile(r"g"), "k"),
    (re.compile(r"j"), "i"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile(r"^[aeiouy]+"), "a"),
    (re.compile(r"(?<=.)[aeiouy]+"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound_of(key: str) -> str:
    """How a word sounds, roughly and in no particular language: its consonants, and whether it starts with
    a vowel.
    """
    for pattern, sound in _SOUNDS:
        key = pattern.sub(sound, key)
    return key
