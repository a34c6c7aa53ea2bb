"""Sifting: which candidates are likely enough to be shown, told from as little evidence as that takes.

Evidence is measured in the order of what it costs and tells. Once even the best of all that is not measured
yet could not lift a candidate to where it is shown, the rest is not measured. What is shown has all its
evidence, as if nothing had been sifted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from matching.circumstances import CIRCUMSTANCE
from matching.comparison import Scene
from matching.mention import MENTION
from matching.policy_table import Table
from matching.scoring import Policy
from matching.weighing import Ladder, ladders_of

FOREMOST: Final = (
    "inside_longer_name", "rival_names", "errors", "differs", "letters", "parted_differently",
    "brand_field_agrees", "brand_field_differs", "same_class", "other_class", "typing_error",
    "first_letter_differs", "visible_disguise", "short_and_mistyped", "edge_digit", "digits_only",
    "sounds_alike_only", "hidden_letters", "completions", "ordinary_word", "common_phrase", "words_are_known",
    "in_description", "category_differs", "category_fits", "has_digits", "is_own_brand",
)  # fmt: skip
"""Evidence that costs little and tells much, first of all."""
EITHER: Final = (
    frozenset(["one_error_unlisted", "one_error_listed", "two_errors_unlisted", "two_errors_listed"]),
    frozenset(["seen_elsewhere", "never_seen"]),
    frozenset(["category_fits", "category_differs"]),
)
"""Of each of these sets one at most says anything about a candidate."""
_KEPT_AT_MOST: Final = 64
Measure = Callable[[Scene], float]


class Step(NamedTuple):
    """One kind of evidence: how it is measured, its ladder, and the most that all later steps may add."""

    code: str
    measure: Measure
    ladder: Ladder
    rest: float


class Sieve(NamedTuple):
    """The steps of one table, and the evidence that it does not weigh."""

    steps: tuple[Step, ...]
    unweighed: tuple[tuple[str, Measure], ...]


def sieve_of(table: Table) -> Sieve:
    """The sieve of a table of weights."""
    rank = {code: place for place, code in enumerate(FOREMOST)}
    ladders = sorted(
        (each for each in ladders_of(table) if each.code in MENTION),
        key=lambda each: rank.get(each.code, len(rank)),
    )
    steps = tuple(
        Step(ladder.code, MENTION[ladder.code], ladder, _most(ladders[place + 1 :]))
        for place, ladder in enumerate(ladders)
    )
    weighed = {ladder.code for ladder in ladders}
    return Sieve(steps, tuple(each for each in MENTION.items() if each[0] not in weighed))


def _most(ladders: Iterable[Ladder]) -> float:
    """The most that evidence may add, no two of a set of which one at most speaks."""
    most: dict[object, float] = {}
    for ladder in ladders:
        group = next((each for each in EITHER if ladder.code in each), ladder.code)
        most[group] = max(most.get(group, 0.0), *ladder.sums)
    return math.fsum(most.values())


_SIEVES: Final[dict[int, tuple[Table, Sieve]]] = {}


def _sieve(table: Table) -> Sieve:
    known = _SIEVES.get(id(table))
    if known is None:
        if len(_SIEVES) >= _KEPT_AT_MOST:
            _SIEVES.clear()
        known = _SIEVES[id(table)] = (table, sieve_of(table))
    return known[1]


def sift(scene: Scene, policy: Policy, least: float) -> dict[str, float] | None:
    """All evidence on whether a mark is named; None where the log-odds are surely below the least."""
    if scene.is_plain:
        total, sieve = policy.plain_bias, _sieve(policy.plain)
    else:
        total = policy.disguised_bias + scene.market.habits.disguise_odds
        sieve = _sieve(policy.disguised)
    values: dict[str, float] = {}
    for code, measure, ladder, rest in sieve.steps:
        value = values[code] = measure(scene)
        if value:
            total += ladder.weight(value)
        if total + rest < least:
            return None
    for code, measure in sieve.unweighed:
        values[code] = measure(scene)
    return values


def circumstances_of(scene: Scene, told: dict[str, float]) -> dict[str, float]:
    """The evidence beside the name; `told` is what the offer alone tells, measured at its first scene."""
    if not told:
        told.update((code, measure(scene)) for code, measure in OF_OFFER)
    return {**told, **{code: measure(scene) for code, measure in OF_MARK}}


_ASKS_THE_MARK: Final = frozenset(["not_in_force", "not_yet_registered", "other_territory", "licensed_seller"])
OF_MARK: Final = tuple((code, each) for code, each in CIRCUMSTANCE.items() if code in _ASKS_THE_MARK)
OF_OFFER: Final = tuple((code, each) for code, each in CIRCUMSTANCE.items() if code not in _ASKS_THE_MARK)
"""Circumstances that are the same for every mark found in an offer."""
