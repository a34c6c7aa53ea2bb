"""The report: what stands beside a figure, and when a target counts as reached."""

from io import StringIO

import pytest
from rich.console import Console

from tests.evaluation.measures import Measured, mean, per_1000, ratio, share
from tests.evaluation.report import figures_of, judged, tell, tell_targets
from tests.evaluation.targets import TARGETS, Target

AT_LEAST = Target("a.recall", 0.9)
AT_MOST = Target("a.wrong", 4, is_least=False)


@pytest.mark.parametrize(
    ("value", "bounds", "target", "said"),
    [
        (0.9, (0.8, 0.95), AT_LEAST, "reached"),
        (0.88, (0.8, 0.95), AT_LEAST, "missed, within chance"),
        (0.7, (0.6, 0.8), AT_LEAST, "missed"),
        (4, (2, 7), AT_MOST, "reached"),
        (5, (3, 8), AT_MOST, "missed, within chance"),
        (9, (6, 12), AT_MOST, "missed"),
        (9, None, AT_MOST, "missed"),
    ],
)
def test_a_target_within_the_interval_is_missed_within_chance(value, bounds, target, said):
    assert judged(Measured(target.name, value, 100, bounds), target) == said


def test_few_cases_are_told_with_their_number_and_interval():
    few, many = share("few", [True, False]), share("many", [True] * 1000)
    assert figures_of([few, many]) == {
        "few": 0.5,
        "few_low": pytest.approx(0.0945, abs=1e-3),
        "few_high": pytest.approx(0.9055, abs=1e-3),
        "few_cases": 2,
        "many": 1.0,
    }


def test_a_section_is_a_table_and_a_line_for_each_number():
    told = StringIO()
    long_name = "a." + "very_" * 30 + "long.name"
    tell(Console(file=told, width=60), "Section", [Measured(long_name, 0.5, 1000)])
    assert f"\n{long_name} 0.5000\n" in told.getvalue()


def test_only_what_was_measured_stands_beside_its_target():
    told = StringIO()
    tell_targets(Console(file=told, width=160), [Measured(TARGETS[0].name, 0.5, 10, (0.4, 0.6))])
    assert "missed" in told.getvalue()
    assert TARGETS[1].name not in told.getvalue()


def test_a_rate_of_none_beside_another_may_be_larger_by_chance():
    none, some = per_1000("none", [False] * 100), per_1000("some", [True] + [False] * 99)
    nothing = ratio("r", none, some, 10)
    assert nothing.value == 0
    assert nothing.bounds[0] == 0
    assert nothing.bounds[1] > 1


def test_means_and_ratios_have_intervals_that_hold_them():
    for each in (mean("m", [1, 2, 3]), ratio("r", share("a", [True] * 9), share("b", [True] * 4), 0.1)):
        low, high = each.bounds
        assert low < each.value < high
