"""Sifting: which candidates are likely enough to be shown, told from as little evidence as that takes.

Evidence is measured in the order of what it costs and tells. Once even the best of all that is not measured
yet could not lift a candidate to where it is shown, the rest is not measured. What is shown has all its
evidence, as if nothing had been sifted.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from matching.circumstances import CIRCUMSTANCE
from matching.comparison import Scene
from matching.mention import MENTION, ONLY_OF_DIFFERENCES
from matching.policy_table import Table
from matching.scoring import Policy
from matching.weighing import Ladder, ladders_of

FOREMOST: Final = (
    "inside_longer_name", "rival_names", "errors", "differs", "letters", "parted_differently",
    "ordinary_letters", "rare_parts",
    "brand_field_agrees", "brand_field_differs", "same_class", "other_class", "typing_error",
    "first_letter_differs", "visible_disguise", "short_and_mistyped", "edge_digit", "digits_only",
    "sounds_alike_only", "hidden_letters", "completions", "ordinary_word", "common_phrase", "words_are_known",
    "in_description", "category_differs", "category_fits", "has_digits", "is_own_brand",
)  # fmt: skip
"""Evidence that costs little and tells much, first of all."""
EITHER: Final = (
    frozenset(["one_error_unlisted", "one_error_listed", "two_errors_unlisted", "two_errors_listed"]),
    frozenset(["seen_elsewhere", "never_seen"]),
    frozenset(["typing_error", "spelled_by_sound", "vowel_for_vowel", "neighboring_key", "with_ending"]),
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
    """What is known before anything is measured, the steps of one table, and what it does not weigh."""

    known: dict[str, float]
    steps: tuple[Step, ...]
    unweighed: tuple[tuple[str, Measure], ...]


def sieve_of(table: Table, known: frozenset[str]) -> Sieve:
    """The sieve of a table of weights for candidates whose `known` evidence is 0."""
    rank = {code: place for place, code in enumerate(FOREMOST)}
    ladders = sorted(
        (each for each in ladders_of(table) if each.code in MENTION and each.code not in known),
        key=lambda each: rank.get(each.code, len(rank)),
    )
    steps = tuple(
        Step(ladder.code, MENTION[ladder.code], ladder, _most(ladders[place + 1 :]))
        for place, ladder in enumerate(ladders)
    )
    told = known | {ladder.code for ladder in ladders}
    rest = tuple(each for each in MENTION.items() if each[0] not in told)
    return Sieve(dict.fromkeys(sorted(known), 0.0), steps, rest)


def _most(ladders: Iterable[Ladder]) -> float:
    """The most that evidence may add, no two of a set of which one at most speaks."""
    most: dict[object, float] = {}
    for ladder in ladders:
        group = next((each for each in EITHER if ladder.code in each), ladder.code)
        most[group] = max(most.get(group, 0.0), *ladder.sums)
    return math.fsum(most.values())


_SIEVES: Final[dict[tuple[int, bool], tuple[Table, Sieve]]] = {}
"""Sieves by the identity of their table, which is kept beside them, so that no other can take its place."""


def _sieve(table: Table, known: frozenset[str] = frozenset()) -> Sieve:
    key = (id(table), bool(known))
    kept = _SIEVES.get(key)
    if kept is None:
        if len(_SIEVES) >= _KEPT_AT_MOST:
            _SIEVES.clear()
        kept = _SIEVES[key] = (table, sieve_of(table, known))
    return kept[1]


def sift(scene: Scene, policy: Policy, least: float) -> dict[str, float] | None:
    """All evidence on whether a mark is named; None where the log-odds are surely below the least."""
    if scene.is_plain:
        total, sieve = policy.plain_bias, _sieve(policy.plain, ONLY_OF_DIFFERENCES)
    else:
        total = policy.disguised_bias + scene.market.habits.disguise_odds
        sieve = _sieve(policy.disguised)
    values = sieve.known.copy()
    for code, measure, (_, edges, sums), rest in sieve.steps:
        value = values[code] = measure(scene)
        if value > 0:
            total += sums[bisect_right(edges, value)]
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


_ASKS_THE_MARK: Final = frozenset(
    [
        "not_in_force",
        "not_yet_registered",
        "other_territory",
        "licensed_seller",
        "price_below",
        "barcode_is_genuine",
        "barcode_of_another",
    ]
)
OF_MARK: Final = tuple((code, each) for code, each in CIRCUMSTANCE.items() if code in _ASKS_THE_MARK)
OF_OFFER: Final = tuple((code, each) for code, each in CIRCUMSTANCE.items() if code not in _ASKS_THE_MARK)
"""Circumstances that are the same for every mark found in an offer."""
