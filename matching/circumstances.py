"""Evidence beside the name: the right, the seller, the price, the route. Values only; the policy weighs
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from matching.comparison import Scene
from matching.identifiers import is_valid_gtin
from matching.legal_status import is_future, is_over, is_pending
from matching.prices import is_barcode, listed_price, seller_number
from matching.territories import covers


def not_in_force(scene: Scene) -> float:
    """1 if the mark is expired, was given up or was not yet applied for on the day of screening."""
    day = scene.offer.screened_on
    return float(is_over(scene.mark, day) or is_future(scene.mark, day))


def not_yet_registered(scene: Scene) -> float:
    """1 if the mark is only applied for."""
    return float(is_pending(scene.mark, scene.offer.screened_on))


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
    unknown): of what the rights holder says that it costs new, else of what this marketplace's other sellers
    ask for it in the same currency and condition.
    """
    price = scene.offer.price
    if price is None:
        return 0.0
    usual = scene.offer.usual_price or listed_price(scene.offer, scene.mark.genuine)
    usual = usual or scene.market.prices.usual(
        scene.mark.id, scene.offer, seller_number(scene.offer.seller.reference or "")
    )
    if usual is None or price.currency != usual.currency or usual.deviation <= 0:
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


def barcode_is_genuine(scene: Scene) -> float:
    """1 if the barcode is that of a genuine product of the rights holder; whoever copies the goods may have
    copied it too, so it excuses no disguise.
    """
    gtin = scene.offer.gtin
    if not gtin:
        return 0.0
    is_own = any(is_barcode(product, gtin) for product in scene.mark.genuine)
    return float(is_own or scene.mark.rights_holder in scene.offer.barcode_holders)


def barcode_of_another(scene: Scene) -> float:
    """1 if the barcode is that of a genuine product of another rights holder, and not of this one."""
    return float(bool(scene.offer.barcode_holders) and not barcode_is_genuine(scene))


def barcode_is_wrong(scene: Scene) -> float:
    """1 if the barcode's check digit is wrong: no product has such a number."""
    return float(bool(scene.offer.gtin) and not is_valid_gtin(scene.offer.gtin or ""))


def changed_after_approval(scene: Scene) -> float:
    """1 if the listing's text was changed after it had been approved."""
    return float(scene.offer.changed_after_approval)


CIRCUMSTANCE: Final[Mapping[str, Callable[[Scene], float]]] = {
    each.__name__: each
    for each in (
        not_in_force, not_yet_registered, other_territory, licensed_seller, used_goods, seller_flag,
        price_below, similar_seizures, seizure_prior, contradicts_sheet, changed_after_approval,
        barcode_is_genuine, barcode_of_another, barcode_is_wrong,
    )
}  # fmt: skip
"""Evidence on whether a named mark is infringed: the right, the seller, the price, the route."""
