"""The token endpoint by secret, the server's metadata and its keys."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient
from sqlalchemy import update

from api.house import House
from api.oauth import rooms
from partners.access import ClientOrder, create_client
from partners.client_secrets import SecretChecker
from partners.records.clients import clients, credentials
from partners.settings import Settings

SCOPES = ("listings:read", "listings:write", "matches:read")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REFUSED = {"error": "invalid_client", "error_description": "The client did not prove who it is."}


class CountingChecker(SecretChecker):
    def __init__(self):
        super().__init__()
        self.count = 0

    def check(self, secret, kept):
        self.count += 1
        return super().check(secret, kept)


@pytest.fixture
def house(database, keyring, signer, now):
    return House(
        settings=Settings(),
        database=database,
        keyring=keyring,
        signer=signer,
        registry=SimpleNamespace(ready=True, version=0),
        clock=lambda: now,
        wake=lambda: None,
        secrets=CountingChecker(),
    )


@pytest.fixture
def client(house):
    app = Litestar(
        route_handlers=[rooms],
        dependencies={"house": Provide(lambda: house, sync_to_thread=False)},
        openapi_config=None,
    )
    with TestClient(app, base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def shop(database, now):
    return create_client(
        database, ClientOrder(kind="marketplace", name="Shop", scopes=SCOPES, allowed=SCOPES), now
    )


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def ask(client, authorization=None, form="grant_type=client_credentials", **headers):
    given = FORM | ({"Authorization": authorization} if authorization else {}) | headers
    return client.post("/oauth/token", content=form, headers=given)


def test_a_right_secret_gives_a_token_for_all_registered_scopes(client, shop):
    answer = ask(client, basic(shop.client_id, shop.client_secret))
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 300)
    assert body["scope"].split() == sorted(SCOPES)


def test_a_token_is_verified_by_whoever_knows_the_published_keys(client, shop, now):
    token = ask(client, basic(shop.client_id, shop.client_secret)).json()["access_token"]
    keys = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    read = jwt.decode(token, keys, algorithms=["ES256"])
    assert read.header["typ"] == "at+jwt"
    assert read.claims["iss"] == read.claims["aud"] == "http://localhost:8000"
    assert read.claims["organization_id"] == shop.organization_id
    assert read.claims["exp"] == int((now + timedelta(seconds=300)).timestamp())


def test_two_tokens_have_two_ids(client, shop, signer):
    tokens = [ask(client, basic(shop.client_id, shop.client_secret)).json()["access_token"] for _ in "ab"]
    ids = {jwt.decode(each, signer.public_keys(), algorithms=["ES256"]).claims["jti"] for each in tokens}
    assert len(ids) == 2


def test_no_answer_with_a_token_or_a_refusal_is_stored(client, shop):
    for answer in (ask(client, basic(shop.client_id, shop.client_secret)), ask(client)):
        assert answer.headers["cache-control"] == "no-store"


def test_a_refusal_names_the_scheme_to_use(client):
    assert ask(client).headers["www-authenticate"].startswith('Basic realm="Touchstone"')


def test_whatever_is_wrong_with_a_client_it_gets_the_same_answer(client, shop):
    secret = str(shop.client_secret)
    attempts = {
        "no credentials": None,
        "wrong secret": basic(shop.client_id, secret[:-1] + "!"),
        "secret of another shape": basic(shop.client_id, "password"),
        "unknown client": basic("cli_nobody", secret),
        "no client": basic("", secret),
        "no secret": basic(shop.client_id, ""),
        "unicode secret": basic(shop.client_id, "pässwörd"),
        "colonless": "Basic " + base64.b64encode(shop.client_id.encode()).decode(),
        "not base64": "Basic %%%",
        "not UTF-8": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "NUL in the id": basic(f"{shop.client_id}\x00", secret),
        "NUL by percent": basic(f"{shop.client_id}%00", secret),
        "NUL in the secret": basic(shop.client_id, f"{secret}\x00"),
        "no parameter": "Basic",
        "another scheme": f"Bearer {secret}",
    }
    answers = {name: ask(client, given) for name, given in attempts.items()}
    assert {name: (each.status_code, each.json()) for name, each in answers.items()} == dict.fromkeys(
        attempts, (401, REFUSED)
    )


def test_a_secret_in_the_form_is_the_wrong_way_until_the_client_opts_in(client, shop, database):
    form = f"grant_type=client_credentials&client_id={shop.client_id}&client_secret={shop.client_secret}"
    answer = ask(client, form=form)
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    opt_in = update(clients).values(allows_form_secret=True)
    database.acting("access", lambda connection, _: connection.execute(opt_in))
    assert ask(client, form=form).status_code == 200
    assert ask(client, form=form + "x").json() == REFUSED
    assert ask(client, form=form.replace(shop.client_id, "cli_nobody")).json() == REFUSED
    assert ask(client, form=form.replace(f"client_id={shop.client_id}&", "")).json() == REFUSED


def test_the_client_id_of_the_form_must_be_the_one_that_proves_itself(client, shop):
    form = "grant_type=client_credentials&client_id=cli_other"
    assert ask(client, basic(shop.client_id, shop.client_secret), form).status_code == 401


def test_each_try_of_a_secret_costs_exactly_one_hashing(house, client, shop, database):
    statement = update(clients).values(auth_method="private_key_jwt")
    tries = [basic(shop.client_id, shop.client_secret), basic(shop.client_id, "x"), basic("cli_nobody", "x")]
    for given in tries:
        ask(client, given)
    assert house.secrets.count == 3
    database.acting("access", lambda connection, _: connection.execute(statement))
    assert ask(client, tries[0]).json() == REFUSED
    assert house.secrets.count == 4


def test_malformed_requests_are_refused_in_the_shape_of_rfc_6749(client, shop):
    right = basic(shop.client_id, shop.client_secret)
    many = "&".join(["grant_type=client_credentials", *(f"p{n}=1" for n in range(20))])
    answers = {
        "repeated parameter": ask(client, right, "grant_type=client_credentials&scope=a&scope=b"),
        "JSON body": ask(client, right, '{"grant_type": "x"}', **{"Content-Type": "application/json"}),
        "no content type": client.post("/oauth/token", content=b"a=b", headers={"Authorization": right}),
        "bad UTF-8": ask(client, right, b"grant_type=client_credentials&scope=\xff"),
        "bad UTF-8 by percent": ask(client, right, "grant_type=client_credentials&scope=%ff"),
        "too many fields": ask(client, right, many),
        "no grant type": ask(client, right, "scope=listings:read"),
        "empty grant type": ask(client, right, "grant_type="),
        "two ways at once": ask(
            client, right, f"grant_type=client_credentials&client_secret={shop.client_secret}"
        ),
        "empty": ask(client, right, ""),
    }
    outcomes = {name: (each.status_code, each.json()["error"]) for name, each in answers.items()}
    assert outcomes == dict.fromkeys(answers, (400, "invalid_request"))


def test_a_secret_in_the_query_is_refused(client, shop):
    query = f"?client_id={shop.client_id}&client_secret={shop.client_secret}"
    answer = client.post(f"/oauth/token{query}", content="grant_type=client_credentials", headers=FORM)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_two_authorization_headers_are_refused(client, shop):
    right = basic(shop.client_id, shop.client_secret)
    headers = [*FORM.items(), ("Authorization", right), ("Authorization", right)]
    answer = client.post("/oauth/token", content="grant_type=client_credentials", headers=headers)
    assert answer.status_code in {400, 401}  # some servers join repeated headers with a comma


def test_a_body_of_100_kib_is_too_large(client, shop):
    answer = ask(client, basic(shop.client_id, shop.client_secret), "a=" + "x" * 102_400)
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


def test_the_endpoint_knows_post_only(client):
    assert client.get("/oauth/token").status_code == 405


@pytest.mark.parametrize("grant", ["password", "implicit", 'client_credentials"', "ü"])
def test_other_grants_are_refused_without_an_echo(client, shop, grant):
    answer = ask(client, basic(shop.client_id, shop.client_secret), f"grant_type={grant}")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    assert grant not in answer.text.replace("client_credentials", "")


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_a_program_gets_nothing_in_a_persons_name(client, shop, grant):
    form = f"grant_type={grant}&code=x&refresh_token=x&redirect_uri=x&code_verifier={'x' * 43}"
    answer = ask(client, basic(shop.client_id, shop.client_secret), form)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_scopes_are_all_or_nothing(client, shop):
    right = basic(shop.client_id, shop.client_secret)

    def scope(text):
        answer = ask(client, right, f"grant_type=client_credentials&scope={text}")
        return answer.json().get("scope", answer.json().get("error"))

    assert scope("listings:read") == "listings:read"
    assert scope("matches:read+listings:read") == "listings:read matches:read"
    assert scope("") == " ".join(sorted(SCOPES))
    for refused in (
        "seizures:write",
        "listings:read+seizures:write",
        "%22",
        "listings:read++matches:read",
        "+",
    ):
        assert scope(refused) == "invalid_scope", refused


def test_a_suspended_client_gets_no_token(client, shop, database, now):
    statement = update(clients).values(suspended_at=now)
    database.acting("access", lambda connection, _: connection.execute(statement))
    assert ask(client, basic(shop.client_id, shop.client_secret)).json() == REFUSED


def test_an_expired_secret_is_no_secret(client, shop, database, now):
    statement = update(credentials).values(expires_at=now)
    database.acting("access", lambda connection, _: connection.execute(statement))
    assert ask(client, basic(shop.client_id, shop.client_secret)).json() == REFUSED


def test_no_log_holds_a_token_or_a_secret(client, shop, caplog):
    caplog.set_level(logging.DEBUG)
    token = ask(client, basic(shop.client_id, shop.client_secret)).json()["access_token"]
    ask(client, basic(shop.client_id, "wrong-secret"))
    for kept in (token, str(shop.client_secret), "wrong-secret"):
        assert kept not in caplog.text


def test_the_metadata_name_exactly_what_there_is(client):
    metadata = client.get("/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == "http://localhost:8000"
    assert metadata["token_endpoint"] == "http://localhost:8000/oauth/token"
    assert metadata["jwks_uri"] == "http://localhost:8000/.well-known/jwks.json"
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    assert metadata["grant_types_supported"] == grants
    for endpoint in ("token", "revocation", "introspection"):
        assert metadata[f"{endpoint}_endpoint_auth_methods_supported"] == [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        ]
    assert metadata["revocation_endpoint"] == "http://localhost:8000/oauth/revoke"
    assert metadata["introspection_endpoint"] == "http://localhost:8000/oauth/introspect"
    assert metadata["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA", "Ed25519", "PS256"]


def test_the_issuer_does_not_follow_the_host_header(client):
    metadata = client.get("/.well-known/oauth-authorization-server", headers={"Host": "evil.example"}).json()
    assert "evil" not in str(metadata)


def test_no_private_key_is_published(client):
    keys = client.get("/.well-known/jwks.json").json()["keys"]
    assert len(keys) == 2
    assert all(set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in keys)
