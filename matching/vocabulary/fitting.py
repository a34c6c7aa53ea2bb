"""Which words may stand in a run that is a spelling asked for, as bits: one passage through the words.

A run of words within so many errors of a spelling has only words that lie, within as many errors, somewhere
in that spelling. So whatever is not marked here is in no such run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.index.compiling import inline, kernel
from matching.index.distance import bits_in, mark_places, signature_of
from matching.index.hashing import MAX_LETTERS, Hashes, Letters
from matching.vocabulary.asking import Questions
from matching.vocabulary.signing import HIDDEN, I, L, hides
from matching.vocabulary.volume import Texts

_1, _0 = np.uint64(1), np.uint64(0)
_LETTERS = np.uint64((1 << 36) - 1)


@inline
def lay_out(questions: Questions, places: Hashes) -> None:
    """Note for every question where its letters stand; a hidden letter stands everywhere."""
    for row in range(len(questions.sizes)):
        mark_places(questions.letters[row], 0, questions.sizes[row], places[row])
        places[row, HIDDEN] = ~_0


@inline
def errors_inside(places: Hashes, size: int, word: Letters, start: int, stop: int) -> int:
    """The fewest errors within which a word stands somewhere in a spelling of `size` letters.

    As `matching.index.distance.distance_of`, with the spelling free before and behind the word.
    """
    up, down, diagonal, before = _0, _0, _0, _0
    for place in range(start, stop):
        letter = word[place]
        here = places[I if letter == L else letter]
        swapped = ((~diagonal & here) << _1) & before
        diagonal = (((here & up) + up) ^ up) | here | down | swapped
        right, left = down | ~(diagonal | up), diagonal & up
        right, left = (right << _1) | _1, left << _1
        up, down = left | ~(diagonal | right), right & diagonal
        before = here
    distance = stop - start
    least = distance
    for row in range(size):
        bit = _1 << np.uint64(row)
        if up & bit:
            distance += 1
        elif down & bit:
            distance -= 1
            least = min(least, distance)
    return least


@kernel
def mark_words(texts: Texts, questions: Questions, marks: Hashes) -> None:
    """Write for every word the questions it may be a part of an answer to, as bits."""
    count = len(questions.sizes)
    places = np.zeros((count, 256), dtype=np.uint64)
    lay_out(questions, places)
    marks[:] = _0
    for row in range(count):
        if questions.by_sound[row] and row > 0:
            continue  # it stands behind the same spelling without sound
        sign = signature_of(questions.letters[row], 0, questions.sizes[row])
        twin = row + 1 if row + 1 < count and questions.by_sound[row + 1] else row
        longest = questions.sizes[row] + max(1, questions.errors[twin])
        for size in range(1, min(MAX_LETTERS, longest) + 1):
            _mark_size(texts, questions, (row, twin, size), sign, places[row], marks)


@inline
def _mark_size(
    texts: Texts,
    questions: Questions,
    asked: tuple[int, int, int],
    sign: np.uint64,
    places: Hashes,
    marks: Hashes,
) -> None:
    """Mark the words of one size for one spelling: for itself, and for what sounds like it."""
    row, twin, size = asked
    errors, most = questions.errors[row], questions.errors[twin]
    bit, twin_bit = _1 << np.uint64(row), _1 << np.uint64(twin)
    base = texts.bases[size] - texts.firsts[size] * size
    for word in range(texts.firsts[size], texts.firsts[size + 1]):
        own = texts.signatures[word]
        allowed = errors if own & questions.forbidden[twin] else most
        if bits_in(own & ~sign) > allowed:
            continue
        start = base + word * size
        if hides(texts.letters, start, start + size):
            if own & ~sign & _LETTERS == _0:
                marks[word] |= bit
            continue
        met = errors_inside(places, questions.sizes[row], texts.letters, start, start + size)
        if met <= errors:
            marks[word] |= bit
        if met <= allowed and allowed == most:
            marks[word] |= twin_bit


@kernel
def mark_parts(texts: Texts, name: Letters, sizes: NDArray[np.int64], marks: Hashes) -> None:
    """Write for every word which words of a long name it is, as bits: longer ones within one error."""
    places = np.zeros(256, dtype=np.uint64)
    marks[:] = _0
    for part in range(len(sizes)):
        places[:] = _0
        mark_places(name[part], 0, sizes[part], places)
        sign = signature_of(name[part], 0, sizes[part])
        errors = 1 if sizes[part] >= 5 else 0
        for size in range(max(1, sizes[part] - errors), min(MAX_LETTERS, sizes[part] + errors) + 1):
            base = texts.bases[size] - texts.firsts[size] * size
            for word in range(texts.firsts[size], texts.firsts[size + 1]):
                if bits_in(texts.signatures[word] ^ sign) > 2 * errors:
                    continue
                start = base + word * size
                if errors_inside(places, sizes[part], texts.letters, start, start + size) <= errors:
                    marks[word] |= _1 << np.uint64(part)
