"""Evidence: each function measures one thing about a mark that may be meant in an offer, where it stands.

A docstring is the public help text of its evidence. Values are plain numbers; what they weigh is the policy's
affair (scoring.py), so that stored values can be weighed again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from matching.goods_classes import are_related, classes_of_category
from matching.market import NO_MARKET, Market
from matching.model import Mark, Offer
from matching.words import Words
from matching.writing import Writing

CAPITALS_OF_MIXED_CASE = 2


class Scene(Writing, frozen=True, kw_only=True, gc=False):
    """A writing in its offer, with all that evidence is taken from.

    `text` is the field it stands in. `rivals` counts other names found on the same words, `covered` tells
    that a longer name holds them; `own` is the bit of the offer's own seller in the market.
    """

    offer: Offer
    mark: Mark
    text: str
    words: Words
    rivals: int = 0
    covered: bool = False
    brand_names: frozenset[str] = frozenset()
    masks: int = 0
    market: Market = NO_MARKET
    own: int = 0


def inside_longer_name(scene: Scene) -> float:
    """1 if the words are part of a longer name that is found there in full."""
    return float(scene.covered)


def rival_names(scene: Scene) -> float:
    """How many other names are found on the same words, at least as close."""
    return float(scene.rivals)


def brand_field_agrees(scene: Scene) -> float:
    """1 if the brand field names the mark."""
    return float(scene.key in scene.brand_names)


def brand_field_differs(scene: Scene) -> float:
    """1 if the brand field names something else than the mark."""
    return float(bool(scene.brand_names) and scene.key not in scene.brand_names)


def written_small(scene: Scene) -> float:
    """1 if the mark is an ordinary word, written small in a text that has capitals."""
    text = scene.words.written
    shown = scene.candidate.span.text
    return float(shown[:1].islower() and len(text) > 1 and _is_mixed_case(scene.text))


@lru_cache(maxsize=16)
def _is_mixed_case(text: str) -> bool:
    """Asked once for each candidate of a text, counted once for the text."""
    return sum(map(str.isupper, text)) >= CAPITALS_OF_MIXED_CASE


def is_own_brand(scene: Scene) -> float:
    """1 if the words differ from the mark, but are just what the brand field says."""
    return float(scene.candidate.distance > 0 and "".join(scene.candidate.words) in scene.brand_names)


def completions(scene: Scene) -> float:
    """How many marks complete a name with hidden letters equally well (at most three are kept)."""
    return float(scene.masks)


def same_class(scene: Scene) -> float:
    """1 if the offer's Nice classes and the mark's meet."""
    return float(bool(scene.offer.nice_classes & scene.mark.nice_classes))


def other_class(scene: Scene) -> float:
    """1 if the mark is registered for goods of other Nice classes than the offer's, and unlike them."""
    known = scene.offer.nice_classes and scene.mark.nice_classes
    return float(bool(known) and not are_related(scene.offer.nice_classes, scene.mark.nice_classes))


def category_fits(scene: Scene) -> float:
    """1 if no Nice class is given and the category's words speak for one that the mark is registered for."""
    return float(_is_guessed(scene) and bool(_guessed(scene) & scene.mark.nice_classes))


def category_differs(scene: Scene) -> float:
    """1 if no Nice class is given and the category's words speak for goods unlike those of the mark."""
    return float(_is_guessed(scene) and not are_related(_guessed(scene), scene.mark.nice_classes))


def _guessed(scene: Scene) -> frozenset[int]:
    return classes_of_category(scene.offer.category)


def _is_guessed(scene: Scene) -> bool:
    is_asked = bool(scene.offer.category and scene.mark.nice_classes and not scene.offer.nice_classes)
    return is_asked and bool(_guessed(scene))


OF_NAME: Final[Mapping[str, Callable[[Scene], float]]] = {
    each.__name__: each
    for each in (
        inside_longer_name, rival_names, brand_field_agrees, brand_field_differs, written_small,
        completions, is_own_brand, same_class, other_class, category_fits, category_differs,
    )
}  # fmt: skip
"""Evidence that the name's neighbors and the offer's goods give; what else there is, is in mention.py."""
