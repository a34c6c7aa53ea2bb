"""Vocabularies: closed lists in snake_case."""

import re
from typing import get_args

import pytest

from matching.reason_codes import LinkCode, RiskCode
from matching.tracing import DEFAULT_TRACING
from partners.reference import vocabularies

LISTS = [
    "Channel",
    "Commodity",
    "Concealment",
    "Detection",
    "Direction",
    "Outcome",
    "Right",
    "RouteRole",
    "Unit",
]


@pytest.mark.parametrize("name", LISTS)
def test_values_are_snake_case_and_stand_once(name):
    values = get_args(getattr(vocabularies, name))
    assert len(values) == len(set(values)) > 1
    assert all(re.fullmatch(r"[a-z][a-z_]*", value) for value in values)


def test_every_right_has_a_name_and_every_class_too():
    assert vocabularies.RIGHT_NAMES.keys() == set(get_args(vocabularies.Right))
    assert set(vocabularies.NICE_CLASSES) == set(range(1, 46))


def test_the_tracing_policy_weighs_the_codes_of_links_that_are_compared():
    named_in_the_report = {"account_named", "listing_named"}
    assert set(DEFAULT_TRACING.curves) == set(get_args(LinkCode)) - named_in_the_report


def test_risk_codes_are_a_closed_list():
    assert "alerts_unjudged" in get_args(RiskCode)
