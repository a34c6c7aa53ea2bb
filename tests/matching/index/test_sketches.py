"""Sketches never rule out a pair within the errors asked about; intrinsics answer as their plain twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matching.index.compiling import inline
from matching.index.distance import signature_of
from matching.index.intrinsics import (
    alike,
    count_bits,
    plain_alike,
    plain_count_bits,
    plain_prefetch,
    plain_trailing_zeros,
    prefetch,
    trailing_zeros,
)
from matching.index.sketches import MOST_ORDERED, differ_by, ordered_sketch, within

WORD = st.text(alphabet="abcdefghijkmnopqrstuvwxyz0123456789", min_size=1, max_size=MOST_ORDERED)
EDITS = st.lists(st.tuples(st.sampled_from("-+x~"), st.integers(0, 15)), max_size=3)


@inline
def sketched(letters):
    return ordered_sketch(letters, 0, len(letters)), signature_of(letters, 0, len(letters))


def sketches_of(word):
    """The sketch of its letters in order and of their set, as the kernels have them."""
    return [np.uint64(each) for each in sketched(letters_of(word))]


@inline
def answers(array, value):
    for place in range(len(array)):
        prefetch(array, place)
        plain_prefetch(array, place)
    return trailing_zeros(value), plain_trailing_zeros(value), count_bits(value), plain_count_bits(value)


def letters_of(word):
    return np.frombuffer(bytearray(word, "ascii"), dtype=np.uint8)


def edited(word, kind, place):
    place %= max(1, len(word))
    head, letter, tail = word[:place], word[place : place + 1], word[place + 1 :]
    return {
        "-": head + tail,
        "+": head + "q" + letter + tail,
        "x": head + "q" + tail,
        "~": head + tail[:1] + letter + tail[1:],
    }[kind]


@settings(max_examples=500, deadline=None)
@given(WORD, WORD, EDITS)
def test_a_sketch_never_rules_out_what_is_near(word, stranger, edits):
    other = word
    for edit in edits:
        other = edited(other, *edit)
    for each in (other[:MOST_ORDERED] or "a", stranger):
        distance = OSA.distance(word, each)
        (ordered, mixture), (theirs, their_mixture) = sketches_of(word), sketches_of(each)
        for most in range(min(distance, 4), 4):
            assert within(ordered, theirs, most)
            assert not differ_by(mixture, their_mixture, most)


@pytest.mark.parametrize(("word", "other", "most"), [("nike", "puma", 2), ("zorglub", "quintavo", 3)])
def test_a_sketch_rules_out_what_is_far(word, other, most):
    assert not within(sketches_of(word)[0], sketches_of(other)[0], most)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**64 - 1) | st.integers(0, 63).map(lambda place: 1 << place))
def test_intrinsics_answer_as_their_plain_twins(value):
    zeros, plain_zeros, ones, plain_ones = answers(np.zeros(3, dtype=np.uint32), np.uint64(value))
    assert zeros == plain_zeros == (value & -value).bit_length() - 1 + 65 * (value == 0)
    assert ones == plain_ones == value.bit_count()


@inline
def lines_alike(lines, place, shift, sought):
    return alike(lines, place, shift, sought), plain_alike(lines, place, shift, sought)


ENTRIES = st.lists(st.integers(0, 40) | st.just(2**32 - 1), min_size=32, max_size=32)


@settings(max_examples=200, deadline=None)
@given(ENTRIES, st.sampled_from([0, 16]), st.integers(0, 6), st.integers(0, 40) | st.just(2**26 - 1))
def test_a_line_is_compared_as_entry_by_entry(entries, place, shift, sought):
    lines = np.array(entries, dtype=np.uint32)
    found, plain = lines_alike(lines, place, np.uint32(shift), np.uint32(sought))
    used = [entry != 2**32 - 1 for entry in entries[place : place + 16]]
    expected = sum(
        1 << lane
        for lane, entry in enumerate(entries[place : place + 16])
        if used[lane] and entry >> shift == sought
    )
    assert found == plain == expected + (used[-1] << 16)
