"""Surveying: the marks that advice passes over, each with its evidence and why it is not shown.

An explanation asks; a screening never does, since most candidates can be let go long before all their
evidence is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from matching.index import Index
from matching.market import NO_MARKET, Market
from matching.model import Match, Offer, Span
from matching.policies import DEFAULT_POLICY
from matching.scoring import Policy
from matching.screening import MARKS_PER_WINDOW, screen, texts_of

MOST_TOLD: Final = 50
Cause = Literal["below_line", "inside_longer_name", "outranked", "matches_cut"]
CAUSES: Final[Mapping[Cause, str]] = {
    "below_line": "It is less likely to be meant than what is shown.",
    "inside_longer_name": "The words are part of a longer name that is found there in full.",
    "outranked": "Other names found on the same words are likelier.",
    "matches_cut": "As many marks as are ever shown for one listing rank before it.",
}


class PassedOver(Struct, frozen=True, kw_only=True):
    """A mark that may be meant but is not shown: what it would be as a match, and why it is none."""

    match: Match
    cause: Cause


class Survey(Struct, frozen=True, kw_only=True):
    """The likeliest of the marks passed over, likeliest first; `more` counts the others.

    `unmeasured` counts marks beyond the number that is judged at all.
    """

    passed_over: tuple[PassedOver, ...]
    more: int
    unmeasured: int


def survey(
    offer: Offer,
    index: Index,
    shown: Mapping[str, Span],
    policy: Policy = DEFAULT_POLICY,
    market: Market = NO_MARKET,
) -> Survey:
    """Which marks the advice on an offer passed over under a policy, and why; `shown` are the other marks by
    id, with the place where each was found.
    """
    open_eyed = replace(policy, thresholds=replace(policy.thresholds, shown=0.0))
    everything = screen(offer, index, open_eyed, market=market, is_survey=True)
    rest = [match for match in everything.matches if match.mark_id not in shown]
    rest.sort(key=lambda match: (-match.score, match.mark_id))
    found = {candidate.mark_id for candidate in index.search(texts_of(offer)).candidates}
    taken = list(shown.values())
    line = policy.thresholds.shown
    return Survey(
        passed_over=tuple(
            PassedOver(match=match, cause=_cause_of(match, line, taken)) for match in rest[:MOST_TOLD]
        ),
        more=len(rest[MOST_TOLD:]),
        unmeasured=len(found - shown.keys() - {match.mark_id for match in rest}),
    )


def _cause_of(match: Match, line: float, taken: list[Span]) -> Cause:
    if match.score < line:
        is_inside = any(each.code == "inside_longer_name" and each.value for each in match.comparisons)
        return "inside_longer_name" if is_inside else "below_line"
    same = sum(span == match.found for span in taken)
    is_crossed = "misspelling" in match.evasions and any(_cross(span, match.found) for span in taken)
    return "outranked" if same >= MARKS_PER_WINDOW or is_crossed else "matches_cut"


def _cross(one: Span, other: Span) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end
