"""Keys: equal words meet, words within one typing error share a key."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.blocking import keys_less_one, sound_of, whole_keys
from matching.index.segment import stretches_of

WORD = st.text(alphabet="abcdef", min_size=2, max_size=12)


def keys_of(word):
    sums, starts, stops = stretches_of(["padding", word])
    less, _ = keys_less_one(sums, starts[1:], stops[1:])
    return set(whole_keys(sums, starts[1:], stops[1:]).tolist()) | set(less.tolist())


@given(WORD)
def test_a_key_does_not_depend_on_what_stands_before(word):
    sums, starts, stops = stretches_of(["x", word, "yy", word])
    first, second = whole_keys(sums, starts, stops)[[1, 3]]
    assert first == second


@given(WORD, st.data())
def test_one_error_leaves_a_common_key(word, data):
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefx"))
    for other in (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :],
    ):
        assert not other or keys_of(word) & keys_of(other)


def test_empty_stretches_have_no_shorter_keys():
    sums, starts, stops = stretches_of([])
    less, owners = keys_less_one(sums, starts, stops)
    assert len(less) == len(owners) == 0
    assert whole_keys(sums, starts, stops).dtype == np.uint64


def test_words_that_sound_alike_sound_alike():
    assert sound_of("philips") == sound_of("fillips")
    assert sound_of("kwik") != sound_of("nike")
