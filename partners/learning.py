"""Learning: what one kept listing teaches its marketplace.

Whatever a person may have to look at is not learned: words that a match under review or alert stands on count
for nobody, and prices of such listings, or prices that are a signal themselves, are not what goods usually
cost.
"""

from __future__ import annotations

from typing import Final

from matching.market import lesson_of, unite
from matching.model import Offer
from matching.own_line import BEFORE, LOWEST, lesson_of_score
from matching.policies import DEFAULT_POLICY
from matching.prices import Asked, products_of, seller_number
from matching.reason_codes import VISIBLE_EVASIONS
from partners.records.listings import ScreenedListing
from partners.records.screenings import ScreenedMatch

_SUSPECT: Final = frozenset(("price_far_below", "seller_flagged", "sheet_contradicted", "barcode_of_another"))


def words_taught(listing: ScreenedListing) -> dict[int, int]:
    """The words of a title, without those that a person may have to look at."""
    spans = sorted(
        (span.start, span.end)
        for match in listing.screening.matches
        if match.verdict != "clear"
        for span in (match.found, *match.also_found)
        if span.field == "title"
    )
    pieces, behind = [], 0
    for start, end in spans:
        pieces.append(listing.fields.title[behind : max(behind, start)])
        behind = max(behind, end)
    pieces.append(listing.fields.title[behind:])
    brand, seller = listing.fields.brand, listing.seller or ""
    lesson = lesson_of(pieces[0], brand, seller)
    for piece in pieces[1:]:
        unite(lesson, lesson_of(piece, brand, seller))
    return lesson


def scores_taught(listing: ScreenedListing, known: int) -> dict[int, int]:
    """How probable the misspelling was that would be reviewed first, where so many listings are known that
    words are told from misspellings.
    """
    reviewed = [match for match in listing.screening.matches if _is_misspelled(match)]
    if known < BEFORE or not reviewed:
        return {}
    first = max(reviewed, key=lambda match: match.score)
    return lesson_of_score(f"{first.trademark.id} {first.found.text.casefold()}", first.score)


def _is_misspelled(match: ScreenedMatch) -> bool:
    letters = sum(map(str.isalnum, match.trademark.mark))
    return (
        "misspelling" in match.evasions
        and not VISIBLE_EVASIONS & set(match.evasions)
        and letters >= DEFAULT_POLICY.thresholds.letters_of_disguise
        and match.use not in {"compatible", "part_of_name", "licensed"}
        and match.score >= LOWEST
    )


def prices_taught(listing: ScreenedListing) -> dict[int, Asked]:
    """What the seller asks for goods of the marks that it names plainly as their origin: product -> seller ->
    amount.
    """
    price, seller = listing.fields.price, seller_number(listing.seller or "")
    if price is None or price.amount <= 0 or not seller or listing.screening.verdict != "clear":
        return {}
    fields = listing.fields
    offer = Offer(
        title=fields.title,
        screened_on=listing.screening.screened_at.date(),
        category=fields.category,
        price=price,
        condition=fields.condition,
        gtin=fields.gtin,
    )
    return {
        product: {seller: float(price.amount)}
        for match in listing.screening.matches
        if _is_genuine_so_far(match)
        for product in products_of(match.trademark.id, offer)
    }


def _is_genuine_so_far(match: ScreenedMatch) -> bool:
    is_suspect = any(reason.code in _SUSPECT for reason in match.reasons)
    is_named = match.use == "origin" and match.score >= DEFAULT_POLICY.thresholds.named
    return is_named and not match.evasions and not is_suspect
