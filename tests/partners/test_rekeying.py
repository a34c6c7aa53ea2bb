"""Data and index keys rotate while partners go on: everything opens, everybody is still met."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from partners.db import Database
from partners.enrolling import delete_seller
from partners.errors import Conflict
from partners.keys import KeyringFollower, open_keyring
from partners.records.clients import admit
from partners.records.keys import list_data_keys
from partners.records.links import find_linked
from partners.records.people import (
    Identity,
    Person,
    add_person,
    email_index,
    find_person,
    open_identity,
    person_keys,
    seal_identity,
)
from partners.records.schema import metadata
from partners.records.sealed import SEALED
from partners.records.sellers import get_seller, seller_keys, sellers
from partners.rekeying import GRACE, Rekeying, begin_rekeying, look_at_keys

MASTER = b"m" * 32
# Bytes that are no ciphertext of ours: indexes, hashes, keys under the master key, seals over other rows.
UNSEALED = {
    "master_checks.value",
    "data_keys.ciphertext",
    "kept_answers.sealed",  # forgotten sooner than an old key
    "seller_keys.key",
    "seizure_keys.key",
    "endpoints.challenge",
    "events.body",
    "events.body_sha256",
    "endpoint_secrets.public_key",
    "market_lessons.lesson",
    "job_lines.given",  # an old key stays, and opens them
    "job_lines.answer",
    "person_keys.key",
    "sessions.challenge",
    "invitations.email_key",
    "sign_in_failures.key",
    "audit.chain",
    "audit_chains.chain",
    "audit_chains.first_chain",
    "audit_chains.first_seal",
}


@pytest.fixture
def rekeying(database, keyring, now):
    """A worker whose clock a test may put forward, and its process' look at the keys."""

    class Worker:
        at = now
        follower = KeyringFollower(database, MASTER, keyring)
        job = Rekeying(database, keyring, lambda: Worker.at)

        def step(self):
            """Work until it rests; then look at the keys and let the rest go by."""
            while self.job.work():
                pass
            self.follower.follow()
            Worker.at += GRACE

        @property
        def phase(self):
            under_way = look_at_keys(database).rekeying
            return under_way and under_way.document["phase"]

    return Worker()


@pytest.fixture
def count(database):
    def rows(table):
        with database.surveying("keys") as connection:
            return connection.scalar(select(func.count()).select_from(table))

    return rows


def versions(database):
    with database.surveying("keys") as connection:
        found = [
            bytes(sealed)[0]
            for place in SEALED
            for sealed in connection.scalars(select(place.table.c[place.column]))
            if sealed
        ]
        return set(found)


def test_every_column_of_bytes_is_rekeyed_or_named_as_no_ciphertext():
    binary = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.type.python_type is bytes
    }
    assert binary == UNSEALED | {f"{place.table.name}.{place.column}" for place in SEALED}


def test_all_is_sealed_anew_and_everybody_is_met_in_each_phase(
    database, desk, rekeying, enroll, seize, seizure_report, bright, partner, signer, count, flags_of, now
):
    shop, other = partner("marketplace", "Shop"), partner("marketplace", "Other")
    customs = partner("customs", "Douane")
    first = enroll(shop, "S-1", bright)
    seize(customs, seizure_report("FR-1"))
    begin_rekeying(database, MASTER, now)
    plain = count(seller_keys)
    seen = []
    while (phase := rekeying.phase) is not None:
        seen.append(phase)
        # whatever the phase: a new account of the same seller is recognized, and earlier seizures are met
        again = enroll(other, f"S-{phase}", bright)
        with database.reading(other) as (connection, principal):
            kept = get_seller(connection, principal, again.seller.id)
        assert kept.pseudonym == first.seller.pseudonym, phase
        assert flags_of(), phase
        with database.surveying("tracing") as connection:
            assert find_linked(connection, [kept.id]) == {kept.id}, phase
        rekeying.step()
    assert list(dict.fromkeys(seen)) == ["spreading", "sealing", "stopping", "clearing"]
    assert versions(database) == {2}
    assert count(seller_keys) == plain * (1 + len(set(seen)))
    with database.surveying("keys") as connection:
        states = {(key.purpose, key.version): key.state for key in list_data_keys(connection)}
    assert states == {
        ("audit", 1): "current",
        ("data", 1): "previous",
        ("data", 2): "current",
        ("index", 2): "current",
    }


