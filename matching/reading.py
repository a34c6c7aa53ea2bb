"""How a text may be read: plainly, with digits taken for letters, spelled from another script, with
letters hidden.

Each reading that differs from the plain one is a view of its own over the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Final, Literal, NamedTuple

from matching.clitics import clung, may_cling, name_within
from matching.letters import is_zero_width
from matching.normalization import (
    CHARACTERS,
    EDGE_LEET,
    GUESSED,
    LEET,
    MASK,
    PRINT,
    SCRIPT,
    Folded,
    Token,
    fold_text,
    spelled_tokens,
    spelled_with_masks,
    token_at,
    tokens_of,
)
from matching.parting import CLUSTER, ends_of_parts

LEET_LETTERS = str.maketrans("0123456789@$!|+€£¢¥", "oizeasgtbgasiiteicy")
_HIDING = "a-z0-9@$!|+€£¢¥"
LEET_WORD = re.compile(rf"[{_HIDING}]*[a-z][{_HIDING}]*(?:'(?=[a-z0-9])[{_HIDING}]+)*")
LEET_SIGN = re.compile(r"[0-9@$!|+€£¢¥]")
BETWEEN_LETTERS = re.compile(r"(?<=[a-z])[0-9@$!|+€£¢¥]{1,2}(?=[a-z])")
LONG_NUMBER = re.compile(r"[0-9]{3}")
NUMBER_AND_UNIT = re.compile(r"[0-9]+(?:x[0-9]+)?[a-z]{1,3}")
MASKED_WORD = re.compile(r"[a-z0-9*]*[a-z0-9][a-z0-9*]*|\*+")
PARTING = re.compile(r"[,;|/()\[\]{}<>:\n\t。、，；！？!?]|\s[-–—]\s")
"""Signs that part names in a text."""
SIDE_BY_SIDE: Final = "|"
"""What parts the words that are guessed at within one: none of them goes on in another."""
MAX_TOKENS = 4_000
WIDEST = 5
"""Single letters with more than so many signs between them are no run."""

CYRILLIC_K: Final = str.maketrans("кК", "cc")

ViewName = Literal["plain", "parted", "leet", "print", "spelled", "guessed"]
PRINT_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class View(NamedTuple):
    """One way to read a text; `changed` holds the places of tokens that read otherwise than plainly."""

    name: ViewName
    tokens: tuple[Token, ...]
    changed: frozenset[int] | None = None


Masked = tuple[ViewName, tuple[Token, ...]]
"""A reading in which signs hide letters, and all its words."""


class Reading(NamedTuple):
    """A text with all its views, the plain one first, and its words with letters hidden."""

    text: str
    views: tuple[View, ...]
    masked: tuple[Masked, ...] = ()
    is_cut: bool = False

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The words as they plainly read."""
        return self.views[0].tokens


def read(text: str) -> Reading:
    """Read a text in every way that differs; never fails, whatever the text."""
    folded = fold_text(text)
    plain = tokens_of(folded)
    is_cut = len(plain) > MAX_TOKENS
    plain = plain[:MAX_TOKENS]
    views = [View("plain", plain)]
    if LEET_SIGN.search(folded.text):
        views += _leet_view(folded, plain)
    views += _print_view(plain)
    if not text.isascii():
        views += parted_view(text, plain)
    views += spelled_view(text, folded) if folded.has_script else clinging_view(text, plain)
    masked = masked_readings(folded, text)
    return Reading(text, tuple(views), masked, is_cut)


def leet_sign(word: str) -> int:
    """Whether a lower-case word hides letters behind digits or signs: inside (LEET), at its edge, or not (0).

    A number with its unit (500ml), a word with a long number and a word of mostly digits are left alone.
    """
    letters = sum(letter.isalpha() for letter in word)
    hidden = len(word) - letters - word.count("'")
    if not hidden or letters < 2 or hidden > letters or LONG_NUMBER.search(word):
        return 0
    if NUMBER_AND_UNIT.fullmatch(word):
        return EDGE_LEET if letters == 3 and word[0] in "0135" and hidden == 1 else 0
    if BETWEEN_LETTERS.search(word):
        return LEET
    return EDGE_LEET if letters >= (2 if word[0] == "|" else 3) and hidden <= 2 else 0


