"""`ssrfguard`, other people's table of addresses made from the IANA registries, as a second opinion."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ssrfguard import DEFAULT_DENIED

from partners.destinations import reach_of, unwrap

CORPUS = Path(__file__).parent / "corpus"
# Where we refuse and they do not: documented choices of ours, each narrower than theirs.
OURS_ALONE = {
    "168.63.129.16",  # Azure's virtual host, a public-looking address
}


def corpus(name):
    return (CORPUS / f"{name}.txt").read_text(encoding="utf-8").split()


def they_allow(address):
    return not DEFAULT_DENIED.classify(address).blocked


@pytest.mark.parametrize("text", corpus("public_addresses"))
def test_what_we_call_public_they_allow(text):
    assert they_allow(text)


def test_of_the_corpus_that_leads_inside_they_refuse_nearly_all():
    known = [text for text in corpus("inside_addresses") if _is_address(text)]
    allowed = {text for text in known if they_allow(text)}
    assert len(known) > 40
    assert len(allowed) <= 8
    assert allowed >= OURS_ALONE


def _is_address(text):
    try:
        return bool(ip_address(text)) and "%" not in text
    except ValueError:
        return False


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.integers(0, 2**32 - 1).map(IPv4Address)))
def test_nothing_that_they_refuse_is_public_to_us(address):
    if not they_allow(address):
        assert reach_of(unwrap(str(address))) != "public"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0x64FF9B << 96, 0x2002 << 112, 0xFFFF << 32, 0]))
def test_an_inside_address_in_no_clothes_of_ipv6_is_public_to_us(number, prefix):
    inner = IPv4Address(number)
    shift = 80 if prefix == 0x2002 << 112 else 0
    outer = IPv6Address(prefix | (number << shift))
    if not they_allow(inner):
        assert reach_of(unwrap(str(outer))) != "public"
