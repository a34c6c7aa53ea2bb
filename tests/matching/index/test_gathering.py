"""Marks are gathered one at a time; of those with one id the last counts."""

import weakref

import numpy as np
import pytest

from matching.index import build_index
from matching.index.buffers import Handed, make_scratch
from matching.model import Mark


def mark(mark_id, text):
    return Mark(id=mark_id, text=text, rights_holder="h", office="EM")


def test_a_mark_whose_id_comes_again_replaces_the_earlier_one():
    marks = [mark("a", "Zorglub"), mark("b", "Quintavo"), mark("a", "Zyxwell")]
    index = build_index(iter(marks))
    assert {each.id: each.text for each in index} == {"a": "Zyxwell", "b": "Quintavo"}
    assert [index.mark(each).text for each in "ab"] == ["Zyxwell", "Quintavo"]
    found = index.search({"title": "zorglub zyxwell quintavo"}).candidates
    assert {each.mark_id for each in found} == {"a", "b"}
    assert len(found) == 2


def test_half_a_surrogate_pair_is_filed_as_a_question_mark():
    given = Mark(id="m", text="\udc80Zorglub", spellings=("zor\ud800glub",), rights_holder="h", office="EM")
    filed = build_index([given]).mark("m")
    assert (filed.text, filed.spellings) == ("?Zorglub", ("zor?glub",))


def test_what_kernels_are_handed_lives_as_long_as_its_places():
    scratch = make_scratch()
    alive = weakref.ref(scratch.letters)
    places = Handed(scratch).places
    del scratch
    assert alive() is not None
    del places
    assert alive() is None


def test_kernels_are_not_handed_arrays_with_gaps():
    scratch = make_scratch()
    with pytest.raises(ValueError, match="without gaps"):
        Handed(scratch._replace(letters=np.empty(100, dtype=np.uint8)[::2]))
