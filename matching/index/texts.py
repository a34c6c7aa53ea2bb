"""Texts as the kernels read them: one byte a character, and the way back to the text as submitted."""

from __future__ import annotations

import re
from string import digits
from typing import Final, NamedTuple

from matching.index.tokenizing import CENT, DASH, EURO, FOREIGN, OTHER_SIGN, POUND, YEN
from matching.model import Field
from matching.normalization import DIACRITIC, GUESSED, MASK, ZERO_WIDTH, Folded, Token, fold_text, tokens_of
from matching.reading import MAX_TOKENS, PARTING, Masked, View, masked_readings, parted_view, spelled_view

GLUED: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,}[0-9]{2,4}(?![A-Za-z0-9])")
"""A name that a number is glued to; codes of models have fewer letters."""
_MONEY = {"€": EURO, "£": POUND, "¢": CENT, "¥": YEN}


class _Signs(dict[int, int]):
    """What stands for a character that is not ASCII."""

    def __missing__(self, number: int) -> int:
        character = chr(number)
        if number < 128:
            sign = number
        elif character.isalnum():
            sign = FOREIGN
        elif character in _MONEY:
            sign = _MONEY[character]
        elif character in "–—":
            sign = DASH
        elif character.isspace():
            sign = ord(" ")
        else:
            sign = ord(",") if PARTING.fullmatch(character) else OTHER_SIGN
        if len(self) < 70_000:
            self[number] = sign
        return sign


_SIGNS = _Signs()


class Text(NamedTuple):
    """A text of a listing, its bytes for the kernels, and how it was folded (None: only letters' case)."""

    field: Field
    text: str
    data: bytes
    folded: Folded | None

    @property
    def plain(self) -> tuple[Token, ...]:
        """The words as they plainly read."""
        return tokens_of(self.folded or fold_text(self.text))[:MAX_TOKENS]

    @property
    def masked(self) -> tuple[Masked, ...]:
        """The readings with hidden letters; none if nothing is hidden."""
        if MASK.encode() not in self.data:
            return ()
        return masked_readings(self.folded or fold_text(self.text), self.text)

    def spot(self, start: int, end: int, signs: int) -> tuple[int, int, int]:
        """Where a stretch of the folded text stood, and what was folded away there, with the signs given."""
        folded = self.folded
        if folded is None or folded.origin is None:
            return start, end, signs
        first, last = folded.origin[start], folded.origin[end - 1] + 1
        while last < len(folded.signs) and folded.signs[last] == DIACRITIC:
            last += 1
        for sign in folded.signs[first:last]:
            signs |= sign
        return first, last, signs


def prepare(field: Field, text: str) -> Text:
    """Fold a text for the kernels; never fails, whatever the text."""
    if text.isascii() and text.isprintable():
        is_glued = field != "description" and GLUED.search(text)
        return Text(field, text, text.encode(), fold_text(text) if is_glued else None)
    folded = fold_text(text)
    return Text(field, text, folded.text.translate(_SIGNS).encode("latin-1"), folded)


def _glued_view(text: Text) -> list[View]:
    """The view in which a name and the number glued to it (Nike2024) are two words."""
    tokens: list[Token] = []
    changed: set[int] = set()
    for token in text.plain:
        if not GLUED.fullmatch(token.key) or len(token.key) != token.end - token.start:
            tokens.append(token)
            continue
        size = len(token.key.rstrip(digits))
        changed |= {len(tokens), len(tokens) + 1}
        signs, behind = token.signs | GUESSED, token.start + size
        tokens.append(Token(token.key[:size], token.start, behind, signs, token.gap))
        tokens.append(Token(token.key[size:], behind, token.end, signs))
    return [View("guessed", tuple(tokens), frozenset(changed))] if changed else []


def other_views(text: Text) -> list[View]:
    """The views that kernels do not read: parted by characters without width, spelled from another script."""
    folded = text.folded
    if folded is None:
        return []
    if folded.origin is None:
        return _glued_view(text)
    views = parted_view(text.text, text.plain) if ZERO_WIDTH in folded.signs else []
    return views + spelled_view(text.text, folded) if folded.has_script else views
