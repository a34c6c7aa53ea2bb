"""A volume: the distinct words of some listings, and their texts as numbers of these words.

Each text is kept in every way it may be read (see `matching.reading`), so that whatever runs of words the
registry index would look up in a listing stand one behind the other here. Words lie in order of their
length, each with the set of its letters; texts are their own postings: a run of words that may be a mark is
found by going through them, a few bytes a word, with one look at the word's mark of this question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.index.hashing import MAX_LETTERS
from matching.lexicon import Lexicon
from matching.model import Field
from matching.normalization import MASK, Token
from matching.reading import Reading, View, read
from matching.vocabulary.signing import sign_words

FORMAT: Final = "vocabulary 3"
"""Changes with whatever a volume holds or how it is read."""
NEW_TEXT: Final = 0
EXACT_TEXT: Final = 1
"""Stands before a text in which no errors are looked for."""
RUNNING_TEXT: Final = 2
"""The same of parts of words, of which many may be one name: a bit beside the one for errors."""
UNREADABLE: Final = 4
"""Stands for a word too long to be in a name."""
FIRST_WORD: Final = 5
AROUND: Final = 32
"""So many words around one that reads otherwise are kept of a view that differs from the plain one."""
_FIELDS: Final[tuple[Field, ...]] = ("title", "brand", "description")
_ID: Final = "S40"

Told = tuple[str, Mapping[Field, str] | None]
"""A listing's id and its texts, None when it is deleted."""


class Texts(NamedTuple):
    """Words and texts as flat arrays.

    Word w of length n is letters[bases[n] + (w - firsts[n]) * n:][:n]; `stream` holds words as
    w + FIRST_WORD, and the signs above. The texts of listing r are stream[bounds[r]:bounds[r + 1]].
    """

    letters: NDArray[np.uint8]
    firsts: NDArray[np.int64]
    bases: NDArray[np.int64]
    sizes: NDArray[np.uint8]
    signatures: NDArray[np.uint64]
    is_frequent: NDArray[np.bool_]
    stream: NDArray[np.uint32]
    bounds: NDArray[np.int64]


class Volume(NamedTuple):
    """The texts of some listings, and their ids."""

    texts: Texts
    ids: NDArray[np.bytes_]

    @property
    def words(self) -> int:
        """How many distinct words there are."""
        return len(self.texts.sizes)


def build_volume(told: Iterable[Told], lexicon: Lexicon) -> Volume:
    """A volume of listings, each once; `lexicon` tells which words are ordinary."""
    numbers: dict[str, int] = {}
    stream: list[int] = []
    bounds = [0]
    ids: list[str] = []
    for listing_id, texts in told:
        for sign_or_word in _words_of(texts or {}, lexicon):
            if isinstance(sign_or_word, int):
                stream.append(sign_or_word)
            else:
                stream.append(numbers.setdefault(sign_or_word, len(numbers)) + FIRST_WORD)
        bounds.append(len(stream))
        ids.append(listing_id)
    words = sorted(numbers, key=lambda word: (len(word), word))
    places = np.empty(len(words), dtype=np.uint32)
    places[[numbers[word] for word in words]] = np.arange(len(words), dtype=np.uint32)
    return assemble(
        np.array([word.encode("ascii") for word in words], dtype=f"S{MAX_LETTERS}"),
        np.array([lexicon.is_frequent(word) for word in words], dtype=np.bool_),
        renumbered(np.array(stream, dtype=np.uint32), places),
        np.array(bounds, dtype=np.int64),
        np.array(ids, dtype=_ID),
    )


def assemble(
    words: NDArray[np.bytes_],
    is_frequent: NDArray[np.bool_],
    stream: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    ids: NDArray[np.bytes_],
) -> Volume:
    """A volume of distinct words in order of their length, then of their letters."""
    sizes = np.char.str_len(words).astype(np.uint8)
    firsts = np.searchsorted(sizes, np.arange(MAX_LETTERS + 2)).astype(np.int64)
    counts = np.diff(firsts) * np.arange(MAX_LETTERS + 1)
    bases = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = np.frombuffer(words.tobytes(), dtype=np.uint8).reshape(len(words), words.itemsize)
    letters = rows[np.arange(rows.shape[1]) < sizes[:, None]] if len(words) else np.empty(0, dtype=np.uint8)
    signatures = np.empty(len(words), dtype=np.uint64)
    sign_words(letters, sizes, signatures)
    return Volume(Texts(letters, firsts, bases, sizes, signatures, is_frequent, stream, bounds), ids)


