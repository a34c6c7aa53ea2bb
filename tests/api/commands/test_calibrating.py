"""`touchstone calibration`: how far scores hold, as tables, as JSON, as a picture."""

import json
import random

import pytest

from matching.calibration import Judged, fit
from matching.policies import DEFAULT_POLICY
from matching.reliability import reliability_of
from partners.db import utc_now
from partners.records.calibrations import CalibrationVersion, add_calibration


@pytest.fixture
def kept(database):
    """A table of scores, kept."""
    chance = random.Random(5)  # noqa: S311 - repeatable, nothing secret
    estimates = [round(chance.random(), 4) for _ in range(900)]
    judged = [Judged(each, chance.choice("abcd"), chance.random() < each) for each in estimates]
    row = CalibrationVersion(
        id="",
        version=0,
        policy_version=DEFAULT_POLICY.version,
        judgements=900,
        organizations=4,
        known=900,
        knots=fit(judged),
        reliability=reliability_of(judged),
        fitted_at=utc_now(),
    )
    return database.acting("jobs", lambda c, _: add_calibration(c, row))


def test_without_a_table_it_says_what_is_missing(touchstone):
    refused = touchstone("calibration")
    assert refused.exit_code == 1
    assert "0 judgements of 0 organizations are known; it takes 500 of 3" in refused.stderr


def test_it_shows_the_table_and_of_each_score_what_was_confirmed(touchstone, kept):
    told = touchstone("calibration")
    assert told.exit_code == 0, told.stderr
    assert "Table 1 of" in told.stdout
    for knot in kept.knots:
        assert f"{knot.estimate:.4f}" in told.stdout
    for each in kept.reliability.scores:
        assert f"{each.at_least:.3f} to {each.at_most:.3f}" in told.stdout


def test_it_is_read_as_json_and_drawn(touchstone, kept, tmp_path):
    picture = tmp_path / "curve.svg"
    told = touchstone("calibration", "--json", "--svg", str(picture))
    assert len(json.loads(told.stdout)["reliability"]["scores"]) == len(kept.reliability.scores)
    assert picture.read_text(encoding="utf-8").startswith("<svg")
