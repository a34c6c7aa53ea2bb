"""Evidence: silence is none, and each kind says what it found."""

import pytest

from matching import evidence
from matching.model import Address, Party, Registration
from matching.tracing import DEFAULT_TRACING


@pytest.mark.parametrize("compare", evidence.EVIDENCE, ids=lambda compare: compare.__name__)
def test_a_silent_side_is_no_evidence(compare):
    full = Party(
        legal_name="Hengdali",
        email="a@hengdali.example",
        phone="+49401234567",
        website="hengdali.example",
        registration=Registration(register="HRB", number="12345"),
        tax_id="123456789",
        bank_account="DE89370400440532013000",
        social=("@hengdali",),
        address=Address(lines=("Lindenstr. 8",), country="DE"),
    )
    assert compare(full, Party()) is None
    found = compare(full, full)
    assert found is None or found.code in DEFAULT_TRACING.curves


@pytest.mark.parametrize("compare", evidence.EVIDENCE, ids=lambda compare: compare.__name__)
def test_each_kind_explains_itself(compare):
    assert compare.__doc__


def test_a_mailbox_name_elsewhere_counts_in_part():
    found = evidence.compare_emails(Party(email="hengdali88@qq.com"), Party(email="hengdali88@gmail.com"))
    assert found.value == 0.5


def test_an_office_mailbox_elsewhere_counts_for_nothing():
    found = evidence.compare_emails(Party(email="support@a.example"), Party(email="support@b.example"))
    assert found.value == 0.0


def test_a_mail_domain_is_not_counted_beside_its_own_address():
    party = Party(email="lin@hengdali.example")
    assert evidence.compare_sites(party, party) is None
    colleague = Party(email="wu@hengdali.example")
    assert evidence.compare_sites(party, colleague).value == 1.0


def test_numbers_of_different_registers_are_no_contradiction():
    here = Party(registration=Registration(register="Hamburg", number="11420"))
    there = Party(registration=Registration(register="Companies House", number="98731"))
    assert evidence.compare_registrations(here, there) is None


def test_two_numbers_in_one_register_are_two_companies():
    here = Party(registration=Registration(register="Hamburg", number="11420"))
    there = Party(registration=Registration(register="HAMBURG", number="98731"))
    assert evidence.compare_registrations(here, there).value == 0.0


def test_phones_of_two_countries_differ_though_their_digits_agree():
    left, right = Party(phone="+1 2125550123"), Party(phone="+86 2125550123")
    assert evidence.compare_phones(left, right).value == 0.0