def renumbered(stream: NDArray[np.uint32], places: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A stream whose word w is word places[w] now."""
    is_word = stream >= FIRST_WORD
    renamed = stream.copy()
    renamed[is_word] = places[stream[is_word] - FIRST_WORD] + FIRST_WORD
    return renamed


def words_of(volume: Volume) -> NDArray[np.bytes_]:
    """The words of a volume, in their order."""
    texts = volume.texts
    parts: list[NDArray[Any]] = [np.empty(0, dtype=f"S{MAX_LETTERS}")]
    for size in range(1, MAX_LETTERS + 1):
        count = int(texts.firsts[size + 1] - texts.firsts[size])
        base = int(texts.bases[size])
        row = np.ascontiguousarray(texts.letters[base : base + count * size])
        parts.append(row.view(f"S{size}").astype(f"S{MAX_LETTERS}"))
    return np.concatenate(parts)


def merge_volumes(volumes: Sequence[Volume], *, keep_deleted: bool = True) -> Volume:
    """One volume of several, the oldest first: each listing as the newest knows it, without unused words.

    Deleted listings are kept as long as an older volume may still hold what they said.
    """
    stream, bounds, ids = _latest_texts(volumes, keep_deleted=keep_deleted)
    parts = [words_of(volume) for volume in volumes]
    every, first_seen, inverse = np.unique(np.concatenate(parts), return_index=True, return_inverse=True)
    every_frequent = np.concatenate([volume.texts.is_frequent for volume in volumes])[first_seen]
    is_word = stream >= FIRST_WORD
    is_used = np.zeros(len(every), dtype=np.bool_)
    used = inverse[stream[is_word] - FIRST_WORD]
    is_used[used] = True
    kept = np.flatnonzero(is_used)
    order = kept[np.argsort(np.char.str_len(every[kept]), kind="stable")]
    places = np.zeros(len(every), dtype=np.uint32)
    places[order] = np.arange(len(order), dtype=np.uint32)
    stream[is_word] = places[used] + FIRST_WORD
    return assemble(every[order], every_frequent[order], stream, bounds, ids)


def _latest_texts(
    volumes: Sequence[Volume], *, keep_deleted: bool
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.bytes_]]:
    """The texts of all volumes one behind the other, words counted through; of each listing the latest."""
    ids = np.concatenate([volume.ids for volume in volumes])
    _, last = np.unique(ids[::-1], return_index=True)
    is_last = np.zeros(len(ids), dtype=np.bool_)
    is_last[len(ids) - 1 - last] = True
    lengths = np.concatenate([np.diff(volume.texts.bounds) for volume in volumes])
    is_kept = is_last if keep_deleted else is_last & (lengths > 0)
    offset, streams = 0, []
    for volume in volumes:
        counted = volume.texts.stream.copy()
        counted[counted >= FIRST_WORD] += np.uint32(offset)
        streams.append(counted)
        offset += volume.words
    stream = np.concatenate(streams)[np.repeat(is_kept, lengths)]
    bounds = np.concatenate([[0], np.cumsum(lengths[is_kept])]).astype(np.int64)
    return stream, bounds, ids[is_kept]


def _words_of(texts: Mapping[Field, str], lexicon: Lexicon) -> Iterator[str | int]:
    for field in _FIELDS:
        text = texts.get(field)
        if not text:
            continue
        reading = read(text)
        sign = EXACT_TEXT if field == "description" else NEW_TEXT
        for view in _views_of(reading, lexicon):
            yield from _view_words(view, sign | RUNNING_TEXT if view.name == "guessed" else sign)


def _views_of(reading: Reading, lexicon: Lexicon) -> Iterator[View]:
    """The views in which names are looked for; a common word that looks like another one is no name."""
    for view in reading.views:
        if view.name != "print" or view.changed is None:
            yield view
            continue
        seen = {place: view.tokens[place] for place in view.changed}
        rare = {place for place, token in seen.items() if not _is_common(reading.text, token, lexicon)}
        if rare:
            yield view._replace(changed=frozenset(rare))
    for name, tokens in reading.masked:
        yield View(name, tokens, frozenset(place for place, token in enumerate(tokens) if MASK in token.key))


def _is_common(text: str, token: Token, lexicon: Lexicon) -> bool:
    return lexicon.is_common(text[token.start : token.end].lower())


def _view_words(view: View, sign: int) -> Iterator[str | int]:
    """The words of a view; of one that differs from the plain view in places, those around the places."""
    yield sign
    wanted = _around(view.changed, len(view.tokens)) if view.changed is not None else None
    is_open = True
    for place, token in enumerate(view.tokens):
        if wanted is not None and place not in wanted:
            if is_open:
                yield sign
            is_open = False
            continue
        is_open = True
        yield token.key if len(token.key) <= MAX_LETTERS else UNREADABLE


def _around(places: frozenset[int], count: int) -> set[int]:
    return {
        near for place in places for near in range(max(0, place - AROUND), min(count, place + AROUND + 1))
    }
