"""Ways to disguise a name: a synthetic generator, one function for one kind. Frozen before the engine was
tuned.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

CYRILLIC_TWINS = str.maketrans("acekopxyiABCEHKMOPTXY", "асекорхуіАВСЕНКМОРТХУ")
GREEK_TWINS = str.maketrans("oivpABEHIKMNOPTXYZ", "οινρΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")
DIGITS = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8", "g": "9"}
SIGNS = {"a": "@", "s": "$", "i": "!", "l": "|"}
ACCENTS = {"a": "á", "e": "è", "i": "ï", "o": "ô", "u": "ü", "c": "ç", "n": "ñ"}
PRINTED = (("m", "rn"), ("w", "vv"), ("d", "cl"), ("i", "l"), ("l", "I"))
SOUNDS = (("ph", "f"), ("c", "k"), ("k", "c"), ("s", "z"), ("z", "s"), ("x", "ks"), ("qu", "kw"), ("v", "f"))
KEYS = {
    "a": "s",
    "e": "r",
    "i": "o",
    "o": "p",
    "s": "d",
    "n": "m",
    "t": "r",
    "r": "t",
    "l": "k",
    "d": "f",
    "u": "y",
}
VOWELS = "aeiou"
SPELLED = str.maketrans("abvgdeziklmnoprstufc", "абвгдезиклмнопрстуфк")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _places(name: str, allowed: str = LETTERS) -> list[int]:
    return [place for place, letter in enumerate(name) if letter.lower() in allowed]


def _replaced(name: str, place: int, text: str) -> str:
    return name[:place] + text + name[place + 1 :]


def _some(name: str, table: dict[str, str], random: Random, most: int) -> str:
    places = _places(name, "".join(table))
    chosen = random.sample(places, min(len(places), random.randint(1, most))) if places else []
    for place in sorted(chosen, reverse=True):
        name = _replaced(name, place, table[name[place].lower()])
    return name


def exact(name: str, _: Random) -> str:
    return name


def upper(name: str, _: Random) -> str:
    return name.upper()


def joined(name: str, _: Random) -> str:
    return name.replace(" ", "")


def spaced(name: str, _: Random) -> str:
    return " ".join(name.replace(" ", "")).upper()


def dotted(name: str, _: Random) -> str:
    return ".".join(name.replace(" ", ""))


def parted(name: str, random: Random) -> str:
    place = random.randint(2, max(2, len(name) - 2))
    return name[:place] + random.choice(" -") + name[place:]


def zero_width(name: str, random: Random) -> str:
    place = random.randint(1, max(1, len(name) - 1))
    return name[:place] + random.choice("\u200b\u200c\u200d\u2060") + name[place:]


def full_width(name: str, _: Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name)


def bold(name: str, _: Random) -> str:
    small, capital = 0x1D41A, 0x1D400
    return "".join(
        chr(small + ord(letter) - ord("a"))
        if "a" <= letter <= "z"
        else chr(capital + ord(letter) - ord("A"))
        if "A" <= letter <= "Z"
        else letter
        for letter in name
    )


def twins(name: str, random: Random) -> str:
    return name.translate(random.choice((CYRILLIC_TWINS, GREEK_TWINS)))


def leet(name: str, random: Random) -> str:
    return _some(name, DIGITS, random, 2)


def signs(name: str, random: Random) -> str:
    return _some(name, SIGNS, random, 1)


def accents(name: str, random: Random) -> str:
    return _some(name, ACCENTS, random, 2)


def transposed(name: str, random: Random) -> str:
    places = [place for place in range(1, len(name) - 1) if name[place] != name[place + 1]] or [0]
    place = random.choice(places)
    return name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]


def deleted(name: str, random: Random) -> str:
    place = random.choice(_places(name[1:]) or [0]) + 1
    return _replaced(name, place, "")


def inserted(name: str, random: Random) -> str:
    place = random.randint(1, len(name))
    return name[:place] + random.choice(LETTERS) + name[place:]


def substituted(name: str, random: Random) -> str:
    return _replaced(name, random.choice(_places(name[1:]) or [0]) + 1, random.choice(LETTERS))


def doubled(name: str, random: Random) -> str:
    place = random.choice(_places(name) or [0])
    return name[:place] + name[place : place + 1] + name[place:]


def keyboard(name: str, random: Random) -> str:
    return _some(name, KEYS, random, 1)


def vowel(name: str, random: Random) -> str:
    places = _places(name[1:], VOWELS)
    return _replaced(name, random.choice(places) + 1, random.choice(VOWELS)) if places else name


def plural(name: str, _: Random) -> str:
    return name + "s"


def printed(name: str, random: Random) -> str:
    pairs = [pair for pair in PRINTED if pair[0] in name.lower()]
    if not pairs:
        return name
    seen, shown = random.choice(pairs)
    place = name.lower().index(seen)
    return _replaced(name, place, shown)


def sound(name: str, random: Random) -> str:
    pairs = [pair for pair in SOUNDS if pair[0] in name.lower()]
    if not pairs:
        return name
    heard, written = random.choice(pairs)
    place = name.lower().index(heard)
    return name[:place] + written + name[place + len(heard) :]


def two_errors(name: str, random: Random) -> str:
    return substituted(random.choice((deleted, inserted, substituted))(name, random), random)


def transliterated(name: str, _: Random) -> str:
    return name.lower().translate(SPELLED)


def masked(name: str, random: Random) -> str:
    places = _places(name[1:])
    hidden = random.sample(places, max(1, round(len(places) * 0.3))) if places else []
    for place in hidden:
        name = _replaced(name, place + 1, "⭐")
    return name


def twins_and_error(name: str, random: Random) -> str:
    return twins(transposed(name, random), random)


def leet_and_spaced(name: str, random: Random) -> str:
    return " ".join(leet(name, random).replace(" ", ""))


KINDS: dict[str, Callable[[str, Random], str]] = {
    each.__name__: each
    for each in (
        exact, upper, joined, spaced, dotted, parted, zero_width, full_width, bold, twins, leet,
        signs, accents, transposed, deleted, inserted, substituted, doubled, keyboard, vowel,
        plural, printed, sound, two_errors, transliterated, masked, twins_and_error,
        leet_and_spaced,
    )
}  # fmt: skip
VISIBLE = (
    "spaced",
    "dotted",
    "zero_width",
    "full_width",
    "bold",
    "twins",
    "leet",
    "signs",
    "masked",
    "leet_and_spaced",
)
