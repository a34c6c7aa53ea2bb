"""People of customs get tokens that are bound to the console's key, and no others (RFC 9449)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from partners.client_keys import new_private_key

BASE = "http://localhost:8000"


@pytest.fixture
def prove(clock):
    """Make a proof by a key."""

    def prove(key, method, url, token=None):
        claims = {"jti": secrets.token_hex(8), "htm": method, "htu": url, "iat": int(clock.now.timestamp())}
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        public = {name: key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
        return jwt.encode({"typ": "dpop+jwt", "alg": "ES256", "jwk": public}, claims, key)

    return prove


@pytest.fixture
def key():
    return ECKey.import_key(new_private_key("k1"))


def test_a_person_of_customs_gets_a_bound_token_or_none(console, organization, enter, prove, key, client):
    officer = enter(organization("customs"))
    url = f"{BASE}/oauth/token"
    refused = console.exchange(console.code(officer.browser))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    answer = console.exchange(console.code(officer.browser), {"DPoP": prove(key, "POST", url)})
    body = answer.json()
    assert body["token_type"] == "DPoP"
    target = f"{BASE}/v1/organization"
    headers = {
        "Authorization": f"DPoP {body['access_token']}",
        "DPoP": prove(key, "GET", target, body["access_token"]),
    }
    assert client.get("/v1/organization", headers=headers).status_code == 200
    stolen = {"Authorization": f"Bearer {body['access_token']}"}
    assert client.get("/v1/organization", headers=stolen).status_code == 401
    assert console.refresh(body["refresh_token"]).json()["error"] == "invalid_dpop_proof"


def test_a_code_may_be_bound_to_a_key_from_the_beginning(console, member, prove, key):
    url, stranger = f"{BASE}/oauth/token", ECKey.import_key(new_private_key("k2"))
    thumbprint = key.thumbprint()
    for proof, status in (
        (None, 400),
        ({"DPoP": prove(stranger, "POST", url)}, 400),
        ({"DPoP": prove(key, "POST", url)}, 200),
    ):
        code = console.code(member.browser, dpop_jkt=thumbprint)
        assert console.exchange(code, proof).status_code == status
