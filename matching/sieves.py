"""Sieves: in which order evidence is measured, and the most that what is not measured yet may add."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from matching.comparison import Scene
from matching.lexicon import Lexicon
from matching.mention import OF_PLACE, ONLY_OF_DIFFERENCES
from matching.model import Candidate
from matching.policy_table import Table
from matching.slips import WRITTEN
from matching.weighing import Ladder, ladders_of
from matching.writing import Writing, is_visibly_disguised

FOREMOST: Final = (
    "inside_longer_name", "rival_names", "errors", "differs", "letters", "parted_differently",
    "ordinary_letters", "rare_parts", "written_as_one",
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
    frozenset(["rare_parts", "written_as_one"]),
    frozenset(["category_fits", "category_differs"]),
)
"""Of each of these sets one at most says anything about a candidate."""
_LOOKS_KEPT: Final = 20_000
_KEPT_AT_MOST: Final = 64
T = TypeVar("T")


class Step(NamedTuple, Generic[T]):
    """One kind of evidence: how it is measured, its ladder, and the most that all later steps may add."""

    code: str
    measure: Callable[[T], float]
    ladder: Ladder
    rest: float


class Look(NamedTuple):
    """What a writing tells of itself: the most that it adds, its values and weights that are not 0, the
    letters of the mark; without values where the most was too little for measuring all.
    """

    most: float
    values: dict[str, float] | None
    weights: dict[str, float]
    key: str = ""
    is_disguised: bool = False


Looks = dict[tuple[object, ...], Look]


class Told(NamedTuple):
    """Evidence that the mark is named: the values that are not 0, and what each adds."""

    values: dict[str, float]
    weights: dict[str, float]


class Sieve(NamedTuple):
    """The steps of one table of weights, those of the writing alone first; `most` is what a place may add to
    it. The rest is not weighed. `looks` are those known.
    """

    writing: tuple[Step[Writing], ...]
    place: tuple[Step[Scene], ...]
    rest_of_writing: tuple[tuple[str, Callable[[Writing], float]], ...]
    rest_of_place: tuple[tuple[str, Callable[[Scene], float]], ...]
    most: float
    lexicon: Lexicon
    looks: Looks
    is_plain: bool

    def look(self, candidate: Candidate, least: float) -> Look | None:
        """What a candidate's writing tells; None where no place could lift it to so many log-odds."""
        span = candidate.span
        known = (
            span.field, span.text, candidate.kind, candidate.distance, candidate.similarity,
            candidate.evasions, candidate.words, candidate.mark_words,
        )  # fmt: skip
        look = self.looks.get(known)
        if look is None or (look.values is None and look.most + self.most >= least):
            look = self._measured(candidate, least)
            if len(self.looks) >= _LOOKS_KEPT:
                self.looks.clear()
            self.looks[known] = look
        return look if look.most + self.most >= least else None

    def _measured(self, candidate: Candidate, least: float) -> Look:
        key = "".join(candidate.mark_words)
        writing = Writing(
            candidate=candidate,
            key=key,
            is_plain=self.is_plain,
            is_disguised=is_visibly_disguised(candidate, key),
            lexicon=self.lexicon,
        )
        told = Told({}, {})
        added, is_whole = _climb(self.writing, writing, 0.0, least - self.most, told)
        if not is_whole:
            return Look(added, None, {})
        told.values.update((code, value) for code, each in self.rest_of_writing if (value := each(writing)))
        return Look(added, *told, key, writing.is_disguised)

    def sift(self, scene: Scene, look: Look, least: float) -> Told | None:
        """All evidence of a writing where it stands; None where it is surely below so many log-odds."""
        told = Told(dict(look.values or {}), look.weights.copy())
        if not _climb(self.place, scene, look.most, least, told)[1]:
            return None
        for code, measure in self.rest_of_place:
            value = measure(scene)
            if value:
                told.values[code] = value
        return told


def _climb(
    steps: tuple[Step[T], ...], scene: T, total: float, least: float, told: Told
) -> tuple[float, bool]:
    """Measure steps until what is left cannot lift the total to the least; the most that it can come to, and
    whether all was measured.
    """
    values, weights = told
    for code, measure, (_, edges, sums), rest in steps:
        value = measure(scene)
        if value:
            values[code] = value
            reached = bisect_right(edges, value)
            if reached:
                weights[code] = sums[reached]
                total += sums[reached]
        if total + rest < least:
            return total + rest, False
    return total, True


_LOOKS: Final[dict[tuple[int, int, bool], tuple[Table, Lexicon, Looks]]] = {}
_SIEVES: Final[dict[tuple[int, int, bool, frozenset[str]], tuple[Table, Sieve]]] = {}
"""By the identity of their table and lexicon, which are kept beside them, so that no other can take its
place.
"""


def sieve_of(table: Table, lexicon: Lexicon, silent: frozenset[str], *, is_plain: bool) -> Sieve:
    """The sieve of a table of weights for offers that say nothing of the `silent` kinds of evidence."""
    key = (id(table), id(lexicon), is_plain, silent)
    kept = _SIEVES.get(key)
    if kept is None:
        if len(_SIEVES) >= _KEPT_AT_MOST:
            _SIEVES.clear()
        kept = _SIEVES[key] = (table, _made(table, lexicon, silent, is_plain=is_plain))
    return kept[1]


def _made(table: Table, lexicon: Lexicon, silent: frozenset[str], *, is_plain: bool) -> Sieve:
    nothing = silent | ONLY_OF_DIFFERENCES if is_plain else silent
    ladders = [each for each in ladders_of(table).values() if each.code not in nothing]
    place = _steps(OF_PLACE, ladders)
    return Sieve(
        _steps(WRITTEN, ladders),
        place,
        _others(WRITTEN, table, nothing),
        _others(OF_PLACE, table, nothing),
        _most([step.ladder for step in place]),
        lexicon,
        _looks_of(table, lexicon, is_plain=is_plain),
        is_plain,
    )


def _looks_of(table: Table, lexicon: Lexicon, *, is_plain: bool) -> Looks:
    key = (id(table), id(lexicon), is_plain)
    kept = _LOOKS.get(key)
    if kept is None:
        if len(_LOOKS) >= _KEPT_AT_MOST:
            _LOOKS.clear()
        kept = _LOOKS[key] = (table, lexicon, {})
    return kept[2]


def _steps(measures: Mapping[str, Callable[[T], float]], ladders: list[Ladder]) -> tuple[Step[T], ...]:
    rank = {code: place for place, code in enumerate(FOREMOST)}
    mine = sorted(
        (each for each in ladders if each.code in measures), key=lambda each: rank.get(each.code, len(rank))
    )
    return tuple(
        Step(ladder.code, measures[ladder.code], ladder, _most(mine[place + 1 :]))
        for place, ladder in enumerate(mine)
    )


def _others(
    measures: Mapping[str, Callable[[T], float]], table: Table, nothing: frozenset[str]
) -> tuple[tuple[str, Callable[[T], float]], ...]:
    """What is measured and not weighed."""
    return tuple(each for each in measures.items() if each[0] not in nothing and each[0] not in table)


def _most(ladders: Iterable[Ladder]) -> float:
    """The most that evidence may add, no two of a set of which one at most speaks."""
    most: dict[object, float] = {}
    for ladder in ladders:
        group = next((each for each in EITHER if ladder.code in each), ladder.code)
        most[group] = max(most.get(group, 0.0), *ladder.sums)
    return math.fsum(most.values())
