"""Signing keys: made once, sealed, published, and found again after a rotation elsewhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
from joserfc import jws, jwt
from sqlalchemy import select, update

from partners.keyring import Keyring
from partners.records.keys import signing_keys
from partners.signing import Signer, mint_access_token


def test_a_token_is_verified_with_the_published_keys(signer):
    token = signer.sign({"sub": "cli_1"})
    assert jwt.decode(token, signer.public_keys(), algorithms=["ES256"]).claims == {"sub": "cli_1"}


def test_a_token_says_that_it_is_an_access_token_and_names_its_key(signer):
    header = jws.extract_compact(signer.sign({"sub": "cli_1"}).encode()).headers()
    assert header["typ"] == "at+jwt"
    assert signer.knows(header["kid"])


def test_the_next_key_is_published_before_it_signs(signer):
    keys = signer.public_keys().as_dict()["keys"]
    assert len(keys) == 2
    assert all("d" not in key and key["alg"] == "ES256" and key["use"] == "sig" for key in keys)


def test_many_first_starts_make_one_current_key(database, keyring, now):
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: Signer(database, keyring, lambda: now), range(8)))
    assert len({frozenset(key.kid for key in each.public_keys()) for each in signers}) == 1


def test_the_private_key_is_not_readable_in_the_database(database, keyring, signer):
    with database.surveying("keys") as connection:
        rows = connection.execute(select(signing_keys)).all()
    for row in rows:
        private = msgspec.json.decode(keyring.open(bytes(row.ciphertext), f"signing_key:{row.id}"))
        assert private["d"].encode() not in bytes(row.ciphertext)
        assert "d" not in row.public_jwk


def test_another_process_finds_the_same_key(database, keyring, signer, now):
    assert isinstance(keyring, Keyring)
    other = Signer(database, keyring, lambda: now)
    assert jwt.decode(signer.sign({"a": 1}), other.public_keys(), algorithms=["ES256"]).claims == {"a": 1}


def test_a_refresh_sees_a_rotation_but_not_more_often_than_every_two_seconds(database, keyring, now):
    ticks = [0.0]
    signer = Signer(database, keyring, lambda: now, lambda: ticks[0])
    before = {key.kid for key in signer.public_keys()}

    def add(connection, _principal):
        connection.execute(
            update(signing_keys).where(signing_keys.c.state == "next").values(state="previous")
        )

    database.acting("keys", add)
    Signer(database, keyring, lambda: now)  # makes the next key anew
    ticks[0] = 1.0
    signer.refresh()
    assert {key.kid for key in signer.public_keys()} == before
    ticks[0] = 2.5
    signer.refresh()
    assert len({key.kid for key in signer.public_keys()} - before) == 1


def test_the_claims_of_an_access_token_are_those_of_rfc_9068(signer, partner, now):
    claims = partner("customs", scopes=["seizures:write", "flags:read"])
    token = mint_access_token(signer, "https://touchstone.example", claims, now, 300)
    said = jwt.decode(token, signer.public_keys(), algorithms=["ES256"]).claims
    assert said["iss"] == said["aud"] == "https://touchstone.example"
    assert said["sub"] == said["client_id"] == claims.client_id
    assert said["exp"] - said["iat"] == 300
    assert said["scope"] == "flags:read seizures:write"
    assert (said["organization_id"], said["kind"]) == (claims.organization_id, "customs")