def test_a_process_that_starts_in_the_middle_reads_what_the_others_wrote(
    database, database_url, desk, rekeying, enroll, bright, partner, now
):
    shop = partner("marketplace", "Shop")
    begin_rekeying(database, MASTER, now)
    for place in range(12):
        enroll(shop, f"S-{place}", bright)
        other = Database(database_url, admit, 2)
        ring = open_keyring(other, MASTER, now)
        with other.surveying("keys") as connection:
            for row in connection.execute(select(sellers.c.id, sellers.c.party)):
                ring.open(bytes(row.party), f"seller:{row.id}")
        other.close()
        rekeying.step()
    assert rekeying.phase is None


def test_nobody_seals_by_a_key_before_all_had_time_to_learn_of_it(database, keyring, rekeying, now):
    begin_rekeying(database, MASTER, now)
    while rekeying.job.work():
        pass
    rekeying.follower.follow()
    assert (keyring.sealing_version, keyring.index_versions) == (1, (1,))
    type(rekeying).at += GRACE - timedelta(seconds=1)
    rekeying.job.work()
    rekeying.follower.follow()
    assert keyring.sealing_version == 1


def test_a_worker_that_has_not_looked_yet_waits(database, keyring, rekeying, enroll, bright, partner, now):
    enroll(partner("marketplace", "Shop"), "S-1", bright)
    begin_rekeying(database, MASTER, now)
    for _ in range(4):
        while rekeying.job.work():
            pass
        type(rekeying).at += GRACE
    assert rekeying.phase == "sealing"
    assert versions(database) == {1}


def test_the_forgotten_stay_forgotten(database, desk, rekeying, enroll, bright, partner, count, now):
    shop = partner("marketplace", "Shop")
    enroll(shop, "S-1", bright)
    delete_seller(desk, shop, "S-1", now)
    assert count(seller_keys) == 0
    begin_rekeying(database, MASTER, now)
    while rekeying.phase:
        rekeying.step()
    assert count(seller_keys) == 0


def test_people_are_found_in_each_phase_and_sealed_anew(database, keyring, rekeying, partner, now):
    identity, who = Identity(email="ann@acme.example", subject="https://id.example u-1"), partner("customs")
    person = Person(
        id="per_1",
        organization_id=who.organization_id,
        role="admin",
        document=seal_identity(keyring, "per_1", identity),
        created_at=now,
    )
    database.acting("access", lambda connection, _: add_person(connection, keyring, person))
    begin_rekeying(database, MASTER, now)
    counts = []
    while rekeying.phase:
        rekeying.step()
        with database.surveying("access") as connection:
            found = find_person(connection, email_index(keyring, "Ann@acme.example"))
            counts.append(connection.execute(select(func.count()).select_from(person_keys)).scalar_one())
        assert open_identity(keyring, found) == identity
    assert found.document[0] == 2  # the version of the new key
    assert (max(counts), counts[-1]) == (4, 2)


def test_one_rotation_at_a_time(database, keyring, now):
    begin_rekeying(database, MASTER, now)
    with pytest.raises(Conflict, match="not done yet"):
        begin_rekeying(database, MASTER, now)


def test_a_second_rotation_follows_the_first(database, rekeying, enroll, bright, partner, now):
    enroll(partner("marketplace", "Shop"), "S-1", bright)
    for version in (2, 3):
        begin_rekeying(database, MASTER, now)
        while rekeying.phase:
            rekeying.step()
        assert versions(database) == {version}
