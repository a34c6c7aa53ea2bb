"""Seizure statistics: what was published, in our own codes, nothing lost."""

from typing import get_args

from matching.commodities import COMMODITIES
from partners.reference import seizure_counts, seizure_priors
from partners.reference.countries import COUNTRIES
from partners.reference.vocabularies import Channel

PUBLISHED_LINES = 441_034


def test_no_line_is_lost():
    assert sum(count.lines for count in seizure_counts()) == PUBLISHED_LINES


def test_every_code_is_one_of_ours():
    for count in seizure_counts():
        assert count.commodity in COMMODITIES
        assert count.origin in COUNTRIES | {""}
        assert count.channel in {*get_args(Channel), ""}


def test_the_priors_cover_five_years():
    assert (seizure_priors().first_year, seizure_priors().last_year) == (2019, 2023)
