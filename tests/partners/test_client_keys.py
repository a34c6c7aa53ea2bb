"""Which keys a client may register."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from partners.client_keys import new_private_key, read_public_keys
from partners.errors import RuleBroken


def public(key):
    return dict(key.as_dict(private=False))


@pytest.mark.parametrize(
    "key",
    [
        ECKey.generate_key("P-256"),
        OKPKey.generate_key("Ed25519"),
        RSAKey.generate_key(2048),
    ],
    ids=["EC", "Ed25519", "RSA"],
)
def test_strong_keys_may_be_registered_and_get_a_kid(key):
    [kept] = read_public_keys({"keys": [public(key)]})
    assert kept["kty"] == key.key_type
    assert kept["kid"]


def test_a_single_key_is_as_good_as_a_set():
    key = public(ECKey.generate_key("P-256", {"kid": "mine"}))
    assert [kept["kid"] for kept in read_public_keys(key)] == ["mine"]


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (new_private_key("k"), "private"),
        (OctKey.generate_key(256).as_dict(), "private"),
        (public(RSAKey.generate_key(1024, auto_kid=True)), "2048"),
        (public(ECKey.generate_key("secp256k1")), "P-256"),
        (public(OKPKey.generate_key("X25519")), "Ed25519"),
        (public(ECKey.generate_key("P-256", {"use": "enc"})), "use"),
        (public(ECKey.generate_key("P-256")) | {"alg": "ES384"}, "alg"),
        (public(ECKey.generate_key("P-256", {"kid": "k" * 101})), "kid"),
        ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "not a key"),
        ({"kty": [1]}, "not a key"),
        ({"kty": "EC"}, "not a key"),
        ({"keys": []}, "1 to 10"),
        ({"keys": [7]}, "JSON object"),
        ({"keys": "none"}, "1 to 10"),
        ([], "1 to 10"),
        (None, "1 to 10"),
    ],
)
def test_other_keys_are_refused(document, complaint):
    with pytest.raises(RuleBroken, match=complaint):
        read_public_keys(document)


def test_two_keys_of_one_kid_are_refused():
    keys = [public(ECKey.generate_key("P-256", {"kid": "same"})) for _ in range(2)]
    with pytest.raises(RuleBroken, match="same kid"):
        read_public_keys({"keys": keys})
