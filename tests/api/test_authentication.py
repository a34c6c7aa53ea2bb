"""Which way a client may prove itself, and that an assertion is good once, in all processes together."""

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import update

from api.assertions import ASSERTION_TYPE
from api.authentication import authenticate
from api.grants import ClientRefused
from api.house import House
from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.client_secrets import hash_secret, make_secret
from partners.db import Database
from partners.records.clients import Credential, add_credential, admit, clients
from partners.settings import Settings

PRIVATE = new_private_key("k1")
SCOPES = ("seizures:write",)


@pytest.fixture
def house_of(keyring, signer, now):
    def make(database):
        return House(
            settings=Settings(),
            database=database,
            keyring=keyring,
            signer=signer,
            registry=SimpleNamespace(ready=True, version=0),
            clock=lambda: now,
            wake=lambda: None,
        )

    return make


@pytest.fixture
def customs(database, now):
    jwks = read_public_keys({name: value for name, value in PRIVATE.items() if name != "d"})
    order = ClientOrder(kind="customs", name="Customs", scopes=(), allowed=SCOPES, jwks=jwks)
    return create_client(database, order, now)


@pytest.fixture
def form(customs, now):
    """The form of one token request; the same jti each time unless it is named."""

    def make(jti="once", **changes):
        at = int(now.timestamp())
        claims = {"iss": customs.client_id, "sub": customs.client_id, "aud": "http://localhost:8000"}
        claims |= {"jti": jti, "iat": at, "exp": at + 60}
        assertion = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, ECKey.import_key(PRIVATE))
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion} | changes

    return make


def test_a_key_proves_its_client(house_of, database, customs, form):
    assert authenticate(house_of(database), form(), {}).client.id == customs.client_id


def test_an_assertion_is_good_once(house_of, database, form):
    house = house_of(database)
    authenticate(house, form(), {})
    authenticate(house, form(jti="another"), {})
    with pytest.raises(ClientRefused):
        authenticate(house, form(), {})


def test_of_twenty_copies_in_two_processes_exactly_one_is_accepted(house_of, database, database_url, form):
    other = Database(database_url, admit, pool_size=8)
    houses = [house_of(database), house_of(other)]
    copy = form()

    def attempt(place):
        try:
            return bool(authenticate(houses[place % 2], copy, {}))
        except ClientRefused:
            return False

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(attempt, range(20)))
    other.close()
    assert sorted(outcomes) == [False] * 19 + [True]


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "cli_other"}, {"client_assertion_type": "urn:other"}, {"client_assertion_type": ""}],
    ids=["client_id", "type", "no type"],
)
def test_the_form_must_fit_the_assertion(house_of, database, form, changes):
    with pytest.raises(ClientRefused):
        authenticate(house_of(database), form(**changes), {})


def test_customs_are_refused_a_secret_even_where_one_is_registered(house_of, database, customs, now):
    credential_id, secret = make_secret()
    credential = Credential(
        id=credential_id,
        client_id=customs.client_id,
        kind="secret",
        secret_hash=hash_secret(secret),
        created_at=now,
    )
    secretly = update(clients).values(auth_method="client_secret_basic")
    database.acting("access", lambda connection, _: add_credential(connection, credential))
    database.acting("access", lambda connection, _: connection.execute(secretly))
    encoded = f"{customs.client_id}:{secret}".encode()
    header = "Basic " + b64encode(encoded).decode()
    with pytest.raises(ClientRefused):
        authenticate(house_of(database), {}, {"authorization": header})


def test_a_client_with_a_secret_cannot_use_a_key(house_of, database, form):
    statement = update(clients).values(auth_method="client_secret_basic")
    database.acting("access", lambda connection, _: connection.execute(statement))
    with pytest.raises(ClientRefused):
        authenticate(house_of(database), form(), {})


def test_a_suspended_client_proves_nothing(house_of, database, form, now):
    statement = update(clients).values(suspended_at=now)
    database.acting("access", lambda connection, _: connection.execute(statement))
    with pytest.raises(ClientRefused):
        authenticate(house_of(database), form(), {})
