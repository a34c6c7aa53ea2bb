"""Sifting: which candidates are likely enough to be shown, told from as little evidence as that takes.

Evidence is measured in the order of what it costs and tells: that of a writing first, which is the same
wherever it is written so, and then that of its place. Once even the best of all that is not measured yet
could not lift a candidate to where it is shown, the rest is not measured. What is shown has all its evidence,
as if nothing had been sifted; evidence of value 0 is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from matching.circumstances import CIRCUMSTANCE
from matching.comparison import Scene
from matching.lexicon import Lexicon
from matching.market import Market
from matching.model import Candidate, Offer
from matching.scoring import Policy
from matching.sieves import Look, Sieve, Told, sieve_of
from matching.weighing import least_log_odds
from matching.writing import is_plainly_written

_OF_BRAND: Final = frozenset(["brand_field_agrees", "brand_field_differs", "is_own_brand"])
_OF_CLASSES: Final = frozenset(["same_class", "other_class"])
_OF_CATEGORY: Final = frozenset(["category_fits", "category_differs"])
_OF_COUNTS: Final = frozenset(
    [
        "seen_elsewhere",
        "never_seen",
        "mark_seen_elsewhere",
        "named_as_brand",
        "word_named_as_brand",
        "used_as_word",
        "ordinary_word_mistyped",
    ]
)
_OF_HABITS: Final = frozenset(["disguise_odds", "review_line"])


def silent_of(offer: Offer, brand_names: frozenset[str], market: Market) -> frozenset[str]:
    """The kinds of evidence that are 0 for every mark, as the offer and its market say nothing of them."""
    habits = market.habits
    is_new = not len(market) and not market.listings
    return _silent(
        not brand_names,
        not offer.nice_classes,
        bool(offer.nice_classes) or not offer.category,
        is_new,
        is_new and not habits.disguise_odds and not habits.review_line,
    )


@cache
def _silent(*are_silent: bool) -> frozenset[str]:
    kinds = (_OF_BRAND, _OF_CLASSES, _OF_CATEGORY, _OF_COUNTS, _OF_HABITS)
    return frozenset[str]().union(*[codes for codes, silent in zip(kinds, are_silent, strict=True) if silent])


class Sifter(NamedTuple):
    """What sifts the candidates of one offer under one policy: a sieve for what is plainly written and one
    for all else, each with the log-odds below which nothing is shown.
    """

    plain: Sieve
    plain_least: float
    disguised: Sieve
    disguised_least: float

    def look(self, candidate: Candidate) -> Look | None:
        """What a candidate's writing tells; None where it is not shown, wherever it stands."""
        if is_plainly_written(candidate):
            return self.plain.look(candidate, self.plain_least)
        return self.disguised.look(candidate, self.disguised_least)

    def keeping_all(self) -> Sifter:
        """The same for an offer of which nothing is left out: beside a word that says an imitation is sold, a
        name that tells little counts too.
        """
        return self._replace(plain_least=-math.inf, disguised_least=-math.inf)

    def sift(self, scene: Scene, look: Look) -> Told | None:
        """All evidence on whether a mark is named; None where that is surely too little to be shown."""
        if scene.is_plain:
            return self.plain.sift(scene, look, self.plain_least)
        return self.disguised.sift(scene, look, self.disguised_least)


def sifter_of(policy: Policy, lexicon: Lexicon, market: Market, silent: frozenset[str]) -> Sifter:
    """The sifter of an offer of a marketplace."""
    least = least_log_odds(policy.thresholds.shown)
    return Sifter(
        sieve_of(policy.plain, lexicon, silent, is_plain=True),
        least - policy.plain_bias,
        sieve_of(policy.disguised, lexicon, silent, is_plain=False),
        least - policy.disguised_bias - market.habits.disguise_odds,
    )


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
Measures = tuple[tuple[str, Callable[[Scene], float]], ...]
OF_OFFER: Final[Measures] = tuple(each for each in CIRCUMSTANCE.items() if each[0] not in _ASKS_THE_MARK)
"""Circumstances that are the same for every mark found in an offer."""


def circumstances_of(scene: Scene, asked: Measures) -> dict[str, float]:
    """Of the evidence beside the name what is asked for and not 0."""
    return {code: value for code, measure in asked if (value := measure(scene))}


def asked_of_marks(offer: Offer) -> Measures:
    """The circumstances that differ between the marks found in an offer, without those it says nothing of."""
    return _asked(
        bool(offer.seller.licenses),
        offer.price is not None,
        bool(offer.ships_to),
        bool(offer.gtin),
        bool(offer.barcode_holders),
    )


@cache
def _asked(*told: bool) -> Measures:
    """Whether the offer tells its seller, its price, where it goes, its barcode and whose that is."""
    needed = ("licensed_seller", "price_below", "other_territory", "barcode_is_genuine", "barcode_of_another")
    silent = {code for code, is_told in zip(needed, told, strict=True) if not is_told}
    return tuple(each for each in CIRCUMSTANCE.items() if each[0] in _ASKS_THE_MARK - silent)
