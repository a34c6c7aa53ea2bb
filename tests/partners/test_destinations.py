"""The address table and the form of URLs, against the corpus of spellings that lead inside."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.destinations import (
    AddressRules,
    OutboundRefused,
    check_url,
    names_private_host,
    normalize_host,
    reach_of,
    unwrap,
)

CORPUS = Path(__file__).parent / "corpus"


def corpus(name):
    return (CORPUS / f"{name}.txt").read_text(encoding="utf-8").split("\n")[:-1]


@pytest.mark.parametrize("address", corpus("inside_addresses"))
def test_an_address_that_leads_inside_is_refused(address):
    with pytest.raises(OutboundRefused):
        AddressRules().check_address(address)


@pytest.mark.parametrize("address", corpus("public_addresses"))
def test_a_public_address_is_good(address):
    AddressRules().check_address(address)


@pytest.mark.parametrize("url", corpus("inside_urls"))
def test_no_spelling_of_an_inside_address_passes(url):
    with pytest.raises(OutboundRefused):
        check_url(url, AddressRules())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "scheme_not_https"),
        ("ftp://example.com/", "scheme_not_https"),
        ("https://user@example.com/", "userinfo_in_url"),
        ("https://example.com@127.0.0.1/", "userinfo_in_url"),
        ("https://example.com/#top", "fragment_in_url"),
        ("https://example.com:22/", "port_not_allowed"),
        ("https://example.com:0/", "port_not_allowed"),
        ("https://example.com:70000/", "port_not_allowed"),
        ("https://intranet/", "name_without_domain"),
        ("https://exa mple.com/", "url_not_valid"),
        ("https://example.com\r\nX: y/", "url_not_valid"),
        ("https://example.com\\@evil.test/", "url_not_valid"),
        ("https:///path", "url_not_valid"),
        ("https://-bad-.example/", "name_not_valid"),
        ("https://" + "a" * 64 + ".example/", "name_not_valid"),
        ("https://example.com/" + "x" * 2048, "url_not_valid"),
    ],
)
def test_a_bad_form_is_refused_with_its_reason(url, reason):
    with pytest.raises(OutboundRefused) as refused:
        check_url(url, AddressRules())
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:8443/in?x=1",
        "https://bücher.example/",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/hook",
        "https://a_b.example.com./",
    ],
)
def test_a_good_url_passes(url):
    check_url(url, AddressRules())


def test_trial_settings_open_private_addresses_and_never_metadata():
    trial = AddressRules(allow_private=True, allow_http=True)
    for url in ("http://localhost:9000/", "http://127.0.0.1:9000/", "http://10.0.0.7/", "http://[::1]:80/"):
        check_url(url, trial)
        assert names_private_host(url)
    for address in ("169.254.169.254", "168.63.129.16", "224.0.0.1", "fe80::1", "240.0.0.1"):
        with pytest.raises(OutboundRefused):
            trial.check_address(address)


def test_rules_may_allow_one_loopback_address_alone():
    rules = AddressRules(allowed=("127.0.0.53/32",))
    rules.check_address("127.0.0.53")
    with pytest.raises(OutboundRefused):
        rules.check_address("127.0.0.54")


def test_a_public_name_does_not_name_a_private_host():
    assert not names_private_host("https://example.com/")
    assert not names_private_host("https://8.8.8.8/")
    assert names_private_host("http://api.localhost/")


def test_names_are_brought_to_one_ascii_form():
    assert normalize_host("BÜCHER.example") == "xn--bcher-kva.example"
    assert normalize_host("Example.COM.") == "example.com"
    assert normalize_host("2606:4700:0:0:0:0:0:1111") == "2606:4700::1111"


@settings(max_examples=300, deadline=None)
@given(st.ip_addresses())
def test_whatever_the_table_calls_public_the_standard_library_calls_global_too(address):
    if reach_of(unwrap(str(address))) == "public":
        assert address.is_global
        assert not address.is_multicast


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_mapped_into_ipv6_is_judged_alike(address):
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert reach_of(unwrap(str(mapped))) == reach_of(address)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_either_good_or_refused(text):
    with suppress(OutboundRefused):  # and nothing else is raised
        check_url("https://" + text, AddressRules())
