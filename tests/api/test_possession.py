"""Bound tokens end to end: what customs get, what each use needs; and a proof is good once, everywhere."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from api.assertions import ASSERTION_TYPE
from api.proofs import hash_token
from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.db import Database
from partners.records.clients import admit

ISSUER = "http://localhost:8000"
TOKEN_URL = f"{ISSUER}/oauth/token"
SCOPES = ("flags:read", "organization:read")
PRIVATE = ECKey.import_key(new_private_key("k1"))
BINDING, STOLEN = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")


@pytest.fixture
def make(database, now):
    """Make a client with a key; customs unless named otherwise."""

    def make(kind="customs", dpop_bound=False):
        jwks = read_public_keys(dict(PRIVATE.as_dict(private=False)))
        order = ClientOrder(
            kind=kind, name="Acme", scopes=(), allowed=SCOPES, jwks=jwks, dpop_bound=dpop_bound
        )
        return create_client(database, order, now)

    return make


@pytest.fixture
def prove(now):
    """Make the proof of one request; claims given replace the usual ones, None leaves one out."""

    def prove(method, url, token=None, key=BINDING, **changes):
        claims = {
            "jti": secrets.token_hex(8),
            "htm": method,
            "htu": url,
            "iat": int(now.timestamp()),
            "ath": hash_token(token) if token else None,
        } | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
        return jwt.encode(header, kept, key, algorithms=["ES256"])

    return prove


@pytest.fixture
def form(now):
    def make(client_id, **changes):
        at = int(now.timestamp())
        claims = {"iss": client_id, "sub": client_id, "aud": ISSUER, "jti": secrets.token_hex(8)}
        assertion = jwt.encode({"alg": "ES256", "kid": "k1"}, claims | {"iat": at, "exp": at + 60}, PRIVATE)
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        } | changes

    return make


@pytest.fixture
def take(client, form, prove):
    """Take a token bound to BINDING."""

    def take(made):
        headers = {"DPoP": prove("POST", TOKEN_URL)}
        return client.post("/oauth/token", data=form(made.client_id), headers=headers)

    return take


def ask(client, token, *proofs, scheme="DPoP", path="/v1/organization", method="GET", **headers):
    sent = [("Authorization", f"{scheme} {token}"), *(("DPoP", proof) for proof in proofs), *headers.items()]
    return client.request(method, path, headers=sent)


def test_customs_get_tokens_that_are_bound_to_their_proof(client, make, take, signer):
    answer = take(make()).json()
    claims = jwt.decode(answer["access_token"], signer.public_keys(), algorithms=["ES256"]).claims
    assert answer["token_type"] == "DPoP"
    assert claims["cnf"] == {"jkt": BINDING.thumbprint()}


@pytest.mark.parametrize("kind", ["customs", "marketplace"])
def test_a_bound_client_without_proof_is_told_so_once_it_has_proved_itself(client, make, form, kind):
    made = make(kind, dpop_bound=kind != "customs")
    answer = client.post("/oauth/token", data=form(made.client_id))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
    wrong = form(made.client_id)["client_assertion"][:-4] + "AAAA"
    unproved = client.post("/oauth/token", data=form(made.client_id, client_assertion=wrong))
    assert (unproved.status_code, unproved.json()["error"]) == (401, "invalid_client")


def test_others_may_have_either_kind_of_token(client, make, form, take, signer):
    made = make("marketplace")
    plain = client.post("/oauth/token", data=form(made.client_id)).json()
    assert plain["token_type"] == "Bearer"
    assert take(made).json()["token_type"] == "DPoP"
    claims = jwt.decode(plain["access_token"], signer.public_keys(), algorithms=["ES256"]).claims
    assert "cnf" not in claims


def test_each_bad_proof_of_a_token_request_is_a_400(client, make, form, prove, now):
    made = make()
    used = prove("POST", TOKEN_URL)
    first = client.post("/oauth/token", data=form(made.client_id), headers={"DPoP": used})
    assert first.status_code == 200
    cases = {
        "used before": [used],
        "two": [prove("POST", TOKEN_URL), prove("POST", TOKEN_URL)],
        "another method": [prove("GET", TOKEN_URL)],
        "another URL": [prove("POST", f"{ISSUER}/oauth/revoke")],
        "old": [prove("POST", TOKEN_URL, iat=int(now.timestamp()) - 3600)],
        "junk": ["junk"],
        "empty": [""],
    }
    outcomes = {}
    for name, proofs in cases.items():
        headers = [("DPoP", proof) for proof in proofs]
        answer = client.post("/oauth/token", data=form(made.client_id), headers=headers)
        outcomes[name] = (answer.status_code, answer.json()["error"])
    assert outcomes == dict.fromkeys(cases, (400, "invalid_dpop_proof"))


def test_a_bound_token_opens_with_each_honest_proof(client, make, take, prove, now):
    token = take(make()).json()["access_token"]
    url, at = f"{ISSUER}/v1/organization", int(now.timestamp())
    honest = {
        "plain": ask(client, token, prove("GET", url, token)),
        "iat 10 s ahead": ask(client, token, prove("GET", url, token, iat=at + 10)),
        "iat 10 s ago": ask(client, token, prove("GET", url, token, iat=at - 10)),
        "htu with a query": ask(client, token, prove("GET", url + "?x=1", token)),
        "upper-case host": ask(client, token, prove("GET", url.replace("localhost", "LOCALHOST"), token)),
        "upper-case scheme": ask(client, token, prove("GET", url.replace("http", "HTTP"), token)),
        "extra claims": ask(client, token, prove("GET", url, token, purpose="test")),
        "lower-case scheme of the header": ask(client, token, prove("GET", url, token), scheme="dpop"),
        "HEAD": ask(client, token, prove("HEAD", url, token), method="HEAD"),
        "a Host header that lies": ask(client, token, prove("GET", url, token), Host="evil.example"),
    }
    assert {name: answer.status_code for name, answer in honest.items()} == dict.fromkeys(honest, 200)


def test_a_bound_token_opens_nothing_without_its_proof(client, make, take, prove, form, now):
    token = take(make()).json()["access_token"]
    other = client.post(
        "/oauth/token", data=form(make().client_id), headers={"DPoP": prove("POST", TOKEN_URL, key=STOLEN)}
    ).json()["access_token"]
    url, at = f"{ISSUER}/v1/organization", int(now.timestamp())
    used = prove("GET", url, token)
    assert ask(client, token, used).status_code == 200
    refused = {
        "missing proof": ask(client, token),
        "two proofs": ask(client, token, prove("GET", url, token), prove("GET", url, token)),
        "used proof": ask(client, token, used),
        "upper-cased proof": ask(client, token, prove("GET", url, token).upper()),
        "no ath": ask(client, token, prove("GET", url)),
        "ath of another token": ask(client, token, prove("GET", url, other)),
        "wrong key": ask(client, token, prove("GET", url, token, key=STOLEN)),
        "wrong method": ask(client, token, prove("POST", url, token)),
        "wrong path": ask(client, token, prove("GET", f"{ISSUER}/v1/flags", token)),
        "htu of the Host header": ask(
            client, token, prove("GET", "http://evil.example/v1/organization", token), Host="evil.example"
        ),
        "iat an hour ago": ask(client, token, prove("GET", url, token, iat=at - 3600)),
        "iat in an hour": ask(client, token, prove("GET", url, token, iat=at + 3600)),
        "Bearer downgrade": ask(client, token, scheme="Bearer"),
        "Bearer with a proof": ask(client, token, prove("GET", url, token), scheme="Bearer"),
        "HEAD by a proof of GET": ask(client, token, prove("GET", url, token), method="HEAD"),
        "token in the query": client.get(f"/v1/organization?access_token={token}"),
    }
    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(refused, 401)
    for name, answer in refused.items():
        if name != "token in the query":
            assert answer.headers["www-authenticate"].startswith('DPoP realm="touchstone", error="'), name
    assert 'error="invalid_token"' in refused["Bearer downgrade"].headers["www-authenticate"]
    assert 'error="invalid_dpop_proof"' in refused["used proof"].headers["www-authenticate"]


def test_a_token_that_is_not_bound_is_no_dpop_token(client, partner, token, prove):
    plain = token(partner("customs", scopes=SCOPES))["Authorization"].removeprefix("Bearer ")
    proof = prove("GET", f"{ISSUER}/v1/organization", plain)
    assert ask(client, plain, proof).status_code == 401
    assert ask(client, plain, scheme="bearer").status_code == 200


def test_a_missing_scope_is_told_in_the_scheme_of_the_token(client, make, take, prove):
    token = take(make()).json()["access_token"]
    answer = ask(client, token, prove("GET", f"{ISSUER}/v1/events", token), path="/v1/events")
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"].startswith(
        'DPoP realm="touchstone", error="insufficient_scope"'
    )


def test_a_proof_names_the_path_as_it_was_sent(client, make, take, prove):
    token = take(make()).json()["access_token"]
    proof = prove("GET", f"{ISSUER}/v1/flags/a%2fb", token)
    assert ask(client, token, proof, path="/v1/flags/a%2Fb").status_code == 404


def test_where_nonces_are_asked_for_a_fresh_one_is_given(house, make, form, prove, now):
    made = make()
    asking = replace(house, settings=replace(house.settings, dpop_nonce_seconds=60))
    with TestClient(create_app(asking)) as client:
        url = f"{ISSUER}/v1/organization"
        refused = client.post(
            "/oauth/token", data=form(made.client_id), headers={"DPoP": prove("POST", TOKEN_URL)}
        )
        nonce = refused.headers["dpop-nonce"]
        assert (refused.status_code, refused.json()["error"]) == (400, "use_dpop_nonce")
        headers = {"DPoP": prove("POST", TOKEN_URL, nonce=nonce)}
        token = client.post("/oauth/token", data=form(made.client_id), headers=headers).json()["access_token"]
        unfresh = ask(client, token, prove("GET", url, token))
        assert unfresh.status_code == 401
        assert 'error="use_dpop_nonce"' in unfresh.headers["www-authenticate"]
        assert unfresh.headers["dpop-nonce"] == nonce
        assert ask(client, token, prove("GET", url, token, nonce=nonce)).status_code == 200
    later = replace(asking, clock=lambda: now + timedelta(seconds=120))
    with TestClient(create_app(later)) as client:
        at = int(now.timestamp()) + 120
        stale = ask(client, token, prove("GET", url, token, nonce=nonce, iat=at))
        assert stale.headers["dpop-nonce"] != nonce


def test_of_twenty_copies_of_a_proof_in_two_houses_exactly_one_is_accepted(
    house, database_url, make, take, prove
):
    token = take(make()).json()["access_token"]
    proof = prove("GET", f"{ISSUER}/v1/organization", token)
    other = Database(database_url, admit, pool_size=8)
    with (
        TestClient(create_app(house)) as one,
        TestClient(create_app(replace(house, database=other))) as two,
        ThreadPoolExecutor(20) as pool,
    ):
        answers = list(pool.map(lambda place: ask([one, two][place % 2], token, proof), range(20)))
    other.close()
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
