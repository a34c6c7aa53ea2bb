"""Identifiers: right check digits pass, wrong ones are refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import identifiers


@pytest.mark.parametrize(
    "number", ["4006381333931", "96385074", "036000291452", "00012345600012", "4006381-333931"]
)
def test_a_gtin_with_its_check_digit_is_valid(number):
    assert identifiers.is_valid_gtin(number)


@pytest.mark.parametrize("number", ["4006381333932", "123", "abcdefgh", "00000000", "", "٤٠٠٦٣٨١٣٣٣٩٣١x"])
def test_a_wrong_gtin_is_refused(number):
    assert not identifiers.is_valid_gtin(number)


@given(st.sampled_from([7, 11, 12, 13]), st.integers(min_value=1))
def test_one_wrong_digit_never_passes(length, number):
    digits = str(number)[-length:].zfill(length)
    right = digits + identifiers.gtin_check_digit(digits)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert identifiers.is_valid_gtin(right) == bool(int(right))
    assert not identifiers.is_valid_gtin(wrong)


def test_one_product_has_one_number():
    assert identifiers.gtin_14("036000291452") == identifiers.gtin_14("0036000291452") == "00036000291452"


def test_a_number_for_use_inside_a_shop_names_no_product():
    assert identifiers.is_restricted_gtin("2012345678903")
    assert identifiers.is_restricted_gtin("21234569")
    assert not identifiers.is_restricted_gtin("4006381333931")


@pytest.mark.parametrize(
    ("code", "valid"),
    [("6403", True), ("640391", True), ("64.03.91", True), ("640", False), ("770100", False)],
)
def test_an_hs_code_has_a_chapter_that_exists(code, valid):
    assert identifiers.is_valid_hs_code(code) == valid


@pytest.mark.parametrize(("number", "valid"), [(0, False), (1, True), (45, True), (46, False)])
def test_nice_classes_run_from_1_to_45(number, valid):
    assert identifiers.is_valid_nice_class(number) == valid


@pytest.mark.parametrize(
    ("code", "valid"), [("FRLIO", True), ("fr lio", True), ("FRL1O", False), ("FRLI", False)]
)
def test_a_unlocode_has_its_shape(code, valid):
    assert identifiers.is_valid_unlocode(code) == valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [("DE89 3704 0044 0532 0130 00", True), ("DE88 3704 0044 0532 0130 00", False), ("DE89", False)],
)
def test_an_iban_has_right_check_digits(number, valid):
    assert identifiers.is_valid_iban(number) == valid


def test_a_refusal_says_what_is_wrong():
    with pytest.raises(ValueError, match="check digit"):
        identifiers.validate_gtin("4006381333932")
