"""Audit rows are chained in the order in which they are committed, whoever writes and whoever seals."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from partners.chaining import Sealer, verify
from partners.db import Database
from partners.principal import Principal
from partners.records.audit import audit, record
from partners.records.clients import admit


@pytest.fixture
def write(database, now):
    """Write audit rows of an organization, each in a transaction of its own."""

    def rows(claims, count=1):
        who = Principal(organization_id=claims.organization_id, kind=claims.kind, client_id="cli_1")
        for place in range(count):
            detail = {"n": place}
            database.acting("access", lambda c, _, d=detail: record(c, who, "thing.done", "x", d, now))

    return rows


def test_many_writers_and_two_sealers_make_one_chain(database, database_url, keyring, partner, write, now):
    claims = [partner("marketplace", f"Shop {place}") for place in range(3)]
    other = Database(database_url, admit, pool_size=4)
    sealers = [Sealer(each, keyring, lambda: now) for each in (database, other)]
    done = threading.Event()

    def seal(sealer):
        while not done.is_set():
            sealer.seal()

    with ThreadPoolExecutor(8) as pool:
        sealing = [pool.submit(seal, sealer) for sealer in sealers]
        writing = [pool.submit(write, claims[place % 3], 10) for place in range(6)]
        for each in writing:
            each.result()
        done.set()
        for each in sealing:
            each.result()
    while sealers[0].seal():
        pass
    found = verify(database, keyring)
    other.close()
    assert [(each.sealed, each.unsealed, each.faults) for each in found] == [(20, 0, ())] * 3


def test_a_writer_that_commits_late_is_sealed_later(database, keyring, partner, write, now):
    """On PostgreSQL a row with an older id may become visible after younger ones were sealed."""
    claims, sealer = partner("marketplace", "Shop"), Sealer(database, keyring, lambda: now)
    who = Principal(organization_id=claims.organization_id, kind="marketplace", client_id="slow")
    begun, go = threading.Event(), threading.Event()

    def slowly(connection, _):
        record(connection, who, "thing.slow", "x", {}, now)
        begun.set()
        go.wait(10 if database.dialect == "postgresql" else 0.05)

    thread = threading.Thread(target=lambda: database.acting("access", slowly))
    thread.start()
    begun.wait(10)
    write(claims, 3)
    sealer.seal()
    go.set()
    thread.join()
    sealer.seal()
    assert [found.faults for found in verify(database, keyring)] == [()]
    with database.surveying("sealing") as connection:
        places = connection.execute(select(audit.c.act, audit.c.position).order_by(audit.c.position)).all()
    if database.dialect == "postgresql":
        assert places[-1] == ("thing.slow", 4)
    assert [place for _, place in places] == [1, 2, 3, 4]
