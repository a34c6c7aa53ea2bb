"""Evidence beside the name: the right, the seller, the price, the route. Values only; the policy weighs
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from matching.comparison import Scene
from matching.territories import covers

PENDING: Final = frozenset({"applied", "filed", "published", "opposed", "pending", "application"})
DEAD: Final = frozenset(
    [
        "expired",
        "cancelled",
        "canceled",
        "withdrawn",
        "refused",
        "rejected",
        "surrendered",
        "lapsed",
        "revoked",
        "invalidated",
        "abandoned",
        "dead",
    ]
)


def not_in_force(scene: Scene) -> float:
    """1 if the mark is expired or was given up on the day of screening."""
    mark, day = scene.mark, scene.offer.screened_on
    is_over = mark.expires_on is not None and mark.expires_on < day
    return float(mark.status.lower() in DEAD or is_over)


def not_yet_registered(scene: Scene) -> float:
    """1 if the mark is only applied for."""
    mark, day = scene.mark, scene.offer.screened_on
    is_later = mark.registered_on is not None and mark.registered_on > day
    return float(mark.status.lower() in PENDING or is_later)


def other_territory(scene: Scene) -> float:
    """1 if the mark covers none of the countries the goods go to or come from."""
    return float(not covers(scene.mark, scene.offer.ships_from, scene.offer.ships_to))


def licensed_seller(scene: Scene) -> float:
    """1 if the rights holder licensed the seller."""
    seller = scene.offer.seller
    return float(bool({seller.id, seller.reference} & scene.mark.licensees))


def used_goods(scene: Scene) -> float:
    """1 if the goods are offered as used or refurbished: resale of genuine goods is free."""
    return float(scene.offer.condition in {"used", "refurbished"})


def seller_flag(scene: Scene) -> float:
    """The seller's risk across marketplaces: 1 medium, 2 high, 0 otherwise."""
    return {"medium": 1.0, "high": 2.0}.get(scene.offer.seller.risk, 0.0)


def price_below(scene: Scene) -> float:
    """How many median deviations the price lies below the usual price of the genuine product (0 if not, or
    unknown).
    """
    price, usual = scene.offer.price, scene.offer.usual_price
    if price is None or usual is None or price.currency != usual.currency or usual.deviation <= 0:
        return 0.0
    return max(0.0, round(float((usual.median - price.amount) / usual.deviation), 4))


def similar_seizures(scene: Scene) -> float:
    """How many seizures were like this offer: same product, same route (counted up to 1,000)."""
    return float(min(scene.offer.seizures.similar, 1_000))


def seizure_prior(scene: Scene) -> float:
    """How often goods of this kind and origin are seized, from public statistics (0 to 1)."""
    return round(scene.offer.seizures.prior, 4)


def contradicts_sheet(scene: Scene) -> float:
    """1 if the offer contradicts the rights holder's product sheet."""
    return float(scene.offer.contradicts_sheet)


def changed_after_approval(scene: Scene) -> float:
    """1 if the listing's text was changed after it had been approved."""
    return float(scene.offer.changed_after_approval)


CIRCUMSTANCE: Final[Mapping[str, Callable[[Scene], float]]] = {
    each.__name__: each
    for each in (
        not_in_force, not_yet_registered, other_territory, licensed_seller, used_goods, seller_flag,
        price_below, similar_seizures, seizure_prior, contradicts_sheet, changed_after_approval,
    )
}  # fmt: skip
"""Evidence on whether a named mark is infringed: the right, the seller, the price, the route."""
