"""A DPoP proof is for one request, by one key, now: each bent one is refused (RFC 9449 section 4.3)."""

from __future__ import annotations

import base64
import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from api.proofs import KEPT_S, Asked, NonceNeeded, ProofRefused, hash_token, normalize_url, verify_proof

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
T = int(NOW.timestamp())
URL = "https://touchstone.example/v1/flags"
EC, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
ED, RSA = OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)
ASKED = Asked(method="GET", url=URL, now=NOW, token="a.token")
GOOD = {"jti": "p1", "htm": "GET", "htu": URL, "iat": T, "ath": hash_token("a.token")}


class Wide(JWSRegistry):
    max_header_length = 100_000


def public(key):
    return dict(key.as_dict(private=False))


def signed(claims, key=EC, alg="ES256", **header):
    given = {"typ": "dpop+jwt", "alg": alg, "jwk": public(key), **header}
    kept = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(kept, claims, key, [alg], Wide(algorithms=[alg], strict_check_header=False), None, None)


def raw(header, payload, signature=b"x" * 64):
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


def is_good(proof, asked=ASKED):
    try:
        verify_proof([proof], asked)
    except ProofRefused:
        return False
    return True


HEADER = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public(EC)}
ACCEPTED = {
    "plain": signed(GOOD),
    "iat 10 s ahead": signed(GOOD | {"iat": T + 10}),
    "iat 10 s ago": signed(GOOD | {"iat": T - 10}),
    "iat with a fraction": signed(GOOD | {"iat": T - 0.5}),
    "htu with a query": signed(GOOD | {"htu": URL + "?after=1"}),
    "htu with a fragment": signed(GOOD | {"htu": URL + "#x"}),
    "upper-case host": signed(GOOD | {"htu": URL.replace("touchstone", "TOUCHSTONE")}),
    "upper-case scheme": signed(GOOD | {"htu": URL.replace("https", "HTTPS")}),
    "default port": signed(GOOD | {"htu": URL.replace(".example", ".example:443")}),
    "escaped letter": signed(GOOD | {"htu": URL.replace("flags", "%66lags")}),
    "extra claims": signed(GOOD | {"purpose": "test", "nonce": "of another server"}),
    "extra header": signed(GOOD, kid="mine"),
    "EdDSA": signed(GOOD, ED, "EdDSA"),
    "Ed25519": signed(GOOD, ED, "Ed25519"),
    "PS256": signed(GOOD, RSA, "PS256"),
}


@pytest.mark.parametrize("proof", ACCEPTED.values(), ids=ACCEPTED)
def test_honest_proofs_are_accepted(proof):
    assert is_good(proof)


