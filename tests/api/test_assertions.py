"""Clients that prove themselves with a key of their own: every way to cheat is refused."""

from __future__ import annotations

import base64
import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from api.assertions import AssertionRefused, claimed_client, verify_assertion
from partners.client_keys import read_public_keys
from partners.records.clients import Client, Credential, KnownClient

ISSUER = "http://localhost:8000"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
T = int(NOW.timestamp())
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
GOOD = {
    "iss": "cli_customs",
    "sub": "cli_customs",
    "aud": ISSUER,
    "jti": "a1",
    "iat": T,
    "nbf": T,
    "exp": T + 60,
}


def known_with(*keys):
    jwks = read_public_keys({"keys": [dict(key.as_dict(private=False)) for key in keys]})
    client = Client(
        id="cli_customs",
        organization_id="org_1",
        name="Customs",
        scopes=("seizures:write",),
        auth_method="private_key_jwt",
        created_at=NOW,
    )
    credentials = tuple(
        Credential(id="crd_1", client_id=client.id, kind="key", jwk=jwk, created_at=NOW) for jwk in jwks
    )
    return KnownClient(client=client, kind="customs", credentials=credentials)


KNOWN = known_with(EC, ED, RSA)


def signed(claims, key=EC, alg="ES256", **header):
    given = {"alg": alg, "kid": key.kid, **header}
    kept = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(kept, claims, key, algorithms=[alg])


