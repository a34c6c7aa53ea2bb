"""Canonical text: what a reader takes a text for, with an exact way back to the text as submitted.

A text becomes tokens, runs of lower-case ASCII letters and digits. Case, width, style, diacritics, look-alike
letters and characters without width are folded away; every token remembers where it stood and what was
folded. Marks and listings take the same way, so that they meet.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from matching.letters import LOOKALIKES, is_zero_width, named_latin_letter, spell_in_latin

# What was folded away in a character or token, as bits.
ZERO_WIDTH, STYLED, FOREIGN, DIACRITIC, SCRIPT, WIDE, LATIN, LEET, EDGE_LEET, HAN, PRINT, GUESSED = (
    1 << n for n in range(12)
)

APOSTROPHES = frozenset("'’‘ʼ`´ʹ′＇")
MASK = "*"
MASKS = frozenset("*•●∙⋆✱✲✳✴＊★☆⭐✩✪✫✬✭✮✯■□▪◆◇♦♥❤☻☺#_")
OVERLAYS = frozenset(map(chr, (*range(0x332, 0x339), *range(0x20D0, 0x20E3), *range(0x20E4, 0x2100))))
"""Signs that strike through, underline or enclose a letter: no spelling has them (a keycap's is no such)."""
FIRST_PICTURE = "\u2600"
"""Pictures from here on may hide a letter; signs before it, such as (TM) and (R), do not."""
TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
HIRAGANA, KATAKANA = "\u3041\u3096", "\u30a1\u30fa"
"""The first and the last letter of each; the mark that makes a vowel long belongs to both."""
WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "BOPOMOFO")


ABOVE_AND_BELOW = frozenset({DIACRITIC, STYLED})
"""Signs of a character that only goes with the letter before it."""


class Token(NamedTuple):
    """One word: its canonical key, where it stands in the text as submitted, and what precedes it."""

    key: str
    start: int
    end: int
    signs: int = 0
    gap: str = ""


class FoldedCharacter(NamedTuple):
    """What a character looks like, how it is spelled in Latin letters, and what folding took away."""

    looks: str
    spelled: str
    signs: int


class Folded(NamedTuple):
    """A text after folding; `origin[i]` is where its i-th character stood, None where nothing moved."""

    text: str
    origin: tuple[int, ...] | None
    signs: tuple[int, ...]
    has_script: bool


class _Characters(dict[str, FoldedCharacter]):
    def __missing__(self, character: str) -> FoldedCharacter:
        folded = fold_character(character)
        if len(self) < 70_000:
            self[character] = folded
        return folded


def fold_character(character: str) -> FoldedCharacter:  # noqa: PLR0911 - one return for one kind of character
    """Fold one character; a look of "" takes no room, "*" may hide a letter, " " parts words."""
    if character in APOSTROPHES:
        return FoldedCharacter("'", "'", 0)
    if character in MASKS:
        return FoldedCharacter(MASK, " ", 0)
    if character.isascii():
        low = character.lower() if character.isprintable() else " "
        return FoldedCharacter(low, low, LATIN if low.isalpha() else 0)
    category = unicodedata.category(character)
    if is_zero_width(character):
        return FoldedCharacter("", "", ZERO_WIDTH)
    if category[0] == "M":
        return FoldedCharacter("", "", STYLED if character in OVERLAYS else DIACRITIC)
    if category[0] in "LN" or named_latin_letter(character):
        return _fold_letter(character)
    if category == "So":
        return FoldedCharacter(MASK if character >= FIRST_PICTURE else " ", " ", 0)
    if category in {"Sk", "Cs", "Co", "Cn", "Cc"}:
        return FoldedCharacter("" if category == "Sk" else " ", " ", 0)
    plain = unicodedata.normalize("NFKD", character)
    return FoldedCharacter(plain if len(plain) == 1 and plain.isprintable() else " ", " ", 0)


def _fold_letter(character: str) -> FoldedCharacter:
    name = unicodedata.name(character, "")
    parts = [
        part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part)[0] != "M"
    ]
    plain = "".join(parts)
    latin = "".join(_latin_look(part) for part in parts)
    letters = "".join(letter for letter in latin if letter.isalnum())
    if letters and letters.isascii():
        return FoldedCharacter(
            letters, _spelling(character, letters, name), _signs_of(character, plain, name)
        )
    if name.startswith(WITHOUT_SPACES):
        return FoldedCharacter(" ", spell_in_latin(character), SCRIPT | HAN if "CJK" in name else SCRIPT)
    return FoldedCharacter(character.casefold()[:1], spell_in_latin(character), SCRIPT)


def _latin_look(part: str) -> str:
    if part.isascii():
        return part.lower()
    return LOOKALIKES.get(part) or LOOKALIKES.get(part.upper()) or named_latin_letter(part) or part.casefold()


def _spelling(character: str, look: str, name: str) -> str:
    is_latin = "LATIN" in name or "DIGIT" in name or "REGIONAL INDICATOR" in name
    return look if is_latin else spell_in_latin(character) or look


