"""The worked table: what the engine says of listings that people argue about."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from matching.index import build_index
from matching.model import Mark, Money, Offer, SeizureHistory, SellerStanding, UsualPrice
from matching.screening import screen
from partners.reference.frequencies import lexicon

TABLE = tomllib.loads(Path(__file__).with_name("cases").joinpath("worked.toml").read_text(encoding="utf-8"))


def mark_of(row):
    sets = {key: frozenset(row[key]) for key in ("territories", "nice_classes") if key in row}
    return Mark(rights_holder="holder", **(row | sets))


def offer_of(row):
    row = dict(row)
    seller = row.pop("seller", {})
    similar = row.pop("similar_seizures", 0)
    deviation = Decimal(row.pop("usual_deviation", "1"))
    usual = row.pop("usual_price", None)
    price = row.pop("price", None)
    sets = {key: frozenset(row.pop(key)) for key in ("ships_to", "nice_classes") if key in row}
    return Offer(
        screened_on=TABLE["screened_on"],
        seller=SellerStanding(**(seller | {"licenses": frozenset(seller.get("licenses", ()))})),
        seizures=SeizureHistory(similar=similar),
        price=Money(Decimal(price), "EUR") if price else None,
        usual_price=UsualPrice(Decimal(usual), deviation, "EUR") if usual else None,
        **sets,
        **row,
    )


@pytest.fixture(scope="module")
def index():
    return build_index((mark_of(row) for row in TABLE["mark"]), lexicon())


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["name"])
def test_worked_case(case, index):
    expect = case["expect"]
    verdict = screen(offer_of(case["offer"]), index)
    match = next((match for match in verdict.matches if match.mark_id == expect["mark"]), None)
    assert verdict.verdict == expect["verdict"]
    if expect.get("shown", True):
        assert (match.verdict, match.use, list(match.evasions)) == (
            expect["verdict"],
            expect["use"],
            expect["evasions"],
        )
        assert expect["score"][0] <= match.score <= expect["score"][1]
    else:
        assert match is None or match.verdict == "clear"