def raw(header, payload, signature=b"x" * 64):
    parts = (json.dumps(header).encode(), payload, signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


def is_accepted(assertion, known=KNOWN):
    try:
        claimed_client(assertion)
        verify_assertion(assertion, known, ISSUER, NOW)
    except AssertionRefused:
        return False
    return True


def test_a_proof_names_the_id_to_spend_until_the_assertion_has_expired():
    proof = verify_assertion(signed(GOOD), KNOWN, ISSUER, NOW)
    assert (proof.jti, proof.expires_at) == ("a1", NOW + timedelta(seconds=70))


@pytest.mark.parametrize(
    ("key", "alg"),
    [(EC, "ES256"), (ED, "EdDSA"), (ED, "Ed25519"), (RSA, "PS256")],
    ids=["ES256", "EdDSA", "Ed25519", "PS256"],
)
def test_each_algorithm_of_fapi_is_accepted(key, alg):
    assert is_accepted(signed(GOOD, key, alg))


ACCEPTED = {
    "iat 8 s ahead": GOOD | {"iat": T + 8},
    "nbf 8 s ahead": GOOD | {"nbf": T + 8},
    "expired 8 s ago": GOOD | {"exp": T - 8},
    "good for an hour": GOOD | {"exp": T + 3600},
    "fractions of seconds": GOOD | {"iat": T - 0.5, "exp": T + 59.5},
    "no iat": without("iat"),
    "no nbf": without("nbf"),
    "claims of its own": GOOD | {"purpose": "test", "nested": {"a": [1]}},
}


@pytest.mark.parametrize("claims", ACCEPTED.values(), ids=ACCEPTED)
def test_honest_assertions_are_accepted(claims):
    assert is_accepted(signed(claims))


CHEATING_CLAIMS = {
    "aud other": GOOD | {"aud": "https://other.example"},
    "aud token URL": GOOD | {"aud": f"{ISSUER}/oauth/token"},
    "aud with a slash": GOOD | {"aud": f"{ISSUER}/"},
    "aud list": GOOD | {"aud": [ISSUER]},
    "aud list of two": GOOD | {"aud": [ISSUER, "https://other.example"]},
    "no aud": without("aud"),
    "expired": GOOD | {"exp": T - 11},
    "exp in two hours": GOOD | {"exp": T + 7200},
    "exp in ten years": GOOD | {"exp": T + 315_360_000},
    "exp string": GOOD | {"exp": str(T + 60)},
    "exp NaN": GOOD | {"exp": math.nan},
    "exp infinite": GOOD | {"exp": math.inf},
    "exp huge": GOOD | {"exp": 10**400},
    "exp true": GOOD | {"exp": True},
    "exp null": GOOD | {"exp": None},
    "no exp": without("exp"),
    "iat 61 s ahead": GOOD | {"iat": T + 61},
    "nbf 61 s ahead": GOOD | {"nbf": T + 61},
    "iat 999 s ahead": GOOD | {"iat": T + 999},
    "nbf 999 s ahead": GOOD | {"nbf": T + 999},
    "iat NaN": GOOD | {"iat": math.nan},
    "nbf string": GOOD | {"nbf": str(T)},
    "no jti": without("jti"),
    "jti int": GOOD | {"jti": 7},
    "jti empty": GOOD | {"jti": ""},
    "jti 5 kB": GOOD | {"jti": "j" * 5000},
    "no sub": without("sub"),
    "sub list": GOOD | {"sub": ["cli_customs"]},
    "no iss": without("iss"),
    "iss other": GOOD | {"iss": "cli_other"},
    "another client's sub": GOOD | {"iss": "cli_other", "sub": "cli_other"},
}


@pytest.mark.parametrize("claims", CHEATING_CLAIMS.values(), ids=CHEATING_CLAIMS)
def test_cheating_claims_are_refused(claims):
    assert not is_accepted(signed(claims))


PUBLIC = OctKey.import_key(json.dumps(EC.as_dict(private=False)))
CHEATING_SIGNATURES = {
    "wrong key": signed(GOOD, ECKey.generate_key("P-256", {"kid": "ec"})),
    "unknown kid": signed(GOOD, kid="other"),
    "no kid among several keys": signed(GOOD, kid=None),
    "RS256": signed(GOOD, RSA, "RS256"),
    "PS384": signed(GOOD, RSA, "PS384"),
    "HS256 with the public key": jwt.encode(
        {"alg": "HS256", "kid": "ec"}, GOOD, PUBLIC, algorithms=["HS256"]
    ),
    "none": raw({"alg": "none", "kid": "ec"}, json.dumps(GOOD).encode(), b""),
    "stripped signature": signed(GOOD).rpartition(".")[0] + ".",
    "the key of another algorithm": raw({"alg": "PS256", "kid": "ec"}, json.dumps(GOOD).encode()),
    "a key of its own in the header": signed(
        GOOD, ECKey.generate_key("P-256", {"kid": "ec"}), jwk=EC.as_dict(private=False)
    ),
    "unknown crit": raw({"alg": "ES256", "kid": "ec", "crit": ["x"], "x": 1}, json.dumps(GOOD).encode()),
    "alg list": raw({"alg": ["ES256"], "kid": "ec"}, json.dumps(GOOD).encode()),
    "no alg": raw({"kid": "ec"}, json.dumps(GOOD).encode()),
    "kid list": raw({"alg": "ES256", "kid": ["ec"]}, json.dumps(GOOD).encode()),
    "type of an access token": signed(GOOD, typ="at+jwt"),
    "type of a DPoP proof": signed(GOOD, typ="dpop+jwt"),
    "list payload": raw({"alg": "ES256", "kid": "ec"}, b"[1]"),
    "deep payload": raw({"alg": "ES256", "kid": "ec"}, b"[" * 20_000 + b"]" * 20_000),
    "deep sub": raw({"alg": "ES256", "kid": "ec"}, b'{"sub":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    "deep header": raw({"alg": "ES256", "kid": "ec"}, b"{}").replace("ey", "W1tb", 1),
    "lone surrogate": signed(GOOD) + "\ud800",
    "not ASCII": "ü.ü.ü",
    "not JSON": raw({"alg": "ES256", "kid": "ec"}, b"\xff\xfe"),
    "two parts": "a.b",
    "five parts": "a.b.c.d.e",
    "junk": "junk",
    "empty parts": "..",
    "large": "a" * 200_000,
}


@pytest.mark.parametrize("assertion", CHEATING_SIGNATURES.values(), ids=CHEATING_SIGNATURES)
def test_cheating_signatures_are_refused(assertion):
    assert not is_accepted(assertion)


def test_every_single_changed_character_is_noticed():
    assertion = signed(GOOD)
    for place in range(0, len(assertion), 7):
        swapped = "A" if assertion[place] != "A" else "B"
        assert not is_accepted(assertion[:place] + swapped + assertion[place + 1 :]), place


def test_a_client_with_one_key_need_not_name_it():
    assert is_accepted(signed(GOOD, kid=None), known_with(EC))


def test_a_client_without_live_keys_proves_nothing():
    known = KnownClient(client=KNOWN.client, kind="customs", credentials=())
    assert not is_accepted(signed(GOOD), known)


def test_the_stored_keys_are_public():
    keys = KeySet.import_key_set({"keys": [each.jwk for each in KNOWN.credentials]})
    assert not any(key.is_private for key in keys)
