"""Narrowing: screening against some marks only, where whoever asks has no use for the others.

By default every mark is looked for, and what speaks against one is told with it.
"""

from __future__ import annotations

from typing import Final, Literal

from matching.goods_classes import RELATED
from matching.index import EVERY_MARK, Scope
from matching.model import Offer

Narrowness = Literal["every", "enforceable", "related"]
RETAIL: Final = 35
"""The class of those who sell the goods of others; any goods may infringe it."""


def scope_of(offer: Offer, narrowness: Narrowness) -> Scope:
    """Which marks are looked for in an offer.

    `enforceable`: those in force on the day of screening that cover where the goods go; all others would be
    advised to be clear. `related`: of these the ones for the offer's Nice classes or related ones. What is
    not known of an offer or a mark rules nothing out.
    """
    if narrowness == "every":
        return EVERY_MARK
    classes = offer.nice_classes if narrowness == "related" else frozenset[int]()
    return Scope(
        classes=_with_related(classes),
        ships_from=offer.ships_from,
        ships_to=offer.ships_to,
        day=offer.screened_on,
    )


def _with_related(classes: frozenset[int]) -> frozenset[int]:
    groups = [group for group in RELATED if classes & group]
    return classes.union(*groups, {RETAIL}) if classes else classes
