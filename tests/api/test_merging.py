"""Merge patches: the table of RFC 7396 appendix A, and what becomes of a struct."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Struct, UnsetType

from api.merging import apply_patch, merge_patch
from api.problems import Refusal

RFC_7396_APPENDIX_A = [
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', "{}"),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
    ('["a","b"]', '["c","d"]', '["c","d"]'),
    ('{"a":"b"}', '["c"]', '["c"]'),
    ('{"a":"foo"}', "null", "null"),
    ('{"a":"foo"}', '"bar"', '"bar"'),
    ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
    ("[1,2]", '{"a":"b","c":null}', '{"a":"b"}'),
    ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
]


@pytest.mark.parametrize(("original", "patch", "result"), RFC_7396_APPENDIX_A)
def test_the_table_of_the_rfc(original, patch, result):
    assert merge_patch(json.loads(original), json.loads(patch)) == json.loads(result)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(target=VALUES, patch=VALUES)
def test_a_patch_applied_twice_is_applied_once_and_changes_no_argument(target, patch):
    before = json.dumps([target, patch])
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once
    assert json.dumps([target, patch]) == before


class Box(Struct):
    size: int
    labels: dict[str, str] = {}


class BoxPatch(Struct):
    size: int | UnsetType | None = UNSET
    labels: dict[str, str | None] | UnsetType | None = UNSET


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        (BoxPatch(), Box(1, {"a": "1"})),
        (BoxPatch(size=2), Box(2, {"a": "1"})),
        (BoxPatch(labels={"b": "2"}), Box(1, {"a": "1", "b": "2"})),
        (BoxPatch(labels={"a": None}), Box(1, {})),
        (BoxPatch(labels=None), Box(1, {})),
    ],
)
def test_a_patch_of_a_struct_leaves_what_it_does_not_name(patch, after):
    assert apply_patch({"size": 1, "labels": {"a": "1"}}, patch, Box) == after


def test_what_is_required_cannot_be_removed():
    with pytest.raises(Refusal) as refused:
        apply_patch({"size": 1}, BoxPatch(size=None), Box)
    assert [place.pointer for place in refused.value.errors] == ["/size"]
