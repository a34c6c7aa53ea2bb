"""Fingerprints: the keys under which two records of one seller meet."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.fingerprints import party_keys
from matching.model import Address, Party, Registration

KINDS = ("email:", "phone:", "tax:", "register:", "bank:", "site:", "social:", "name:", "addr:")


def meet(left, right):
    return bool(party_keys(left) & party_keys(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Goodwill Trading", "Good Will Trading Ltd"),
        ("Müller & Söhne", "Mueller und Soehne GmbH"),
        ("Mohammed al-Rashidi", "Muhammad Al Rashidy"),
        ("Profichip", "Proichip"),
        ("Kestrel Fernbrook Ltd", "Fernbrook Kestrel"),
        ("深圳市恒达利贸易有限公司", "Shenzhen Hengdali Trading Co Ltd"),
        ("OOO Oboronnye Initsiativy", "Oboronnye Initsiativy o.O.O."),
    ],
)
def test_spellings_of_one_name_meet(left, right):
    assert meet(Party(legal_name=left), Party(legal_name=right))


def test_words_of_trade_alone_bring_nobody_together():
    assert not meet(Party(legal_name="Shenzhen Trading"), Party(legal_name="Global Trading Shenzhen Import"))


def test_every_key_says_its_kind():
    party = Party(
        legal_name="Hengdali",
        email="a@b.example",
        phone="+49 40 1234567",
        website="https://hengdali.example/shop",
        registration=Registration(register="HRB", number="HRB 12345"),
        tax_id="DE123456789",
        bank_account="DE89 3704 0044 0532 0130 00",
        social=("@hengdali",),
        address=Address(lines=("Lindenstr. 8",), postal_code="20095", country="DE"),
    )
    keys = party_keys(party)
    assert all(key.startswith(KINDS) for key in keys)
    assert {key.partition(":")[0] + ":" for key in keys} == set(KINDS)


def test_a_free_mail_host_is_nobodys_site():
    assert not [key for key in party_keys(Party(email="someone@qq.com")) if key.startswith("site:")]


def test_an_empty_party_has_no_keys():
    assert party_keys(Party()) == frozenset()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30), st.sampled_from(["", "DE", "CN", "??"]))
def test_keys_are_the_same_each_time_and_few(name, contact, country):
    party = Party(legal_name=name, email=contact, phone=contact, address=Address(country=country))
    assert party_keys(party) == party_keys(msgspec.structs.replace(party))
    assert len(party_keys(party)) < 60
