"""Hashes: equal words meet, words within one or two typing errors share one; no other distance is taken for
theirs.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matching.blocking import sound_of
from matching.index.distance import bits_in, distance_of, mark_places, signature_of
from matching.index.hashing import (
    MAX_LETTERS,
    Summed,
    powers_of,
    sought_hashes_into,
    sought_once_into,
    sums_into,
)
from matching.index.lines import hashes_of
from matching.index.sounding import sound_into

POWERS = powers_of(7)
WORD = st.text(alphabet="abcdefghijkmnopqrstuvwxyz0123456789", min_size=1, max_size=40)
EDITS = st.lists(st.tuples(st.sampled_from("-+x~"), st.integers(0, 39)), min_size=1, max_size=2)


def letters_of(word):
    return np.frombuffer(bytearray(word, "ascii"), dtype=np.uint8)


def filed(word):
    out = np.empty(512, dtype=np.uint64)
    room = np.empty((3, 130), np.uint64)
    buffers = (room[0], np.empty(130, np.uint8), np.empty(130, np.uint8), room[1], room[2])
    return set(out[: hashes_of(letters_of(word), 0, len(word), POWERS, buffers, out)].tolist())


def sought(word, into=sought_hashes_into):
    out, (sums, terms) = np.empty(512, dtype=np.uint64), np.empty((2, 130), dtype=np.uint64)
    sums_into(letters_of(word), POWERS, len(word), sums)
    count = into(Summed(letters_of(word), sums, POWERS, terms), (0, len(word)), out, 0)
    return set(out[:count].tolist()) | filed(word)


def edited(word, kind, place):
    place %= len(word)
    head, letter, tail = word[:place], word[place], word[place + 1 :]
    return {
        "-": head + tail,
        "+": head + "q" + letter + tail,
        "x": head + "q" + tail,
        "~": head + tail[:1] + letter + tail[1:],
    }[kind]


@settings(max_examples=300, deadline=None)
@given(WORD.filter(lambda word: len(word) >= 7), EDITS)
def test_errors_leave_a_common_hash(word, edits):
    other = word
    for kind, place in edits[: 2 if len(word) >= 10 else 1]:
        other = edited(other, kind, place)
    sizes = {len(word), len(other)}
    swapped_across_parts = max(sizes) >= 15 and any(kind == "~" for kind, _ in edits)
    if not swapped_across_parts:
        assert filed(word) & sought(other)


@settings(max_examples=300, deadline=None)
@given(WORD.filter(lambda word: len(word) >= 5), EDITS)
def test_one_error_leaves_a_hash_among_the_few_that_are_sought_for_it(word, edits):
    other = edited(word, *edits[0])
    swapped_across_parts = max(len(word), len(other)) >= 15 and edits[0][0] == "~"
    if len(other) >= 4 and not swapped_across_parts:
        assert filed(word) & sought(other, sought_once_into)
        assert len(sought(other, sought_once_into) - filed(other)) <= max(len(other) + 2, 6)


@settings(max_examples=300, deadline=None)
@given(WORD, WORD, EDITS)
def test_distances_are_those_of_the_reference(word, other, edits):
    for each in (other, edited(word, *edits[0]) or "a"):
        places = np.zeros(256, dtype=np.uint64)
        mark_places(letters_of(word), 0, len(word), places)
        distance = distance_of(places, len(word), letters_of(each), 0, len(each))
        assert distance == OSA.distance(word, each)
        signs = [signature_of(letters_of(text), 0, len(text)) for text in (word, each)]
        assert bits_in(signs[0] ^ signs[1]) <= 2 * distance


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="abcdeghiklopqstuvwxz", min_size=1, max_size=24))
def test_sounds_are_those_of_the_rules(word):
    spare, out = np.empty(4 * MAX_LETTERS, np.uint8), np.empty(4 * MAX_LETTERS, np.uint8)
    count = sound_into(letters_of(word), 0, len(word), spare, out)
    assert out[:count].tobytes().decode() == sound_of(word)


@pytest.mark.parametrize("seeds", [(1, 2), (0, 2**62)])
def test_another_seed_gives_other_hashes(seeds):
    assert len({tuple(powers_of(seed)[1:3].tolist()) for seed in seeds}) == 2
