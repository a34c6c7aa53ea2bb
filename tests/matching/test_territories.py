"""Where a mark holds."""

import pytest

from matching.model import Mark
from matching.territories import covers


def mark(office="EM", territories=()):
    return Mark(id="m", text="X", rights_holder="h", office=office, territories=frozenset(territories))


@pytest.mark.parametrize(
    ("office", "territories", "ships_to", "expected"),
    [
        ("EM", (), {"DE"}, True),
        ("EM", (), {"US"}, False),
        ("BX", (), {"NL"}, True),
        ("OA", (), {"SN"}, True),
        ("US", ("EU", "JP"), {"JP"}, True),
        ("XX", (), {"US"}, True),
        ("WO", (), {"US"}, True),
        ("EM", (), set(), True),
        ("FR", (), {"EU"}, True),
    ],
)
def test_a_mark_covers_its_territories_or_its_office(office, territories, ships_to, expected):
    assert covers(mark(office, territories), None, frozenset(ships_to)) is expected


def test_the_country_goods_come_from_counts_beside_the_destination():
    assert covers(mark("CN"), "CN", frozenset({"DE"}))
