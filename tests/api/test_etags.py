"""Conditional requests: an update is made to the revision that its author has seen."""

import asyncio

import pytest

from api.etags import check_if_match, etag, provide_conditions
from api.problems import Refusal
from partners.errors import PreconditionFailed, PreconditionRequired


def test_an_etag_is_strong_and_names_the_revision():
    assert etag(3) == '"3"'


@pytest.mark.parametrize("header", ['"3"', '"1", "3"', "*", ' "3" ', '"2","3"'])
def test_the_present_revision_may_be_changed(header):
    check_if_match(header, 3)


@pytest.mark.parametrize("header", ['"2"', 'W/"3"', '"33"', '""', '"*"'])
def test_another_revision_may_not(header):
    with pytest.raises(PreconditionFailed):
        check_if_match(header, 3)


@pytest.mark.parametrize("header", ["", "3", '"3', '"3" "4"', '"3",', '"a b"', "*, *"])
def test_a_condition_that_cannot_be_read_is_refused(header):
    with pytest.raises(Refusal):
        check_if_match(header, 3)


def test_nothing_is_needed_where_nothing_is_required():
    check_if_match(None, 3)


def test_without_a_condition_where_one_is_required_nothing_changes():
    with pytest.raises(PreconditionRequired):
        check_if_match(None, 3, required=True)


def test_both_conditions_reach_the_flows_without_quotes():
    conditions = asyncio.run(provide_conditions('"1", "2"', "*"))
    assert conditions.if_match == {"1", "2"}
    assert conditions.if_none_match == {"*"}
