"""Contacts: one spelling for each mailbox, phone, site, handle and number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import contacts


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Orders.Heng+EU@GoogleMail.com", "ordersheng@gmail.com"),
        (" sales@hengdali.example ", "sales@hengdali.example"),
        ("orders.heng@outlook.com", "orders.heng@outlook.com"),
        ("not an address", ""),
        ("@nobody.example", ""),
    ],
)
def test_a_mailbox_has_one_spelling(written, folded):
    assert contacts.fold_email(written) == folded


@pytest.mark.parametrize(
    ("written", "country", "e164"),
    [
        ("+86 138-1234-5678", "", "+8613812345678"),
        ("0086 138 1234 5678", "", "+8613812345678"),
        ("138 1234 5678", "CN", "+8613812345678"),
        ("040 / 123 456-7", "DE", "+49401234567"),
        ("13812345678", "", ""),
    ],
)
def test_a_phone_number_is_read_in_its_country(written, country, e164):
    assert contacts.fold_phone(written, country).e164 == e164


def test_a_number_without_country_keeps_its_national_digits():
    assert contacts.fold_phone("138 1234 5678").national == contacts.fold_phone("+8613812345678").national


@pytest.mark.parametrize("written", ["", "123", "0000000000", "call me"])
def test_what_is_no_number_identifies_nobody(written):
    assert contacts.fold_phone(written, "DE") == contacts.Phone()


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("https://www.Hengdali.example/shop?x=1", "hengdali.example"),
        ("hengdali.example", "hengdali.example"),
        ("https://www.ebay.com/usr/heng88", "ebay.com/usr/heng88"),
        ("https://www.ebay.com/", ""),
        ("http://[bad", ""),
        ("localhost", ""),
    ],
)
def test_a_shared_host_needs_the_page(written, folded):
    assert contacts.fold_site(written) == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("WeChat: Heng_88", "wechat/heng_88"),
        ("https://www.instagram.com/heng.88/", "instagram/heng.88"),
        ("@heng88", "heng88"),
        ("@a", ""),
    ],
)
def test_a_handle_keeps_its_platform(written, folded):
    assert contacts.fold_social(written) == folded


@pytest.mark.parametrize(
    ("written", "folded"), [("DE 123.456-789", "DE123456789"), ("0000", ""), ("n/a", "")]
)
def test_numbers_lose_their_punctuation(written, folded):
    assert contacts.fold_number(written) == folded


def test_a_vat_number_is_the_tax_number_in_it():
    assert contacts.fold_tax_id("IT01234567890") == contacts.fold_tax_id("01234567890")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=3))
def test_no_text_makes_folding_fail(text, country):
    contacts.fold_phone(text, country)
    for fold in (contacts.fold_email, contacts.fold_site, contacts.fold_social, contacts.fold_tax_id):
        assert isinstance(fold(text), str)