def _signs_of(character: str, plain: str, name: str) -> int:
    if name.startswith("FULLWIDTH"):
        return WIDE | LATIN
    if name.startswith(("LATIN SMALL LETTER", "LATIN CAPITAL LETTER", "LATIN SMALL LIGATURE")):
        return LATIN | DIACRITIC
    if plain.isascii() or named_latin_letter(character):
        return STYLED | LATIN
    if name.startswith("LATIN"):
        return STYLED | LATIN
    return FOREIGN | SCRIPT


CHARACTERS = _Characters()


def fold_text(text: str) -> Folded:
    """Fold every character of a text to what it looks like."""
    if text.isascii() and text.isprintable():
        return Folded(text.lower().replace("`", "'"), None, (), has_script=False)
    folded = [CHARACTERS[character] for character in text]
    looks = [each[0] for each in folded]
    signs = tuple([each[2] for each in folded])
    whole = "".join(looks)
    origin = tuple(range(len(looks)))
    if len(whole) != len(looks) or "" in looks:
        origin = tuple([place for place, look in enumerate(looks) for _ in look])
    return Folded(whole, origin, signs, has_script=any(sign & SCRIPT for sign in set(signs)))


def tokens_of(folded: Folded) -> tuple[Token, ...]:
    """The words of a folded text; words with letters of a script that looks like nothing Latin are left
    out.
    """
    tokens: list[Token] = []
    text, before = folded.text, 0
    if folded.origin is None:
        for word in TOKEN.finditer(text):
            start, end = word.span()
            tokens.append(Token(word.group().replace("'", ""), start, end, 0, text[before:start]))
            before = end
        return tuple(tokens)
    for word in TOKEN.finditer(text):
        key = word.group()
        if not key.isascii():
            continue
        start, end = word.span()
        tokens.append(token_at(folded, key.replace("'", ""), start, end, text[before:start]))
        before = end
    return tuple(tokens)


def token_at(folded: Folded, key: str, start: int, end: int, gap: str) -> Token:
    """A token for a stretch of folded text, with its place in the text as submitted."""
    if folded.origin is None:
        return Token(key, start, end, 0, gap)
    first, last = folded.origin[start], folded.origin[end - 1] + 1
    while last < len(folded.signs) and folded.signs[last] in ABOVE_AND_BELOW:
        last += 1
    signs = 0
    for sign in folded.signs[first:last]:
        signs |= sign
    return Token(key, first, last, signs, gap)


def spelled_tokens(text: str, folded: Folded) -> tuple[Token, ...]:
    """The words of a text with every script spelled in Latin letters; each Han character is a word, and so is
    each run of hiragana or of katakana, which no space parts.
    """
    tokens: list[Token] = []
    key, start, signs, before, kana, silent = "", 0, 0, 0, "", -1
    for place, character in enumerate(text):
        spelled, sign = CHARACTERS[character].spelled, folded.signs[place]
        last, kana = kana, _kana_of(character) or kana
        if key and last and kana != last:
            tokens.append(Token(key, start, place, signs, text[before:start]))
            key, signs, before = "", 0, place
        if spelled and not sign & HAN and (spelled == "'" or spelled.isalnum()):
            start = start if key else place if silent < 0 else silent
            silent = -1
            key, signs = key + spelled.replace("'", ""), signs | sign
        elif spelled or not key:
            if key:
                tokens.append(Token(key, start, place, signs, text[before:start]))
                before = place
            is_silent = not spelled and sign & SCRIPT and character.isalpha()
            silent = (place if silent < 0 else silent) if is_silent else -1
            key, signs = "", 0
            if sign & HAN and spelled:
                tokens.append(Token(spelled, place, place + 1, sign, text[before:place]))
                before = place + 1
    if key:
        tokens.append(Token(key, start, len(text), signs, text[before:start]))
    return tuple(token for token in tokens if token.key.isascii())


def _kana_of(character: str) -> str:
    """Which kana a character is, if it is of one alone."""
    if HIRAGANA[0] <= character <= HIRAGANA[-1]:
        return "hiragana"
    return "katakana" if KATAKANA[0] <= character <= KATAKANA[-1] else ""


def spelled_with_masks(text: str, folded: Folded) -> Folded:
    """A text with every script spelled in Latin letters and the signs kept that may hide a letter; each Han
    character is a word.
    """
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        looks, spelled, signs = CHARACTERS[character]
        shown = looks if looks == MASK else f" {spelled} " if signs & HAN else spelled
        letters.append(shown)
        origin += [place] * len(shown)
    return Folded("".join(letters), tuple(origin), folded.signs, has_script=True)


def skeleton_of(key: str) -> str:
    """A key with the letters that no reader tells apart in print made one: l is i."""
    return key.replace("l", "i")


def canonical_text(text: str) -> str:
    """The words of a text as the engine reads them, parted by spaces; reading them again changes nothing."""
    folded = fold_text(text)
    if folded.origin is None:
        return " ".join(TOKEN.findall(folded.text)).replace("'", "")
    return " ".join([token.key for token in tokens_of(folded)])
