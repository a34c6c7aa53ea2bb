"""The spellings under which a mark is filed: its text, other spellings and product names, as words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from matching.legal_forms import bare_name
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.normalization import Token
from matching.reading import read

ARTICLES = frozenset({"the"})
JOINTS = frozenset({"and"})
LEAST_BARE: Final = 3
MET_EVERYWHERE: Final = 5.0
"""At this frequency (Zipf scale) a word alone does not tell one company from all others."""


class Entry(NamedTuple):
    """One spelling of a mark: its words, which text of the mark it comes from (0 is the mark itself), and
    whether it is that text without its company form.
    """

    words: tuple[str, ...]
    source: int
    is_bare: bool


def texts_of(mark: Mark) -> tuple[str, ...]:
    """Every text a rights holder wants found: the mark, its spellings, its product names."""
    return (mark.text, *mark.spellings, *mark.products)


def entries_of(mark: Mark, lexicon: Lexicon) -> Iterable[Entry]:
    """Each spelling of a mark once; what one text says whole is not bare, though another shortens to it."""
    found: dict[tuple[str, ...], Entry] = {}
    for source, text in enumerate(texts_of(mark)):
        for words, is_bare in _spellings_of(text, lexicon):
            known = found.get(words)
            if words and (known is None or (known.is_bare and not is_bare)):
                found[words] = Entry(words, source, is_bare)
    return found.values()


def _spellings_of(text: str, lexicon: Lexicon) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Words that a text is found by, and whether they lack its company form."""
    reading = read(text)
    for view in reading.views:
        if view.name == "guessed" or (view.name == "leet" and not _hides_letters_behind_signs(text)):
            continue
        words = tuple(token.key for token in view.tokens)
        yield words, False
        yield from ((bare, True) for bare in _without_form(words, lexicon))
        yield from ((shorter, False) for shorter in _shorter(words, lexicon))
        if "&" in text or "+" in text:
            yield _with_and(view.tokens), False


def _without_form(words: tuple[str, ...], lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    """A company's name without its form, where that may stand for it: some word is not met everywhere."""
    bare = bare_name(words)
    if bare and sum(map(len, bare)) >= LEAST_BARE and min(map(lexicon.ordinariness, bare)) < MET_EVERYWHERE:
        yield bare


def _shorter(words: tuple[str, ...], lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    if len(words) < 2:
        return
    if words[0] in ARTICLES and (len(words) > 2 or not lexicon.is_common(words[1])):
        yield words[1:]
    if len(words) > 2 and JOINTS & set(words[1:-1]):
        yield tuple(word for word in words if word not in JOINTS)


def _with_and(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    if min((len(token.key) for token in tokens), default=0) < 3:
        return ()
    words: list[str] = []
    for token in tokens:
        words += ["and", token.key] if words and ("&" in token.gap or "+" in token.gap) else [token.key]
    return tuple(words)


def _hides_letters_behind_signs(text: str) -> bool:
    return not text.isalnum() and any(sign in text for sign in "@$!|")
