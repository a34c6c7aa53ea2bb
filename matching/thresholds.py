"""Where the lines of a policy are drawn."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from matching.model import Use, VerdictName
from matching.policy_table import BUDGETS

DISGUISE_LINE: Final = dict(BUDGETS)[2]
"""The line that ships is that of two titles of 1,000 reviewed in vain."""


class Thresholds(Struct, frozen=True, kw_only=True):
    """Where the lines are drawn; probabilities are of the text naming the mark.

    `disguise` is the line above which a misspelling is reviewed: a budget of false alarms, not a belief.
    `uses_reviewed` are reviewed by themselves; `strong_cue` and `weak_cue` are what a cue of replicas beside
    a named mark asks for. Up to 2026.5 compatible use was clear whatever stood beside it
    (`compatible_is_clear`).
    """

    shown: float = 0.2
    doubtful: float = 0.5
    named: float = 0.8
    disguise: float = DISGUISE_LINE
    letters_of_alert: int = 5
    letters_of_disguise: int = 6
    price_deviations: float = 5.0
    seizures_similar: int = 1
    signals_of_review: int = 2
    signals_of_alert: int = 3
    letters_shown: int = 3
    hidden_share: float = 0.5
    uses_reviewed: tuple[Use, ...] = ("comparison",)
    strong_cue: VerdictName = "alert"
    weak_cue: VerdictName = "review"
    compatible_is_clear: bool = False