WEAK = RSAKey.generate_key(1024)
PUBLIC = OctKey.import_key(json.dumps(public(EC)))
REFUSED = {
    "no jti": signed(without("jti")),
    "jti int": signed(GOOD | {"jti": 7}),
    "jti empty": signed(GOOD | {"jti": ""}),
    "jti 5 kB": signed(GOOD | {"jti": "j" * 5000}),
    "no htm": signed(without("htm")),
    "wrong htm": signed(GOOD | {"htm": "POST"}),
    "lower-case htm": signed(GOOD | {"htm": "get"}),
    "no htu": signed(without("htu")),
    "another path": signed(GOOD | {"htu": URL + "/x"}),
    "another case of the path": signed(GOOD | {"htu": URL.replace("flags", "Flags")}),
    "a slash more": signed(GOOD | {"htu": URL + "/"}),
    "another host": signed(GOOD | {"htu": URL.replace("touchstone", "evil")}),
    "another scheme": signed(GOOD | {"htu": URL.replace("https", "http")}),
    "another port": signed(GOOD | {"htu": URL.replace(".example", ".example:8443")}),
    "a user in the host": signed(GOOD | {"htu": URL.replace("touchstone", "evil@touchstone")}),
    "a port that is none": signed(GOOD | {"htu": URL.replace(".example", ".example:99999")}),
    "a relative URL": signed(GOOD | {"htu": "/v1/flags"}),
    "an empty htu": signed(GOOD | {"htu": ""}),
    "htu list": signed(GOOD | {"htu": [URL]}),
    "no iat": signed(without("iat")),
    "iat an hour ago": signed(GOOD | {"iat": T - 3600}),
    "iat in an hour": signed(GOOD | {"iat": T + 3600}),
    "iat 61 s ahead": signed(GOOD | {"iat": T + 61}),
    "iat NaN": signed(GOOD | {"iat": math.nan}),
    "iat infinite": signed(GOOD | {"iat": math.inf}),
    "iat huge": signed(GOOD | {"iat": 10**400}),
    "iat string": signed(GOOD | {"iat": str(T)}),
    "iat true": signed(GOOD | {"iat": True}),
    "no ath": signed(without("ath")),
    "wrong ath": signed(GOOD | {"ath": hash_token("another.token")}),
    "ath with padding": signed(GOOD | {"ath": hash_token("a.token") + "="}),
    "ath not ASCII": signed(GOOD | {"ath": "ü"}),
    "no typ": signed(GOOD, typ=None),
    "typ JWT": signed(GOOD, typ="JWT"),
    "typ of an access token": signed(GOOD, typ="at+jwt"),
    "typ in upper case": signed(GOOD, typ="DPOP+JWT"),
    "no jwk": signed(GOOD, jwk=None),
    "private key": signed(GOOD, jwk=dict(EC.as_dict(private=True))),
    "oct key": raw(HEADER | {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}, GOOD),
    "junk key": raw(HEADER | {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, GOOD),
    "kty list": raw(HEADER | {"jwk": {"kty": [1]}}, GOOD),
    "jwk string": raw(HEADER | {"jwk": "key"}, GOOD),
    "jwk list": raw(HEADER | {"jwk": [public(EC)]}, GOOD),
    "weak RSA": signed(GOOD, WEAK, "PS256"),
    "another curve": raw(HEADER | {"jwk": public(ECKey.generate_key("P-384"))}, GOOD),
    "a key to encrypt": signed(GOOD, jwk=public(EC) | {"use": "enc"}),
    "RS256": signed(GOOD, RSA, "RS256"),
    "ES384": raw(HEADER | {"alg": "ES384"}, GOOD),
    "HS256 with the public key": jwt.encode(
        HEADER | {"alg": "HS256"}, GOOD, PUBLIC, ["HS256"], None, None, None
    ),
    "none": raw(HEADER | {"alg": "none"}, GOOD, b""),
    "no alg": raw({"typ": "dpop+jwt", "jwk": public(EC)}, GOOD),
    "alg list": raw(HEADER | {"alg": ["ES256"]}, GOOD),
    "wrong key": signed(GOOD, OTHER, jwk=public(EC)),
    "key of another algorithm": raw(HEADER | {"alg": "PS256"}, GOOD),
    "unknown crit": raw(HEADER | {"crit": ["x"], "x": 1}, GOOD),
    "upper-cased": signed(GOOD).upper(),
    "stripped signature": signed(GOOD).rpartition(".")[0] + ".",
    "list payload": raw(HEADER, [1]),
    "deep payload": raw(HEADER, 0).replace("MA", base64.b64encode(b"[" * 3_000).decode(), 1),
    "deep header": "W1tb" * 500 + ".e30.AA",
    "lone surrogate": signed(GOOD) + "\ud800",
    "not ASCII": "ü.ü.ü",
    "two of them in one header": f"{signed(GOOD)}, {signed(GOOD | {'jti': 'p2'})}",
    "two parts": "a.b",
    "junk": "junk",
    "empty": "",
    "large": "a" * 200_000,
}


@pytest.mark.parametrize("proof", REFUSED.values(), ids=REFUSED)
def test_bent_proofs_are_refused(proof):
    assert not is_good(proof)


@pytest.mark.parametrize("proofs", [[], [signed(GOOD), signed(GOOD | {"jti": "p2"})]], ids=["none", "two"])
def test_exactly_one_proof_is_asked_for(proofs):
    with pytest.raises(ProofRefused, match="exactly one"):
        verify_proof(proofs, ASKED)


def test_every_single_changed_character_is_noticed():
    proof = signed(GOOD)
    for place in range(0, len(proof), 11):
        swapped = "A" if proof[place] != "A" else "B"
        assert not is_good(proof[:place] + swapped + proof[place + 1 :]), place


def test_a_proof_names_its_key_and_the_id_to_spend_for_as_long_as_it_could_be_taken():
    proof = verify_proof([signed(GOOD)], ASKED)
    assert (proof.thumbprint, proof.jti) == (EC.thumbprint(), "p1")
    assert proof.expires_at == NOW + timedelta(seconds=KEPT_S)


def test_a_token_request_needs_no_hash_of_a_token():
    asked = Asked(method="POST", url=URL, now=NOW)
    assert is_good(signed(without("ath") | {"htm": "POST"}), asked)


@pytest.mark.parametrize("nonce", [None, "n0", 7, ""])
def test_where_a_nonce_is_asked_for_another_or_none_is_refused(nonce):
    asked = Asked(method="GET", url=URL, now=NOW, token="a.token", nonces=("n2", "n1"))
    assert is_good(signed(GOOD | {"nonce": "n1"}), asked)
    with pytest.raises(NonceNeeded if nonce != 7 else ProofRefused):
        verify_proof([signed(GOOD | ({"nonce": nonce} if nonce is not None else {}))], asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example", "http://A.example:80/"),
        ("https://a.example/%7eb%2f", "https://a.example/~b%2F?c#d"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
    ],
)
def test_two_spellings_of_one_url_are_one(one, other):
    assert normalize_url(one) == normalize_url(other)


def test_an_encoded_slash_is_no_slash():
    assert normalize_url("https://a.example/b%2Fc") != normalize_url("https://a.example/b/c")
