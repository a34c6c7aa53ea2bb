"""Clients with keys and secrets, and what they can do with them."""

from __future__ import annotations

import base64
import secrets
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from api.assertions import ASSERTION_TYPE
from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.principal import Claims
from partners.records.audit import audit

ISSUER = "http://localhost:8000"
SCOPES = ("listings:read", "organization:read", "organization:write")
KEYS = {kid: ECKey.import_key(new_private_key(kid)) for kid in ("k1", "k2", "k3")}


def public(kid):
    return dict(KEYS[kid].as_dict(private=False))


@pytest.fixture
def client_keys():
    """Three private keys by kid, and their public part."""
    return SimpleNamespace(private=KEYS, public=public)


@pytest.fixture
def make_client(database, now):
    def make_client(kind="marketplace", kid="k1", scopes=SCOPES, organization_id=None):
        order = ClientOrder(
            kind=kind,
            name="Acme",
            scopes=scopes,
            allowed=SCOPES,
            organization_id=organization_id,
            jwks=read_public_keys(public(kid)) if kid else (),
        )
        return create_client(database, order, now)

    return make_client


@pytest.fixture
def call(client, token, caller):
    """Call as the `caller` of a module, or as somebody else; in names of headers `_` stands for `-`."""

    def make(method, path, body=None, headers=(), *, who=caller, **named):
        sent = dict(headers) | {name.replace("_", "-"): value for name, value in named.items()}
        return client.request(method, path, json=body, headers=token(who) | sent)

    return make


@pytest.fixture
def call_as(client, token):
    """Call as a client that was made, with all of its scopes or those named."""

    def call_as(made, method, path, body=None, scopes=None, kind="marketplace", **headers):
        claims = Claims(
            client_id=made.client_id,
            organization_id=made.organization_id,
            kind=kind,
            scopes=frozenset(made.scopes if scopes is None else scopes),
            token_id=secrets.token_hex(8),
        )
        given = token(claims) | {name.replace("_", "-"): value for name, value in headers.items()}
        return client.request(method, path, json=body, headers=given)

    return call_as


@pytest.fixture
def prove_by_key(client, now):
    """Ask for a token by a key; returns the status."""

    def prove_by_key(made, kid, at=client):
        issued = int(now.timestamp())
        claims = {"iss": made.client_id, "sub": made.client_id, "aud": ISSUER, "jti": secrets.token_hex(8)}
        assertion = jwt.encode({"alg": "ES256", "kid": kid}, claims | {"exp": issued + 60}, KEYS[kid])
        form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return at.post("/oauth/token", data={"grant_type": "client_credentials", **form}).status_code

    return prove_by_key


@pytest.fixture
def prove_by_secret(client):
    def prove_by_secret(client_id, secret, in_form=False):
        form = {"grant_type": "client_credentials"}
        if in_form:
            form |= {"client_id": client_id, "client_secret": secret}
            return client.post("/oauth/token", data=form).status_code
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        return client.post("/oauth/token", data=form, headers={"Authorization": f"Basic {pair}"}).status_code

    return prove_by_secret


@pytest.fixture
def client_acts(database):
    def read(prefix="client."):
        with database.surveying("access") as connection:
            found = connection.scalars(select(audit.c.act).order_by(audit.c.id)).all()
        return [act for act in found if act.startswith(prefix)]

    return read
