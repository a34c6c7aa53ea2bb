"""dnstwist's disguises: every kind there is, one at a time, repeatable."""

from random import Random

import dnstwist
import pytest

from tests.evaluation.twists import KINDS, twist

NAME = "Peopescase"


@pytest.fixture
def random():
    return Random(1)  # noqa: S311 - repeatable, nothing secret


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_disguises_a_name_as_dnstwist_does(kind, random):
    fuzzer = dnstwist.Fuzzer(f"{NAME.lower()}.com")
    fuzzer.generate(fuzzers=[kind])
    written = twist(kind, NAME, random)
    assert written != NAME.lower()
    assert f"{written}.com" in {each["domain"] for each in fuzzer.permutations(unicode=True)}


def test_a_name_that_is_no_domain_has_no_twist(random):
    assert twist("omission", "кольцо", random) is None
