"""Where a request comes from: only what trusted proxies have written is believed."""

import pytest

from api.addresses import find_caller, read_networks

PROXIES = read_networks(["10.0.0.0/8", "fd00::/8"])


def scope(peer, *forwarded):
    return {
        "client": (peer, 1) if peer else None,
        "headers": [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded],
    }


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7:5123"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8:1:2:3::4]:5123"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["198.51.100.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["\x00\xff"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::/64"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", [], "2001:db8:1:2::/64"),
        (None, [], "unknown"),
        ("testclient", [], "unknown"),
    ],
)
def test_the_caller_is_the_last_that_is_no_proxy_of_ours(peer, forwarded, caller):
    assert find_caller(scope(peer, *forwarded), PROXIES) == caller


def test_without_trusted_proxies_nobody_is_believed():
    assert find_caller(scope("10.0.0.1", "198.51.100.7"), ()) == "10.0.0.1"
