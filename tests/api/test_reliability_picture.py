"""The picture of a reliability curve: it is XML, and it holds a dot for every bin, with its bounds."""

import random
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from api.reliability_picture import draw_reliability
from matching.calibration import Judged, fit
from matching.reliability import reliability_of
from partners.records.calibrations import CalibrationVersion

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def row():
    chance = random.Random(5)  # noqa: S311 - repeatable, nothing secret
    estimates = [round(chance.random(), 4) for _ in range(1_000)]
    judged = [Judged(each, chance.choice("abcd"), chance.random() < each / 2) for each in estimates]
    return CalibrationVersion(
        id="cal_1",
        version=7,
        policy_version="2026.6",
        judgements=1_000,
        organizations=4,
        known=1_000,
        knots=fit(judged),
        reliability=reliability_of(judged),
        fitted_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def picture(row):
    return ET.fromstring(draw_reliability(row))  # noqa: S314 - our own


def test_every_bin_has_a_dot_that_tells_its_share_and_bounds(row, picture):
    hints = [dot[0].text for dot in picture.iter(f"{SPACE}circle")]
    bins = [*row.reliability.estimates, *row.reliability.scores]
    assert len(hints) == len(bins)
    assert all(
        f"{each.confirmed:.2f} confirmed of {each.judged} judged" in hint
        and f"{each.at_least:.2f} to {each.at_most:.2f}" in hint
        for each, hint in zip(bins, hints, strict=True)
    )


def test_a_dot_stands_higher_the_more_was_confirmed(row, picture):
    dots = list(picture.iter(f"{SPACE}circle"))[: len(row.reliability.estimates)]
    heights = [-float(dot.get("cy")) for dot in dots]
    shares = [each.confirmed for each in row.reliability.estimates]
    assert sorted(range(len(dots)), key=heights.__getitem__) == sorted(
        range(len(dots)), key=shares.__getitem__
    )


def test_it_says_which_table_it_is_and_how_far_scores_are_off(row, picture):
    assert picture.get("role") == "img"
    assert "Table 7 of 2026-01-01: 1000 judgements of 4 organizations" in picture[1].text
    assert f"{row.reliability.error_of_scores:.3f}" in picture[1].text
