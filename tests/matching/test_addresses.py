"""Addresses: one door written twice agrees, two doors do not."""

import pytest

from matching.addresses import compare_addresses, fold_address
from matching.model import Address

HERE = Address(lines=("Lindenstraße 8",), postal_code="20095", city="Hamburg", country="DE")


def alike(left, right):
    return compare_addresses(fold_address(left), fold_address(right)).alike


@pytest.mark.parametrize(
    "other",
    [
        Address(lines=("Lindenstr. 8",), postal_code="20095", city="Hamburg", country="DE"),
        Address(lines=("Linden Strasse 8, 20095 Hamburg",), country="DE"),
        Address(lines=("LINDENSTR 08", "c/o Empfang"), postal_code="20095", city="HAMBURG", country="DE"),
    ],
)
def test_one_door_is_known_again(other):
    assert alike(HERE, other) >= 0.6


def test_the_same_address_is_wholly_alike():
    assert alike(HERE, HERE) == 1.0


def test_another_town_is_another_address():
    other = Address(lines=("Rosenweg 21",), postal_code="80331", city="München", country="DE")
    assert alike(HERE, other) == 0.0


def test_a_country_alone_says_nothing():
    assert alike(HERE, Address(country="DE")) is None


def test_a_chinese_address_meets_its_english_form():
    written = Address(lines=("深圳市宝安路12号",), country="CN")
    spelled = Address(lines=("No. 12 Baoan Road", "Shenzhen"), country="CN")
    assert fold_address(written).numbers == fold_address(spelled).numbers == {"12"}
    assert alike(written, spelled) >= 0.6
