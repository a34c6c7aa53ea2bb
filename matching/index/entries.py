"""The spellings under which a mark is filed: its text, other spellings and product names, as words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from matching.legal_forms import bare_name
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.normalization import Token
from matching.reading import read

ARTICLES = frozenset({"the"})
JOINTS = frozenset({"and"})
BARE: Final = 1 << 15
"""What an index adds to the source of an entry that is a text without its company form."""
LEAST_BARE, MOST_BARE = 3, 2
MET_EVERYWHERE: Final = 5.0
"""At this frequency (Zipf scale) a word alone does not tell one company from all others."""


class Entry(NamedTuple):
    """One spelling of a mark: its words, which text of the mark it comes from (0 is the mark itself), and
    whether it is that text without its company form.
    """

    words: tuple[str, ...]
    source: int
    is_bare: bool = False


def texts_of(mark: Mark) -> tuple[str, ...]:
    """Every text a rights holder wants found: the mark, its spellings, its product names."""
    return (mark.text, *mark.spellings, *mark.products)


def entries_of(mark: Mark, lexicon: Lexicon) -> Iterator[Entry]:
    """Each spelling of a mark once, those without a company form last."""
    seen: set[tuple[str, ...]] = set()
    bare: list[Entry] = []
    for source, text in enumerate(texts_of(mark)):
        for words in _spellings_of(text, lexicon):
            if words and words not in seen:
                seen.add(words)
                yield Entry(words, source)
                rest = bare_name(words)
                bare += [Entry(rest, source, is_bare=True)] if rest else []
    for entry in bare:
        if entry.words not in seen and _is_distinctive(entry.words, lexicon):
            seen.add(entry.words)
            yield entry


def _spellings_of(text: str, lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    reading = read(text)
    for view in reading.views:
        if view.name == "guessed" or (view.name == "leet" and not _hides_letters_behind_signs(text)):
            continue
        words = tuple(token.key for token in view.tokens)
        yield words
        yield from _shorter(words, lexicon)
        if "&" in text or "+" in text:
            yield _with_and(view.tokens)


def _shorter(words: tuple[str, ...], lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    if len(words) < 2:
        return
    if words[0] in ARTICLES and (len(words) > 2 or not lexicon.is_common(words[1])):
        yield words[1:]
    if len(words) > 2 and JOINTS & set(words[1:-1]):
        yield tuple(word for word in words if word not in JOINTS)


def _is_distinctive(bare: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether the rest of a company's name may stand for it: a word or two, not both met everywhere; goods
    are seldom called by more.
    """
    if len(bare) > MOST_BARE:
        return False
    rarest = min(lexicon.ordinariness(word) for word in bare)
    return sum(map(len, bare)) >= LEAST_BARE and rarest < MET_EVERYWHERE


def _with_and(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    if min((len(token.key) for token in tokens), default=0) < 3:
        return ()
    words: list[str] = []
    for token in tokens:
        words += ["and", token.key] if words and ("&" in token.gap or "+" in token.gap) else [token.key]
    return tuple(words)


def _hides_letters_behind_signs(text: str) -> bool:
    return not text.isalnum() and any(sign in text for sign in "@$!|")
