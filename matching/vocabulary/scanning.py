"""The passage through the texts: runs of marked words that are a spelling asked for, and who wrote them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.index.buffers import MAX_RUN, MAX_WORDS, Places
from matching.index.compiling import inline, kernel
from matching.index.distance import bits_in, distance_of, signature_of
from matching.index.hashing import LEAST_TWO, MAX_LETTERS, Hashes, Letters
from matching.index.sounding import sound_into
from matching.index.windowing import LEAST_FREQUENT
from matching.vocabulary.asking import Questions
from matching.vocabulary.fitting import lay_out
from matching.vocabulary.signing import HIDDEN, I, L
from matching.vocabulary.volume import EXACT_TEXT, FIRST_WORD, RUNNING_TEXT, UNREADABLE, Texts

RUNS: Final = 1 << 16
"""So many runs are looked at together."""
SHARE: Final = 0.45
"""A long name may stand where words with this share of its letters stand, about where they should."""
NEARBY: Final = 2
_1, _0 = np.uint64(1), np.uint64(0)


def scan_texts(texts: Texts, questions: Questions, marks: Hashes, found: NDArray[np.bool_]) -> None:
    """Note the rows of listings in which a run of words may answer one of the questions."""
    fitting = _fitting_sizes(questions)
    begins = np.packbits(
        np.concatenate([np.zeros(FIRST_WORD, dtype=np.bool_), marks != 0]), bitorder="little"
    )
    runs = np.empty((RUNS, 4), dtype=np.int64)
    at = np.zeros(3, dtype=np.int64)
    while at[0] < len(found):
        count = _find_runs(texts, (begins, marks, fitting), at, runs)
        _look_at_runs(texts, questions, marks, runs[:count], found)


def _fitting_sizes(questions: Questions) -> Hashes:
    """By a run's letters, which questions it may answer, as bits: with errors, and letter by letter."""
    fitting = np.zeros((2, 4 * MAX_LETTERS), dtype=np.uint64)
    for row, (size, errors) in enumerate(zip(questions.sizes, questions.errors, strict=True)):
        # a hidden letter more or fewer is no error
        for kind, reach in enumerate((max(1, errors), 1)):
            fitting[kind, max(1, size - reach) : size + reach + 1] |= _1 << np.uint64(row)
    return fitting


@kernel
def _find_runs(texts: Texts, asked: tuple[Letters, Hashes, Hashes], at: Places, runs: Places) -> int:
    """Runs of words that are marked for one question and have its size, from a place on.

    Rows of listing, first word, behind the last, and whether errors count. `at` is the listing, the word and
    the sign of the text there; it is moved on. One loop without calls: it passes every word there is.
    """
    stream, bounds, sizes, is_frequent = texts.stream, texts.bounds, texts.sizes, texts.is_frequent
    begins, marks, fitting = asked
    count, place, sign = 0, max(at[1], bounds[at[0]]), int(at[2])
    for row in range(at[0], len(bounds) - 1):
        end = bounds[row + 1]
        while place < end:
            word = int(stream[place])
            if not begins[word >> 3] >> (word & 7) & 1:
                if word < UNREADABLE:
                    sign = word
                place += 1
                continue
            bits, size, kind = marks[word - FIRST_WORD], 0, 1
            behind = place
            while bits:
                size += int(sizes[word - FIRST_WORD])
                is_rare = not is_frequent[word - FIRST_WORD] or size >= LEAST_FREQUENT
                kind = sign & EXACT_TEXT if is_rare else kind
                behind += 1
                words = behind - place
                is_long = words > MAX_WORDS and size > words and sign & RUNNING_TEXT == 0
                if size >= fitting.shape[1] or is_long or words > MAX_RUN:
                    break
                if bits & fitting[kind, size]:
                    runs[count, 0], runs[count, 1], runs[count, 2], runs[count, 3] = row, place, behind, kind
                    count += 1
                if behind == end or stream[behind] < FIRST_WORD:
                    break
                word = int(stream[behind])
                bits &= marks[word - FIRST_WORD]
            place += 1
            if count + MAX_RUN >= len(runs):
                at[0], at[1], at[2] = row, place, sign
                return count
    at[0] = len(bounds) - 1
    return count


@kernel
def _look_at_runs(
    texts: Texts, questions: Questions, marks: Hashes, runs: Places, found: NDArray[np.bool_]
) -> None:
    places = np.zeros((len(questions.sizes), 256), dtype=np.uint64)
    lay_out(questions, places)
    signs = np.empty(len(questions.sizes), dtype=np.uint64)
    for row in range(len(questions.sizes)):
        signs[row] = signature_of(questions.letters[row], 0, questions.sizes[row])
    spare = np.empty((3, 4 * MAX_LETTERS), dtype=np.uint8)
    for run in range(len(runs)):
        row, first, behind, is_exact = runs[run, 0], runs[run, 1], runs[run, 2], runs[run, 3]
        if found[row]:
            continue
        bits = ~_0
        for place in range(first, behind):
            bits &= marks[texts.stream[place] - FIRST_WORD]
        size, hidden = _join(texts, (first, behind), spare[0])
        sign = signature_of(spare[0], 0, size) if not hidden else _0
        for question in range(len(signs)):
            if bits >> np.uint64(question) & _1 and _is_near(
                questions,
                (places[question], signs[question]),
                (question, size, sign),
                (is_exact, hidden),
                spare,
            ):
                found[row] = True
                break


@inline
def _is_near(
    questions: Questions,
    laid: tuple[Hashes, np.uint64],
    asked: tuple[int, int, np.uint64],
    how: tuple[int, bool],
    spare: NDArray[np.uint8],
) -> bool:
    """Whether a run of letters is within the errors allowed of a spelling."""
    question, size, sign = asked
    is_exact, hidden = how
    length, by_sound = questions.sizes[question], questions.by_sound[question]
    reach = 0 if is_exact else questions.errors[question]
    if reach and min(size, length) < LEAST_TWO:
        reach = 2 if by_sound else 1
    reach = 1 if hidden else reach
    if abs(size - length) > reach or (not hidden and bits_in(sign ^ laid[1]) > 2 * reach):
        return False
    if distance_of(laid[0], length, spare[0], 0, size) > reach:
        return False
    return not by_sound or _sounds_alike(questions.letters[question, :length], spare[0, :size], spare)


@inline
def _join(texts: Texts, run: tuple[int, int], letters: Letters) -> tuple[int, bool]:
    """Write the letters of a run one behind the other; how many, and whether some are hidden."""
    size, hidden = 0, False
    for place in range(run[0], run[1]):
        word = int(texts.stream[place]) - FIRST_WORD
        length = int(texts.sizes[word])
        start = texts.bases[length] + (word - texts.firsts[length]) * length
        for each in range(start, start + length):
            letter = texts.letters[each]
            hidden = hidden or letter == HIDDEN
            letters[size] = I if letter == L else letter
            size += 1
    return size, hidden


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
