"""Making organizations and clients."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from partners.access import (
    ClientOrder,
    create_client,
    find_client,
    forget_proofs,
    spend,
    spend_key_proof,
)
from partners.client_keys import new_private_key, read_public_keys
from partners.client_secrets import SecretChecker, credential_of
from partners.db import Database
from partners.errors import NotFound, RuleBroken
from partners.records.audit import audit
from partners.records.clients import admit, find_known_client

ALLOWED = ("listings:read", "listings:write")


@pytest.fixture
def create(database, now):
    def make(kind="marketplace", scopes=(), **more):
        order = ClientOrder(kind=kind, name="Acme", scopes=scopes, allowed=ALLOWED, **more)
        return create_client(database, order, now)

    return make


@pytest.fixture
def jwks():
    private = new_private_key("k1")
    return read_public_keys({name: value for name, value in private.items() if name != "d"})


def find(database, client_id, now):
    with database.surveying("access") as connection:
        return find_known_client(connection, client_id, now)


def test_a_client_without_scopes_gets_all_that_its_kind_may_have(create):
    assert create().scopes == ALLOWED


def test_a_client_gets_only_the_scopes_asked_for(create):
    assert create(scopes=["listings:read"]).scopes == ("listings:read",)


def test_a_scope_of_another_kind_is_refused(create):
    with pytest.raises(RuleBroken, match="seizures:write is not a scope of marketplace"):
        create(scopes=["listings:read", "seizures:write"])


def test_customs_without_a_key_are_refused(create):
    with pytest.raises(RuleBroken, match="a secret is not enough"):
        create(kind="customs")


def test_a_client_with_a_key_has_no_secret(create, jwks, database, now):
    made = create(kind="customs", jwks=jwks)
    known = find(database, made.client_id, now)
    assert made.client_secret is None
    assert known.client.auth_method == "private_key_jwt"
    assert [each.jwk for each in known.credentials] == jwks


def test_the_secret_is_kept_only_as_a_hash_that_it_fits(create, database, now):
    made = create()
    [credential] = find(database, made.client_id, now).credentials
    assert credential.secret_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert made.client_secret not in credential.secret_hash
    assert SecretChecker().check(made.client_secret, credential.secret_hash)


def test_a_secret_carries_its_credential_and_a_prefix_for_scanners(create, database, now):
    made = create()
    [credential] = find(database, made.client_id, now).credentials
    assert made.client_secret.startswith("ts_")
    assert credential_of(made.client_secret) == credential.id
    assert len(made.client_secret.split("_", 2)[2]) == 43


def test_a_secret_does_not_show_itself_in_a_traceback(create):
    made = create()
    assert made.client_secret not in repr(made)


def test_a_second_client_joins_its_organization(create):
    first = create()
    second = create(organization_id=first.organization_id)
    assert second.organization_id == first.organization_id
    assert second.client_id != first.client_id


def test_a_client_cannot_join_an_organization_of_another_kind(create):
    first = create()
    with pytest.raises(RuleBroken, match="of kind marketplace"):
        create(kind="rights_holder", organization_id=first.organization_id)


def test_a_client_cannot_join_an_organization_that_does_not_exist(create):
    with pytest.raises(NotFound):
        create(organization_id="org_01arz3ndektsv4rrffq69g5fav")


def test_making_a_client_is_in_the_audit_log(create, database):
    made = create()
    with database.surveying("access") as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.act, row.subject) for row in rows] == [
        ("organization.created", made.organization_id),
        ("client.created", made.client_id),
    ]


def test_an_expired_assertion_is_forgotten_and_a_live_one_is_not(database, now):
    spend(database, "cli_1", "old", now - timedelta(seconds=1))
    spend(database, "cli_1", "live", now + timedelta(seconds=1))
    assert forget_proofs(database, now)
    assert not forget_proofs(database, now)
    assert not spend(database, "cli_1", "live", now + timedelta(seconds=1))


@pytest.mark.parametrize("client_id", ["", "cli_nobody", "cli\x00", "cli\n", "\ud800", "ü"])
def test_odd_client_ids_are_only_unknown(database, now, client_id):
    assert find_client(database, client_id, now) is None


def _spend_both(url, start, results):
    database = Database(url, admit, pool_size=4)
    until = datetime(2036, 1, 1, tzinfo=UTC)
    ids = [f"id {place}" for place in range(10) for _ in range(4)]
    start.wait()
    with ThreadPoolExecutor(4) as pool:
        proofs = list(pool.map(lambda jti: spend_key_proof(database, "k" * 43, jti, until), ids))
        assertions = list(pool.map(lambda jti: spend(database, "cli_1", jti, until), ids))
    database.close()
    results.put((list(zip(ids, proofs, strict=True)), list(zip(ids, assertions, strict=True))))


def test_two_processes_of_the_system_spend_each_id_exactly_once(database_url):
    context = multiprocessing.get_context("spawn")
    results, start = context.Queue(), context.Barrier(2)
    processes = [context.Process(target=_spend_both, args=(database_url, start, results)) for _ in range(2)]
    for process in processes:
        process.start()
    outcomes = [results.get(timeout=90) for _ in processes]
    for process in processes:
        process.join(30)
    for kind in range(2):
        won = sorted(jti for outcome in outcomes for jti, spent in outcome[kind] if spent)
        assert won == [f"id {place}" for place in range(10)]
