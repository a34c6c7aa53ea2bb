"""What cheats are made of: tokens signed in any way, or in none, and three honest clients."""

from __future__ import annotations

import base64
import json
import secrets
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from msgspec.structs import replace

from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.principal import Claims

SCOPES = ("listings:read", "organization:read")
KEY = ECKey.import_key(new_private_key("k1"))


class Wide(JWSRegistry):
    max_header_length = 100_000


def sign(header, claims, key):
    """Sign anything as it is."""
    registry = Wide(algorithms=[header["alg"]], strict_check_header=False)
    return jwt.encode(header, claims, key, [header["alg"]], registry, None, None)


def raw(header, payload, signature=b"x" * 64):
    """The form of a JWT around any bytes."""
    return ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload, signature)
    )


def deep(before=b"", after=b"", levels=20_000):
    return before + b"[" * levels + b"]" * levels + after


@pytest.fixture(scope="session")
def forge():
    """The tools, and the keys: the client's own, a stranger's under the same kid, one for RS256."""
    return SimpleNamespace(
        sign=sign,
        raw=raw,
        deep=deep,
        key=KEY,
        stranger=ECKey.import_key(new_private_key("k1")),
        rsa=RSAKey.generate_key(2048, {"kid": "k1"}),
        public=OctKey.import_key(json.dumps(KEY.as_dict(private=False))),
    )


@pytest.fixture
def house(house):
    """Nobody is slowed down here: it is the answers that count."""
    unlimited = replace(house.settings, requests_per_s=0, token_requests_per_minute=0)
    return replace(house, settings=unlimited)


@pytest.fixture
def made(database, now):
    """A client with a key, and one with a secret."""

    def make(keyed):
        jwks = read_public_keys(dict(KEY.as_dict(private=False))) if keyed else ()
        order = ClientOrder(kind="marketplace", name="Acme", scopes=SCOPES, allowed=SCOPES, jwks=jwks)
        return create_client(database, order, now)

    return {"key": make(True), "secret": make(False)}


@pytest.fixture
def claims_of():
    """What the access token of a client would say, or something else."""

    def claims(made, **changes):
        given = {
            "client_id": made.client_id,
            "organization_id": made.organization_id,
            "kind": "marketplace",
            "scopes": frozenset(SCOPES),
            "token_id": secrets.token_hex(8),
        }
        return Claims(**(given | changes))

    return claims


@pytest.fixture
def assertion(made, now):
    """Make an assertion of the client with a key; what is changed to None is left out."""
    at = int(now.timestamp())
    client_id = made["key"].client_id

    def make(key=KEY, header=None, **changes):
        claims = {"iss": client_id, "sub": client_id, "aud": "http://localhost:8000"}
        claims |= {"iat": at, "exp": at + 60, "jti": secrets.token_hex(8)} | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return sign({"alg": "ES256", "kid": "k1"} | (header or {}), kept, key)

    return make
