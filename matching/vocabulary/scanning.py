"""The passage through the texts: runs of marked words that are a spelling asked for, and who wrote them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.index.buffers import MAX_WORDS
from matching.index.compiling import inline, kernel
from matching.index.distance import bits_in, distance_of, signature_of
from matching.index.hashing import LEAST_TWO, MAX_LETTERS, Hashes, Letters
from matching.index.sounding import sound_into
from matching.vocabulary.asking import Questions
from matching.vocabulary.fitting import lay_out
from matching.vocabulary.signing import I, L, hides
from matching.vocabulary.volume import EXACT_TEXT, FIRST_WORD, NEW_TEXT, Texts

MAX_RUN: Final = 24
"""Runs of single letters have up to so many."""
SHARE: Final = 0.45
"""A long name may stand where words with this share of its letters stand, about where they should."""
NEARBY: Final = 2
_1, _0 = np.uint64(1), np.uint64(0)


@kernel
def scan_texts(texts: Texts, questions: Questions, marks: Hashes, found: NDArray[np.bool_]) -> None:
    """Note the rows of listings in which a run of words may answer one of the questions."""
    places = np.zeros((len(questions.sizes), 256), dtype=np.uint64)
    lay_out(questions, places)
    signs = np.empty(len(questions.sizes), dtype=np.uint64)
    most = 0
    for row in range(len(questions.sizes)):
        signs[row] = signature_of(questions.letters[row], 0, questions.sizes[row])
        most = max(most, questions.sizes[row] + questions.errors[row], questions.sizes[row] + 1)
    spare = np.empty((3, 4 * MAX_LETTERS), dtype=np.uint8)
    stream = texts.stream
    for row in range(len(found)):
        is_exact = False
        for place in range(texts.bounds[row], texts.bounds[row + 1]):
            word = stream[place]
            if word < FIRST_WORD:
                is_exact = is_exact if word > EXACT_TEXT else word != NEW_TEXT
            elif marks[word - FIRST_WORD] and _answers(
                (texts, questions, marks), (places, signs), (row, place, most), spare, is_exact
            ):
                found[row] = True
                break


@inline
def _answers(
    asked: tuple[Texts, Questions, Hashes],
    laid: tuple[Hashes, Hashes],
    spot: tuple[int, int, int],
    spare: NDArray[np.uint8],
    is_exact: bool,  # noqa: FBT001 - kernels take their arguments in order
) -> bool:
    """Whether a run of words from here on may answer one of the questions."""
    texts, questions, marks = asked
    row, first, most = spot
    bits, size, all_common = ~_0, 0, True
    for place in range(first, min(texts.bounds[row + 1], first + MAX_RUN)):
        number = texts.stream[place]
        if number < FIRST_WORD:
            return False
        word = number - FIRST_WORD
        bits &= marks[word]
        words = place - first + 1
        length = int(texts.sizes[word])
        if not bits or size + length > most or (words > MAX_WORDS and size + length > words):
            return False
        start = texts.bases[length] + (np.int64(word) - texts.firsts[length]) * length
        for each in range(length):
            letter = texts.letters[start + each]
            spare[0, size + each] = I if letter == L else letter
        size += length
        all_common = all_common and texts.is_common[word]
        for question in range(len(questions.sizes)):
            if bits >> np.uint64(question) & _1:
                allowed = 0 if is_exact or all_common else questions.errors[question]
                if _is_near(questions, question, laid, spare, (size, allowed)):
                    return True
    return False


@inline
def _is_near(
    questions: Questions,
    question: int,
    laid: tuple[Hashes, Hashes],
    spare: NDArray[np.uint8],
    run: tuple[int, int],
) -> bool:
    """Whether the run of letters in spare[0] is within the errors allowed of a spelling."""
    size, errors = run
    length, by_sound = questions.sizes[question], questions.by_sound[question]
    letters = spare[0]
    if hides(letters, 0, size):
        reach = 1
    else:
        if errors and min(size, length) < LEAST_TWO:
            errors = 2 if by_sound else 1
        reach = errors
        if (
            abs(size - length) > reach
            or bits_in(signature_of(letters, 0, size) ^ laid[1][question]) > 2 * reach
        ):
            return False
    if abs(size - length) > reach or distance_of(laid[0][question], length, letters, 0, size) > reach:
        return False
    return not by_sound or _sounds_alike(questions.letters[question, :length], letters[:size], spare)


@inline
def _sounds_alike(one: Letters, other: Letters, spare: NDArray[np.uint8]) -> bool:
    half = 2 * MAX_LETTERS
    heard = sound_into(one, 0, len(one), spare[1], spare[2, :half])
    if sound_into(other, 0, len(other), spare[1], spare[2, half:]) != heard:
        return False
    return bool(np.array_equal(spare[2, :heard], spare[2, half : half + heard]))


@kernel
def scan_for_long(
    texts: Texts,
    marks: Hashes,
    sizes: NDArray[np.int64],
    seeds: np.uint64,
    found: NDArray[np.bool_],
) -> None:
    """Note the rows of listings where enough words of a long name stand about where they should.

    `seeds` are parts of which one must be there, whatever others are.
    """
    total = sizes.sum()
    for row in range(len(found)):
        begin, behind = texts.bounds[row], texts.bounds[row + 1]
        for place in range(begin, behind):
            word = texts.stream[place]
            if word < FIRST_WORD or not marks[word - FIRST_WORD] & seeds:
                continue
            bits = marks[word - FIRST_WORD] & seeds
            for part in range(len(sizes)):
                if bits >> np.uint64(part) & _1 and (
                    _letters_around(texts, marks, sizes, (begin, behind), place - part) >= SHARE * total
                ):
                    found[row] = True
            if found[row]:
                break


@inline
def _letters_around(
    texts: Texts, marks: Hashes, sizes: NDArray[np.int64], bounds: tuple[int, int], start: int
) -> int:
    """How many letters of a long name stand in its words, if it begins here, give or take two words."""
    met = 0
    for part in range(len(sizes)):
        at = start + part
        for place in range(max(bounds[0], at - NEARBY), min(bounds[1], at + NEARBY + 1)):
            word = texts.stream[place]
            if word >= FIRST_WORD and marks[word - FIRST_WORD] >> np.uint64(part) & _1:
                met += sizes[part]
                break
    return met
