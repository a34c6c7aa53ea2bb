"""Each of the fault cases is held by tests that there are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.torture.cases import CASES, cases_of

TESTS = Path(__file__).parent.parent


def names_in(path):
    tree = ast.parse((TESTS / path).read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_all_thirty_five_cases_have_tests():
    assert sorted(CASES) == list(range(1, 36))


@pytest.mark.parametrize("number", CASES)
def test_each_word_of_a_case_names_a_test(number):
    for path, words in CASES[number][1].items():
        names = [name for name in names_in(path) if name.startswith("test_")]
        for word in words.split():
            assert [name for name in names if word in name], (path, word)
            assert number in cases_of(path, next(name for name in names if word in name))
