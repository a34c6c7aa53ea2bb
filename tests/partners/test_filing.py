"""A listing that is asked for by its owner while it is screened anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from partners.records.listings import ListingFields, get_listing
from partners.screening import Draft

CHANGES = 40


def test_a_listing_is_held_at_any_moment_of_being_screened_anew(screener, shop, database):
    def change(number):
        fields = ListingFields(title=f"Nike replica {number}")
        screener.keep(shop, [Draft(reference="A-1", fields=fields)])

    def hold(_number):
        held = database.acting("screening", lambda c, p: get_listing(c, p, "A-1", lock=True), shop)
        return held.screening.listing

    change(0)
    with ThreadPoolExecutor(4) as pool:
        changes = [pool.submit(change, number) for number in range(1, CHANGES)]
        assert set(pool.map(hold, range(CHANGES))) == {"A-1"}
        assert [each.result() for each in changes] == [None] * (CHANGES - 1)
