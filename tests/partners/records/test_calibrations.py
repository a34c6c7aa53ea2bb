"""Tables of scores are numbered in the order of their making, each for the estimates of one policy."""

from __future__ import annotations

import pytest

from matching.calibration import Knot
from matching.reliability import Reliability
from partners.records.calibrations import (
    CalibrationVersion,
    add_calibration,
    calibrations_named,
    find_latest,
    present_calibration,
    present_versions,
)

KNOTS = (Knot(estimate=0.2, score=0.1, judgements=300), Knot(estimate=0.7, score=0.8, judgements=300))
NO_CURVES = Reliability(estimates=(), scores=(), error_of_estimates=0.0, error_of_scores=0.0)


@pytest.fixture
def add(database, now):
    """Keep a table for a policy."""

    def act(policy):
        row = CalibrationVersion(
            id="",
            version=0,
            policy_version=policy,
            judgements=600,
            organizations=4,
            known=700,
            knots=KNOTS,
            reliability=NO_CURVES,
            fitted_at=now,
        )
        return database.acting("jobs", lambda c, _: add_calibration(c, row))

    return act


def test_the_latest_table_of_a_policy_is_the_present_one(add, database):
    first, other, second = add("2026.6"), add("2026.5"), add("2026.6")
    assert [each.version for each in (first, other, second)] == [1, 2, 3]
    with database.surveying("screening") as connection:
        assert find_latest(connection, "2026.6") == second
        assert present_calibration(connection, "2026.5") == other.calibration
        assert present_calibration(connection, "2026.4") is None


def test_other_numbers_tell_that_there_are_other_lines(add, database):
    for policy, versions in [("2026.5", (0, 0)), ("2026.6", (0, 2))]:
        add(policy)
        with database.surveying("screening") as connection:
            assert present_versions(connection, "2026.6") == versions


def test_a_marketplace_reads_the_table_that_scored_its_listings(add, database, shop):
    made = add("2026.6")
    with database.reading(shop) as (connection, _):
        assert calibrations_named(connection, [made.version, 9]) == {made.version: made.calibration}
        assert calibrations_named(connection, []) == {}
