"""Client records: who may ask for tokens, and an assertion that is spent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from partners.db import Database
from partners.errors import Unauthorized
from partners.records.clients import (
    Credential,
    add_credential,
    admit,
    clients,
    find_known_client,
    forget_expired,
    revoked_tokens,
    spend_assertion,
)
from partners.records.organizations import organizations


@pytest.fixture
def known(database, now):
    def find(client_id):
        with database.surveying("access") as connection:
            return find_known_client(connection, client_id, now)

    return find


@pytest.fixture
def change(database):
    def make(statement):
        database.acting("access", lambda connection, _: connection.execute(statement))

    return make


def test_a_client_is_known_with_its_kind_and_live_credentials(database, partner, known, now):
    claims = partner("marketplace", scopes=["listings:read"])

    def add(connection, _principal):
        for name, expires_at in [("a", None), ("b", now + timedelta(hours=1)), ("c", now)]:
            add_credential(
                connection,
                Credential(
                    id=f"crd_{name}",
                    client_id=claims.client_id,
                    kind="secret",
                    secret_hash=name,
                    created_at=now,
                    expires_at=expires_at,
                ),
            )

    database.acting("access", add)
    found = known(claims.client_id)
    assert (found.kind, found.client.scopes) == ("marketplace", ("listings:read",))
    assert sorted(each.id for each in found.credentials) == ["crd_a", "crd_b"]


def test_an_unknown_client_is_not_known(known):
    assert known("cli_nobody") is None


def test_a_suspended_client_is_not_known(partner, known, change, now):
    claims = partner("marketplace")
    change(update(clients).values(suspended_at=now))
    assert known(claims.client_id) is None


def test_a_client_of_a_suspended_organization_is_not_known(partner, known, change, now):
    claims = partner("marketplace")
    change(update(organizations).values(suspended_at=now))
    assert known(claims.client_id) is None


def test_a_revoked_token_is_not_admitted(database, partner, change, now):
    claims = partner("marketplace")
    change(insert(revoked_tokens).values(token_id=claims.token_id, expires_at=now))
    with pytest.raises(Unauthorized), database.reading(claims):
        pass


def test_of_twenty_tries_from_two_processes_one_spends_the_assertion(database, database_url, now):
    other = Database(database_url, admit, pool_size=8)

    def spend(place):
        door = (database, other)[place % 2]
        return door.acting("access", lambda connection, _: spend_assertion(connection, "cli", "jti", now))

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(spend, range(20)))
    other.close()
    assert sorted(outcomes) == [False] * 19 + [True]


def test_the_same_id_of_another_client_is_another_assertion(database, now):
    def spend(client_id):
        return database.acting(
            "access", lambda connection, _: spend_assertion(connection, client_id, "jti", now)
        )

    assert spend("cli_a")
    assert spend("cli_b")


def test_what_has_expired_is_forgotten(database, now):
    def work(connection, _principal):
        spend_assertion(connection, "cli", "old", now - timedelta(seconds=1))
        spend_assertion(connection, "cli", "new", now + timedelta(seconds=1))
        return forget_expired(connection, now), spend_assertion(connection, "cli", "new", now)

    assert database.acting("access", work) == (1, False)
