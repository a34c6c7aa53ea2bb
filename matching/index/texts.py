"""Texts as the kernels read them: one byte a character, and the way back to the text as submitted."""

from __future__ import annotations

from typing import NamedTuple

from matching.clitics import may_cling
from matching.index.tokenizing import CENT, DASH, EURO, FOREIGN, OTHER_SIGN, POUND, YEN
from matching.model import Field
from matching.normalization import (
    ABOVE_AND_BELOW,
    MASK,
    ZERO_WIDTH,
    Folded,
    Token,
    fold_text,
    spelled_tokens,
    tokens_of,
)
from matching.reading import (
    MAX_TOKENS,
    PARTING,
    Masked,
    View,
    clinging_view,
    masked_readings,
    parted_view,
    spelled_view,
)

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
    def spelled(self) -> tuple[Token, ...]:
        """The words with every script spelled in Latin letters."""
        return spelled_tokens(self.text, self.folded or fold_text(self.text))[:MAX_TOKENS]

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
        while last < len(folded.signs) and folded.signs[last] in ABOVE_AND_BELOW:
            last += 1
        for sign in folded.signs[first:last]:
            signs |= sign
        return first, last, signs


def prepare(field: Field, text: str) -> Text:
    """Fold a text for the kernels; never fails, whatever the text."""
    if text.isascii() and text.isprintable():
        is_read_anew = field != "description" and may_cling(text)
        return Text(field, text, text.encode(), fold_text(text) if is_read_anew else None)
    folded = fold_text(text)
    return Text(field, text, folded.text.translate(_SIGNS).encode("latin-1"), folded)


def other_views(text: Text) -> list[View]:
    """The views that kernels do not read: parted by characters without width, spelled from another script,
    without what clings to names.
    """
    folded = text.folded
    if folded is None:
        return []
    views = parted_view(text.text, text.plain) if ZERO_WIDTH in folded.signs else []
    if folded.has_script:
        return views + spelled_view(text.text, folded)
    return views if text.field == "description" else views + clinging_view(text.text, text.plain)
