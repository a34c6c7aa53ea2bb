"""How a marketplace wants to be screened: from its budget of titles reviewed in vain."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from matching.market import Habits
from matching.policy_table import BUDGETS, DISGUISED_SHARE

HIGHEST: Final = 0.79
"""No marketplace's own listings draw its line higher, unless its budget does."""

_SURE: Final = 0.999
"""Odds of more than this cannot be shifted."""


def habits_of(false_titles_per_1000: float, disguised_share: float) -> Habits:
    """The habits of a marketplace with a budget of titles reviewed in vain, and a share of titles taken to be
    disguised.

    The line is that of the shipped calibration, between its rows in proportion.
    """
    budgets, lines = [each for each, _ in BUDGETS], [line for _, line in BUDGETS]
    line = float(np.interp(false_titles_per_1000, budgets, lines))
    odds = math.log(disguised_share / (1 - disguised_share))
    shift = odds - math.log(DISGUISED_SHARE / (1 - DISGUISED_SHARE))
    return Habits(
        review_line=_shifted(line, shift),
        lowest_line=_shifted(min(lines), shift),
        highest_line=_shifted(max(line, HIGHEST), shift),
        false_titles_per_1000=false_titles_per_1000,
        disguise_odds=round(shift, 4),
    )


def _shifted(line: float, shift: float) -> float:
    line = min(line, _SURE)
    return round(1 / (1 + math.exp(-(math.log(line / (1 - line)) + shift))), 4)