def _leet_view(folded: Folded, plain: tuple[Token, ...]) -> list[View]:
    folds = {token.start: token for token in _leet_words(folded)}
    for token in _digits_among_letters(plain):
        folds.setdefault(token.start, token)
    if not folds:
        return []
    tokens: list[Token] = []
    changed: set[int] = set()
    until = 0
    for token in sorted([*folds.values(), *plain], key=lambda each: (each.start, -each.end, each.signs == 0)):
        if token.start < until:
            continue
        if folds.get(token.start) is token:
            changed.add(len(tokens))
        tokens.append(token)
        until = token.end
    return [View("leet", tuple(tokens), frozenset(changed))]


def _leet_words(folded: Folded) -> Iterator[Token]:
    before = 0
    for word in LEET_WORD.finditer(folded.text):
        start, end = word.span()
        if word.group().isalpha():
            before = end
            continue
        while end > start and not folded.text[end - 1].isalnum() and folded.text[end - 1] not in "$|@":
            end -= 1
        sign = leet_sign(folded.text[start:end])
        if sign:
            key = folded.text[start:end].translate(LEET_LETTERS).replace("'", "")
            token = token_at(folded, key, start, end, folded.text[before:start])
            yield token._replace(signs=token.signs | sign)
        before = end


def _digits_among_letters(plain: tuple[Token, ...]) -> Iterator[Token]:
    for first, last in single_letter_runs(plain):
        numbers = _numbers_in(plain, first, last) if last - first > 3 else range(first, last)
        for place, token in enumerate(plain[first:last], first):
            if token.key.isdigit() and place not in numbers:
                yield token._replace(key=token.key.translate(LEET_LETTERS), signs=token.signs | LEET)


def _numbers_in(plain: tuple[Token, ...], first: int, last: int) -> set[int]:
    """The digits of a run that are numbers: three side by side, or two where the run begins or ends."""
    numbers: set[int] = set()
    begin = first
    for place in range(first, last + 1):
        if place < last and plain[place].key.isdigit():
            continue
        if place - begin >= (2 if begin == first or place == last else 3):
            numbers.update(range(begin, place))
        begin = place + 1
    return numbers


def single_letter_runs(tokens: tuple[Token, ...]) -> Iterator[tuple[int, int]]:
    """Runs of three or more words of one character, at least two of them letters: (first, behind the
    last).
    """
    if [len(token[0]) for token in tokens].count(1) < 3:
        return
    first = 0
    for place in range(len(tokens) + 1):
        if place < len(tokens) and len(tokens[place].key) == 1 and _goes_on(tokens, first, place):
            continue
        letters = sum(token.key.isalpha() for token in tokens[first:place])
        if place - first >= 3 and letters >= 2:
            yield first, place
        is_single = place < len(tokens) and len(tokens[place].key) == 1
        first = max(place - 1, first + 1) if is_single else place + 1


def _goes_on(tokens: tuple[Token, ...], first: int, place: int) -> bool:
    """Whether a run of single letters goes on: all its letters have room between them, or none has."""
    gap = tokens[place].gap
    if place <= first:
        return True
    return len(gap) <= WIDEST and (place == first + 1 or _has_room(gap) == _has_room(tokens[place - 1].gap))


def _has_room(gap: str) -> bool:
    return any(character.isspace() for character in gap)


def _print_view(plain: tuple[Token, ...]) -> list[View]:
    """The view in which pairs of letters that look like one letter in print are that letter."""
    changed = {
        place: _as_printed(token)
        for place, token in enumerate(plain)
        if "rn" in token.key or "vv" in token.key or "cl" in token.key
    }
    tokens = tuple(changed.get(place, token) for place, token in enumerate(plain))
    return [View("print", tokens, frozenset(changed))] if changed else []


