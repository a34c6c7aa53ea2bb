"""OAuth by other people: npm's `oauth4webapi` and `openid-client`, and the client of Authlib."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, OKPKey

from partners.client_keys import new_private_key

PROGRAM = Path(__file__).parent / "oauth_clients.mjs"
BEARER = {"code": "OAUTH_WWW_AUTHENTICATE_CHALLENGE", "status": 401, "scheme": "bearer"}


@pytest.fixture
def service_settings(database_url):
    """On one of the two databases proofs must hold a nonce, on the other they need not."""
    return {"DPOP_NONCE_SECONDS": "300" if database_url.startswith("postgresql") else "0"}


@pytest.fixture
def ed25519():
    return OKPKey.generate_key("Ed25519", {"kid": "k2"}).as_dict(private=True)


def known(credentials):
    """A client with a key, as the programs take it."""
    return {"client_id": credentials.client_id, "private_jwk": credentials.key.private_jwk}


def judge(node, node_modules, service, given):
    """Run the program; when it asks for it, rotate the keys of the service."""
    command = [node, str(PROGRAM), str(node_modules / "judge.js"), json.dumps(given)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        if running.stdout.readline() == "rotate\n":
            rotated = service.run("keys", "rotate", "--signing", "--at-once")
            assert rotated.returncode == 0, rotated.stderr
        said, complaints = running.communicate("\n", timeout=60)
    assert running.returncode == 0, complaints
    return json.loads(said)


def test_the_npm_clients_agree_with_us(node, node_modules, service, ed25519):
    if not (node_modules / "oauth4webapi").is_dir():
        return  # `make setup` has said that no registry of npm was in reach
    shop = service.create_client("marketplace", "Shop")
    customs = service.create_client("customs", "Douane")
    keys = [service.create_client("marketplace", key=key) for key in (new_private_key("k1"), ed25519)]
    given = {
        "issuer": service.base_url,
        "secret_client": {"client_id": shop.client_id, "client_secret": shop.client_secret},
        "key_client": [known(each) for each in keys],
        "customs": known(customs),
    }
    found = judge(node, node_modules, service, given)
    assert found == expected(service, shop)


def expected(service, shop):
    bound = {"code": BEARER["code"], "status": 401, "scheme": "dpop"}
    return {
        "discovery names the issuer": True,
        "a secret gets a bearer token of five minutes": ["bearer", 300],
        "the token opens the API": 200,
        "an outside API reads it": [shop.client_id, service.base_url, True],
        "a token for another audience is refused outside": True,
        "a wrong secret": [401, "invalid_client"],
        "a secret in the form, without opting in": [401, "invalid_client"],
        "a scope that is not owned": [400, "invalid_scope"],
        "another grant": [400, "unsupported_grant_type"],
        "a token that is none": BEARER | {"error": "invalid_token"},
        "a token without the scope": BEARER
        | {"status": 403, "error": "insufficient_scope", "scope": "listings:read"},
        "introspection of a good token": [True, shop.client_id],
        "a revoked token": [False, 401],
        "private_key_jwt by P-256": ["bearer", 200],
        "private_key_jwt by Ed25519": ["bearer", 200],
        "customs without a proof": [400, "invalid_dpop_proof"],
        "DPoP by ES256": ["dpop", 200, "P-256"],
        "DPoP by Ed25519": ["dpop", 200, "Ed25519"],
        "a bound token without its proof, ES256": bound | {"error": "invalid_token"},
        "a bound token without its proof, Ed25519": bound | {"error": "invalid_token"},
        "a bound token with a stranger's proof, ES256": bound | {"error": "invalid_token"},
        "a bound token with a stranger's proof, Ed25519": bound | {"error": "invalid_token"},
        "openid-client: a secret": ["organization:read", 200],
        "openid-client: introspection": True,
        "openid-client: revocation": False,
        "openid-client: a key and DPoP": ["dpop", 200],
        "another key signs after a rotation": True,
        "and it was in the cache before": True,
        "both tokens are read from the cache": [shop.client_id, shop.client_id, True],
        "both tokens open the API": [200, 200],
    }


def test_the_client_of_authlib_agrees_with_us(service, monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    url = f"{service.base_url}/oauth/token"
    shop = service.create_client("marketplace", "Shop")
    by_key = service.create_client("marketplace", key=new_private_key("k1"))
    assertion = PrivateKeyJWT(service.base_url, headers={"kid": "k1"}, alg="ES256")
    for client_id, secret, how in (
        (shop.client_id, shop.client_secret, "client_secret_basic"),
        (by_key.client_id, ECKey.import_key(by_key.key.private_jwk), assertion),
    ):
        session = OAuth2Session(
            client_id, secret, token_endpoint_auth_method=how, revocation_endpoint_auth_method=how
        )
        session.trust_env = False
        token = session.fetch_token(url, grant_type="client_credentials")
        assert token["token_type"] == "Bearer"
        assert session.get(f"{service.base_url}/v1/organization").status_code == 200
        said = session.introspect_token(f"{service.base_url}/oauth/introspect", token=token["access_token"])
        assert said.json()["active"] is True
        session.revoke_token(f"{service.base_url}/oauth/revoke", token=token["access_token"])
        assert session.get(f"{service.base_url}/v1/organization").status_code == 401
