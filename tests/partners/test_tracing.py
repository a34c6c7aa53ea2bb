from __future__ import annotations

from datetime import timedelta

import pytest

from matching.model import Offer
from partners.records.reports import RouteStep
from partners.records.seizures import Item
from partners.tracing import similar_seizures

FROM_CHINA = (RouteStep("origin", "CN"),)


@pytest.fixture
def ask(database, now):
    """What seizures say of shoes that ship from China, and of chairs."""

    def similar(origin="CN"):
        shoes = Offer(title="shoes", category="Apparel > Shoes", ships_from=origin, screened_on=now.date())
        chairs = Offer(title="chairs", category="Chairs", ships_from="CN", screened_on=now.date())
        with database.surveying("screening") as connection:
            return similar_seizures(connection, [shoes, chairs], now.date())

    return similar


def test_seizures_of_the_same_goods_from_the_same_country_are_counted(partner, seize, seizure_report, ask):
    customs = partner("customs")
    for number in range(3):
        seize(customs, seizure_report(f"FR-{number}"))
    shoes, chairs = ask()
    assert (shoes.similar, chairs.similar) == (3, 0)
    assert shoes.reasons[0].text.startswith("1-9 reported seizures")


@pytest.mark.parametrize(
    "other",
    [
        {"channel": "sea"},
        {"route": (RouteStep("origin", "TR"),)},
        {"items": (Item(commodity="toys"),)},
        {"old": True},
    ],
)
def test_another_way_country_or_kind_or_long_ago_is_not_similar(
    partner, seize, seizure_report, ask, now, other
):
    fields = dict(other)
    if fields.pop("old", False):
        fields["seized_on"] = now.date() - timedelta(days=1100)
    seize(partner("customs"), seizure_report(**fields))
    assert ask()[0].similar == 0


def test_one_seizure_of_two_items_counts_once(partner, seize, seizure_report, ask):
    seize(partner("customs"), seizure_report(items=(Item(commodity="footwear"), Item(commodity="footwear"))))
    assert ask()[0].similar == 1


def test_other_goods_are_counted_by_their_number(partner, seize, seizure_report, ask):
    customs = partner("customs")
    for number, hs_code in enumerate(("6404.11", "640219", "9503", None)):
        seize(customs, seizure_report(f"FR-{number}", items=(Item(commodity="other", hs_code=hs_code),)))
    assert [each.similar for each in ask()] == [2, 0]


def test_a_seizure_is_counted_by_its_number_of_today(partner, seize, seizure_report, ask):
    customs = partner("customs")
    numbered = [(Item(commodity="other", hs_code=hs_code),) for hs_code in ("640411", "950300", "640411")]
    counts = []
    for items in numbered:
        seize(customs, seizure_report(items=items))
        counts.append(ask()[0].similar)
    assert counts == [1, 0, 1]


def test_without_any_report_the_published_statistics_speak(ask):
    shoes, chairs = ask()
    assert shoes.prior > 0.5
    assert "Department of Homeland Security" in shoes.reasons[0].text
    assert (chairs.prior, chairs.reasons) == (0.0, ())


def test_an_unknown_country_tells_nothing(ask):
    assert ask(origin=None)[0].reasons == ()