def _as_printed(token: Token) -> Token:
    key = token.key
    for pair, letter in PRINT_PAIRS:
        key = key.replace(pair, letter)
    return token._replace(key=key, signs=token.signs | PRINT)


def parted_view(text: str, plain: tuple[Token, ...]) -> list[View]:
    """The view in which characters without width part words instead of hiding in them."""
    spaced = "".join(" " if is_zero_width(character) else character for character in text)
    if spaced == text:
        return []
    known = {token[:3] for token in plain}
    tokens = tokens_of(fold_text(spaced))[:MAX_TOKENS]
    changed = frozenset(place for place, token in enumerate(tokens) if token[:3] not in known)
    return [View("parted", tokens, changed)] if changed else []


def spelled_view(text: str, folded: Folded) -> list[View]:
    """The view in which every script is spelled in Latin letters, and one that guesses, if there is need."""
    tokens = spelled_tokens(text, folded)[:MAX_TOKENS]
    changed = frozenset(place for place, token in enumerate(tokens) if token.signs & SCRIPT)
    if not changed:
        return []
    guessed = tuple(token for each in tokens for token in _guesses(text, each))[:MAX_TOKENS]
    anew = frozenset(place for place, token in enumerate(guessed) if token.signs & GUESSED)
    views = [View("spelled", tokens, changed)]
    return [*views, View("guessed", guessed, anew)] if anew else views


def clinging_view(text: str, plain: tuple[Token, ...]) -> list[View]:
    """The view in which names are words without what clings to them (Nike's, l'Adidas, Nike2024)."""
    if not may_cling(text):
        return []
    tokens = tuple(part for token in plain for part in clung(text, token))[:MAX_TOKENS]
    changed = frozenset(place for place, token in enumerate(tokens) if token.signs & GUESSED)
    return [View("guessed", tokens, changed)] if changed else []


def _guesses(text: str, token: Token) -> Iterator[Token]:
    """A word as it may be meant: a Cyrillic k spells a Latin c as well, where nothing parts words that are
    written as one, each part may begin one, and something may cling to a name.
    """
    written = text[token.start : token.end]
    if not token.signs & SCRIPT and name_within(written):
        yield from clung(text, token)
        return
    ends = ends_of_parts(written)
    if len(ends) < 2:
        key = spelled(written.translate(CYRILLIC_K))
        is_other = key != token.key and not written.isascii()
        yield token._replace(key=key, signs=token.signs | GUESSED) if is_other else token
        return
    begin = 0
    gap = token.gap if CLUSTER.search(written) or not token.gap else f"{token.gap}{SIDE_BY_SIDE}"
    for end in ends:
        key = spelled(written[begin:end])
        if key:
            signs = reduce(or_, (CHARACTERS[each].signs for each in written[begin:end])) | GUESSED
            yield Token(key, token.start + begin, token.start + end, signs, gap)
            begin, gap = end, ""


def spelled(word: str) -> str:
    """A word of any script in Latin letters, character by character."""
    letters = (CHARACTERS[character].spelled for character in word)
    return "".join(letters).replace("'", "")


def masked_readings(folded: Folded, text: str) -> tuple[Masked, ...]:
    """The words of a text with hidden letters among them, as they look and as another script is spelled."""
    if MASK not in folded.text:
        return ()
    readings: list[Masked] = [("plain", masked_words(folded))]
    if folded.has_script:
        readings.append(("spelled", masked_words(spelled_with_masks(text, folded))))
    return tuple(reading for reading in readings if reading[1])


def masked_words(folded: Folded) -> tuple[Token, ...]:
    tokens: list[Token] = []
    before = 0
    for word in MASKED_WORD.finditer(folded.text):
        start, end = word.span()
        tokens.append(token_at(folded, word.group(), start, end, folded.text[before:start]))
        before = end
    return tuple(tokens) if any(MASK in token.key for token in tokens) else ()
