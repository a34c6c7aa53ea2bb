"""Taking tokens back (RFC 7009) and asking what they are (RFC 7662)."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from partners.access import ClientOrder, create_client
from partners.principal import Claims
from partners.records.audit import audit
from partners.records.clients import clients

SCOPES = ("organization:read",)
ENDPOINTS = ("/oauth/revoke", "/oauth/introspect")


@pytest.fixture
def shop(database, now):
    return create_client(
        database, ClientOrder(kind="marketplace", name="Shop", scopes=SCOPES, allowed=SCOPES), now
    )


@pytest.fixture
def rival(database, now):
    return create_client(
        database, ClientOrder(kind="marketplace", name="Rival", scopes=SCOPES, allowed=SCOPES), now
    )


def basic(made):
    pair = f"{made.client_id}:{made.client_secret}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


@pytest.fixture
def take(client):
    def take(made):
        form = {"grant_type": "client_credentials"}
        return client.post("/oauth/token", data=form, headers=basic(made)).json()["access_token"]

    return take


@pytest.fixture
def send(client):
    def send(path, made, token, **more):
        return client.post(path, data={"token": token, **more}, headers=basic(made))

    return send


def use(client, token):
    return client.get("/v1/organization", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_good_token_is_described_to_its_own_client(send, shop, take, now):
    answer = send("/oauth/introspect", shop, take(shop))
    said = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (said["active"], said["client_id"], said["token_type"]) == (True, shop.client_id, "Bearer")
    assert (said["scope"], said["organization_id"]) == ("organization:read", shop.organization_id)
    assert said["iss"] == said["aud"] == "http://localhost:8000"
    assert (said["iat"], said["exp"]) == (int(now.timestamp()), int(now.timestamp()) + 300)


def test_a_bound_token_names_its_key(send, shop, mint, now):
    claims = Claims(
        client_id=shop.client_id,
        organization_id=shop.organization_id,
        kind="marketplace",
        scopes=frozenset(SCOPES),
        token_id="t1",
        bound_to="thumbprint",
    )
    said = send("/oauth/introspect", shop, mint(claims)).json()
    assert (said["token_type"], said["cnf"]) == ("DPoP", {"jkt": "thumbprint"})


def test_a_token_taken_back_opens_nothing_from_then_on(client, send, shop, take, database):
    token, other = take(shop), take(shop)
    assert use(client, token) == 200
    answer = send("/oauth/revoke", shop, token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [use(client, token), use(client, other)] == [401, 200]
    assert send("/oauth/introspect", shop, token).json() == {"active": False}
    with database.surveying("access") as connection:
        acts = connection.scalars(select(audit.c.act)).all()
    assert acts.count("token.revoked") == 1


def test_taking_back_twice_is_as_good_as_once(send, shop, take, database):
    token = take(shop)
    assert [send("/oauth/revoke", shop, token).status_code for _ in range(2)] == [200, 200]


def test_whoever_uses_a_token_after_it_was_taken_back_is_refused(client, send, shop, take):
    """Revocation against use: what is answered after the 200 of the revocation is a 401, without delay."""
    token = take(shop)
    with ThreadPoolExecutor(5) as pool:
        used = [pool.submit(use, client, token) for _ in range(12)]
        assert send("/oauth/revoke", shop, token).status_code == 200
        late = [pool.submit(use, client, token) for _ in range(12)]
        assert {each.result() for each in used} <= {200, 401}
        assert {each.result() for each in late} == {401}


def test_somebody_else_s_token_is_inactive_and_stays_good(client, send, shop, rival, take):
    token = take(shop)
    assert send("/oauth/introspect", rival, token).json() == {"active": False}
    assert send("/oauth/revoke", rival, token).status_code == 200
    assert use(client, token) == 200


def test_what_is_no_good_token_is_inactive_and_no_error(send, shop, take, mint, now, database):
    claims = Claims(
        client_id=shop.client_id,
        organization_id=shop.organization_id,
        kind="marketplace",
        scopes=frozenset(SCOPES),
        token_id="t1",
    )
    header, payload, signature = take(shop).split(".")
    tokens = {
        "expired": mint(claims, at=now - timedelta(hours=1)),
        "of another issuer": mint(claims, issuer="https://other.example"),
        "stripped": f"{header}.{payload}.",
        "changed": f"{header}.{payload[:-2]}.{signature}",
        "junk": "junk",
        "large": "x" * 20_000,
        "not ASCII": "tökén",
    }
    said = {name: send("/oauth/introspect", shop, token).json() for name, token in tokens.items()}
    assert said == {name: {"active": False} for name in tokens}
    done = {name: send("/oauth/revoke", shop, token).status_code for name, token in tokens.items()}
    assert done == dict.fromkeys(tokens, 200)


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "of another world"])
def test_a_hint_is_read_by_nobody(client, send, shop, take, hint):
    token = take(shop)
    assert send("/oauth/introspect", shop, token, token_type_hint=hint).json()["active"]
    assert send("/oauth/revoke", shop, token, token_type_hint=hint).status_code == 200
    assert use(client, token) == 401


@pytest.mark.parametrize("path", ENDPOINTS)
def test_nobody_is_answered_who_does_not_prove_who_they_are(client, shop, take, path):
    token = take(shop)
    wrong = {"Authorization": "Basic " + base64.b64encode(f"{shop.client_id}:x".encode()).decode()}
    for headers in ({}, wrong, {"Authorization": f"Bearer {token}"}):
        answer = client.post(path, data={"token": token}, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert use(client, token) == 200


@pytest.mark.parametrize("path", ENDPOINTS)
def test_malformed_requests_keep_the_shape_of_rfc_6749(client, send, shop, path):
    answers = {
        "no token": client.post(path, data={"hint": "x"}, headers=basic(shop)),
        "empty token": send(path, shop, ""),
        "JSON": client.post(path, json={"token": "x"}, headers=basic(shop)),
        "in the query": client.post(f"{path}?token=x", data={"token": "x"}, headers=basic(shop)),
        "twice": client.post(
            path,
            content=b"token=a&token=b",
            headers=basic(shop) | {"Content-Type": "application/x-www-form-urlencoded"},
        ),
    }
    assert {
        name: (each.status_code, each.json()["error"]) for name, each in answers.items()
    } == dict.fromkeys(answers, (400, "invalid_request"))
    assert client.get(path).status_code == 405


def test_a_suspended_client_s_token_is_inactive_for_nobody_can_ask(client, send, shop, take, database, now):
    token = take(shop)
    statement = update(clients).where(clients.c.id == shop.client_id).values(suspended_at=now)
    database.acting("access", lambda connection, _: connection.execute(statement))
    assert use(client, token) == 401
    assert send("/oauth/introspect", shop, token).status_code == 401
