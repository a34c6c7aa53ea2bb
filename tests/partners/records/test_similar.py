"""Seized goods are counted for each pair that was asked for, and for no other."""

from __future__ import annotations

from itertools import product

from partners.records.reports import RouteStep
from partners.records.seizures import Item
from partners.records.similar import count_similar, find_seized


def test_goods_and_origins_that_are_asked_together_are_not_mixed(
    database, partner, seize, seizure_report, now
):
    customs = partner("customs")
    for goods, origin in product(("footwear", "toys", "watches"), ("CN", "VN")):
        if (goods, origin) != ("watches", "VN"):
            item, route = Item(commodity=goods), (RouteStep("origin", origin),)
            seize(customs, seizure_report(f"{goods} {origin}", items=(item,), route=route))
    asked = {("footwear", "CN"), ("toys", "VN"), ("watches", "VN")}
    with database.surveying("screening") as connection:
        counts = count_similar(connection, asked, now.date())
        seized = find_seized(connection, asked, now.date())
    assert counts == {("footwear", "CN"): 1, ("toys", "VN"): 1}
    assert seized == set(counts)
