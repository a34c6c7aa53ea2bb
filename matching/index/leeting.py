"""Digits and signs taken for letters, for kernels: the view that `matching.reading` calls leet."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.index.buffers import (
    CHANGED,
    COMMON,
    DISGUISED,
    FREQUENT,
    LETTERS,
    MAX_VIEW,
    ODD,
    PARTED,
    TOKENS,
    Scratch,
)
from matching.index.compiling import part
from matching.index.hashing import Hashes, Letters
from matching.index.tokenizing import (
    ALPHA,
    CENT,
    CUT_AT,
    DIGIT,
    EURO,
    EVENLY,
    HIDING,
    JOINING,
    KINDS,
    LOWERED,
    POUND,
    WORD,
    YEN,
    copy_word,
    end_word,
    gap_flags,
    stretches_into,
)
from matching.normalization import EDGE_LEET, LEET

LEET_SIGNS: Final = b"0123456789@$!|+" + bytes([EURO, POUND, CENT, YEN])
LEET_LETTERS: Final = b"oizeasgtbgasiiteicy"
_NINE: Final = ord("9")
_UNITS: Final = b"0135"
_DOLLAR, _BAR, _AT, _X = (ord(sign) for sign in "$|@x")


def _letters() -> Letters:
    letters = np.arange(256, dtype=np.uint8)
    for sign, letter in zip(LEET_SIGNS, LEET_LETTERS, strict=True):
        letters[sign] = letter
    return letters


UNHIDDEN: Final = _letters()
LEET_BIT, EDGE_BIT = int(LEET), int(EDGE_LEET)


@part
def sign_of(data: Letters, start: int, stop: int) -> int:
    """Whether a word hides letters behind digits or signs, as `matching.reading.leet_sign` tells."""
    letters, joints, digits_running, hidden_running = 0, 0, 0, 0
    is_between, seen_letter = False, False
    for place in range(start, stop):
        kind = KINDS[data[place]]
        if kind & JOINING:
            joints += 1
            seen_letter, hidden_running, digits_running = False, 0, 0
            continue
        if kind & ALPHA:
            is_between = is_between or (seen_letter and 0 < hidden_running <= 2)
            letters += 1
            seen_letter, hidden_running, digits_running = True, 0, 0
            continue
        hidden_running += 1
        digits_running = digits_running + 1 if kind & DIGIT else 0
        if digits_running == 3:
            return 0
    hidden = stop - start - letters - joints
    if hidden == 0 or letters < 2 or hidden > letters:
        return 0
    if _is_number_and_unit(data, start, stop):
        first = data[start]
        is_odd = first == _UNITS[0] or first == _UNITS[1] or first == _UNITS[2] or first == _UNITS[3]
        return EDGE_BIT if letters == 3 and hidden == 1 and is_odd else 0
    if is_between:
        return LEET_BIT
    return EDGE_BIT if letters >= (2 if data[start] == _BAR else 3) and hidden <= 2 else 0


@part
def _digits_from(data: Letters, place: int, stop: int) -> int:
    while place < stop and KINDS[data[place]] & DIGIT:
        place += 1
    return place


@part
def _letters_to(data: Letters, place: int, stop: int) -> bool:
    """Whether one to three letters and nothing else stand from here."""
    if not 1 <= stop - place <= 3:
        return False
    for each in range(place, stop):  # noqa: SIM110 - kernels know no generators
        if KINDS[data[each]] & ALPHA == 0:
            return False
    return True


@part
def _is_number_and_unit(data: Letters, start: int, stop: int) -> bool:
    place = _digits_from(data, start, stop)
    if place == start:
        return False
    if _letters_to(data, place, stop):
        return True
    if place < stop and LOWERED[data[place]] == _X:
        behind = _digits_from(data, place + 1, stop)
        return bool(behind > place + 1 and _letters_to(data, behind, stop))
    return False


@part
def _hidden_words(data: Letters, start: int, stop: int, scratch: Scratch) -> int:
    """Write the words that hide letters to `folds`: begin, end, sign, where the gap before begins."""
    place, before, made = start, start, 0
    while place < stop:
        if KINDS[data[place]] & (ALPHA | HIDING) == 0:
            place += 1
            continue
        begin, letters = place, 0
        while place < stop and KINDS[data[place]] & (ALPHA | HIDING):
            letters += 1 if KINDS[data[place]] & ALPHA else 0
            place += 2 if letters and _joins(data, place + 1, stop) else 1
        if letters == 0:
            continue
        end = place
        if letters < end - begin:
            while end > begin and not _ends_a_word(data[end - 1]):
                end -= 1
            sign = sign_of(data, begin, end)
            if sign and made < len(scratch.folds):
                scratch.folds[made, 0], scratch.folds[made, 1], scratch.folds[made, 2] = begin, end, sign
                scratch.folds[made, 3] = before
                made += 1
        before = end
    return made


@part
def _joins(data: Letters, place: int, stop: int) -> bool:
    """Whether an apostrophe stands here with a letter or digit behind it."""
    is_joint = place + 1 < stop and KINDS[data[place]] & JOINING != 0
    return bool(is_joint and KINDS[data[place + 1]] & (ALPHA | DIGIT))


@part
def _ends_a_word(sign: int) -> bool:
    return bool(KINDS[sign] & WORD) or sign in (_DOLLAR, _BAR, _AT)


@part
def _mark_digits(scratch: Scratch, begin: int, behind: int) -> bool:
    """Mark the digits among single letters of the plain words: N 1 K 3; tells whether there are any."""
    is_any = False
    for run in range(stretches_into(scratch, begin, behind, EVENLY)):
        first, last = scratch.folds[run, 0], scratch.folds[run, 1]
        is_any = (last - first > 3 and _mark_digits_of(scratch, first, last)) or is_any
    return is_any


@part
def _mark_digits_of(scratch: Scratch, first: int, last: int) -> bool:
    """The same of one run; three digits side by side are a number, two where the run begins or ends."""
    is_any, begin = False, first
    for place in range(first, last + 1):
        if place < last and scratch.keys[scratch.starts[place]] <= _NINE:
            continue
        is_number = place - begin >= (2 if begin == first or place == last else 3)
        for word in range(begin, place):
            if not is_number:
                scratch.flags[word] |= DISGUISED
                is_any = True
        begin = place + 1
    return is_any


@part
def leet_view(
    data: Letters, text: tuple[int, int], words: tuple[int, int], scratch: Scratch, common: Hashes
) -> bool:
    """Write the leet view of a text whose plain words are given; tells whether there is one."""
    has_signs = False
    for place in range(text[0], text[1]):
        has_signs = has_signs or KINDS[data[place]] & HIDING != 0
    if not has_signs:
        return False
    is_any = _mark_digits(scratch, words[0], words[1])
    made = _hidden_words(data, text[0], text[1], scratch)
    if made == 0 and not is_any:
        return False
    fold, word, until, is_any = 0, words[0], -1, False
    view, letters = scratch.counts[TOKENS], scratch.counts[LETTERS]
    while fold < made or word < words[1]:
        is_fold = fold < made and (word == words[1] or _comes_first(scratch, fold, word))
        begin = scratch.folds[fold, 0] if is_fold else scratch.spots[word, 0]
        if begin >= until and scratch.counts[TOKENS] - view < MAX_VIEW:
            is_any = is_any or is_fold or scratch.flags[word] & DISGUISED != 0
            if is_fold:
                _write_fold(data, scratch, fold, common)
            elif scratch.flags[word] & DISGUISED:
                _write_digit(scratch, word, common)
            else:
                copy_word(scratch, word)
                if until > 0 and scratch.flags[word] & PARTED:
                    _part_anew(data, scratch, until, begin)
            until = scratch.spots[scratch.counts[TOKENS] - 1, 1]
        fold, word = (fold + 1, word) if is_fold else (fold, word + 1)
    if not is_any:  # longer plain words held all of them
        scratch.counts[TOKENS], scratch.counts[LETTERS] = view, letters
    return is_any


@part
def _part_anew(data: Letters, scratch: Scratch, before: int, begin: int) -> None:
    """A sign taken for a letter of the word before parts no names: Retai| Group."""
    if gap_flags(data, before, begin) & PARTED == 0:
        scratch.flags[scratch.counts[TOKENS] - 1] &= ~PARTED


@part
def _comes_first(scratch: Scratch, fold: int, word: int) -> bool:
    begin, start = scratch.folds[fold, 0], scratch.spots[word, 0]
    return bool(begin < start or (begin == start and scratch.folds[fold, 1] >= scratch.spots[word, 1]))


@part
def _write_fold(data: Letters, scratch: Scratch, fold: int, common: Hashes) -> None:
    begin, end, sign = scratch.folds[fold, 0], scratch.folds[fold, 1], scratch.folds[fold, 2]
    start = at = scratch.counts[LETTERS]
    for place in range(begin, end):
        if KINDS[data[place]] & JOINING == 0 and at - start < CUT_AT:
            scratch.keys[at] = UNHIDDEN[LOWERED[data[place]]]
            at += 1
    flags = gap_flags(data, scratch.folds[fold, 3], begin) | CHANGED
    end_word(scratch, at, (begin, end, sign), flags | (ODD if sign == EDGE_BIT else 0), common)


@part
def _write_digit(scratch: Scratch, word: int, common: Hashes) -> None:
    at, spots = scratch.counts[LETTERS], scratch.spots
    scratch.keys[at] = UNHIDDEN[scratch.keys[scratch.starts[word]]]
    flags = (scratch.flags[word] & ~(COMMON | FREQUENT | DISGUISED)) | CHANGED
    end_word(scratch, at + 1, (spots[word, 0], spots[word, 1], LEET_BIT), flags, common)
