"""Places of a body: msgspec's paths become JSON Pointers."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, json

from api.decoding import MAX_DEPTH, decode, place_of
from api.problems import Refusal


class Inner(Struct, forbid_unknown_fields=True):
    number: int


class Outer(Struct, forbid_unknown_fields=True):
    items: list[Inner] = []
    named: dict[str, Inner] = {}
    free: Any = None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"items": [{"number": 1}, {"number": "2"}]}, "/items/1/number"),
        ({"items": [{}]}, "/items/0/number"),
        ({"items": [{"number": 1, "a/b~c": 2}]}, "/items/0/a~1b~0c"),
        ({"items": 3}, "/items"),
        ({"named": {"x": {"number": None}}}, "/named"),
        ({"unknown": 1}, "/unknown"),
        ([], ""),
    ],
)
def test_an_error_points_at_its_place(body, pointer):
    with pytest.raises(Refusal) as refused:
        decode(json.encode(body), Outer)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_a_message_of_another_form_is_kept():
    assert place_of("Something `odd`").detail == "Something `odd`"


nested = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=20,
)


def depth(value):
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@settings(max_examples=60, deadline=None)
@given(value=nested, levels=st.integers(0, 80))
def test_exactly_what_nests_deeper_than_the_limit_is_refused(value, levels):
    for _ in range(levels):
        value = [value]
    body = json.encode({"free": value})
    if depth(value) + 1 <= MAX_DEPTH:
        assert decode(body, Outer).free == value
    else:
        with pytest.raises(Refusal):
            decode(body, Outer)


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from('\\u0"\x01{[')))
def test_only_a_real_nul_is_taken_for_one(text):
    assert decode(json.encode({"free": text}), Outer).free == text
    with pytest.raises(Refusal):
        decode(json.encode({"free": text + "\0"}), Outer)


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_refusal(body):
    with suppress(Refusal):
        decode(body, Outer)
