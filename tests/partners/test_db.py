from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import func, select

from partners.db import UTC, upsert
from partners.errors import Unauthorized
from partners.records.clients import revoked_tokens
from partners.records.feeds import feeds
from partners.records.organizations import add_organization, get_organization, organizations


def count(database):
    with database.surveying("access") as connection:
        return connection.scalar(select(func.count()).select_from(organizations))


def test_a_committed_write_is_read_back_by_a_later_transaction(database, now):
    made = database.acting("access", lambda c, _: add_organization(c, "customs", "Douane", now))
    with database.surveying("access") as connection:
        assert get_organization(connection, made.id) == made


def test_an_error_rolls_back_its_own_write_only(database, now):
    def broken(connection, _principal):
        add_organization(connection, "customs", "lost", now)
        raise ValueError("broken")

    database.acting("access", lambda c, _: add_organization(c, "customs", "kept", now))
    with pytest.raises(ValueError, match="broken"):
        database.acting("access", broken)
    assert count(database) == 1


def test_twenty_threads_write_at_once_and_none_is_lost(database, now):
    threads = [
        threading.Thread(
            target=database.acting, args=("access", lambda c, _: add_organization(c, "operator", "x", now))
        )
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 20


def test_a_reading_transaction_cannot_write(database, partner, now):
    claims = partner("marketplace")
    with (
        pytest.raises(Exception, match=r"(?i)read.?only"),
        database.reading(claims) as (connection, _principal),
    ):
        add_organization(connection, "customs", "never", now)


def test_a_revoked_token_opens_no_transaction(database, partner, now):
    claims = partner("marketplace")
    row = {"token_id": claims.token_id, "expires_at": now}
    database.acting("access", lambda c, _: upsert(c, revoked_tokens, [row], ["token_id"]))
    with pytest.raises(Unauthorized), database.reading(claims):
        pass


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        UTC().process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001 - the very thing that is refused


def test_a_write_inside_a_write_is_refused_instead_of_waiting_forever(database, now):
    if database.dialect == "postgresql":
        return  # transactions are threads' own there, and cannot wait for each other in this way

    def nested(_connection, _principal):
        database.acting("access", lambda c, _: add_organization(c, "operator", "x", now))

    with pytest.raises(RuntimeError, match="wait"):
        database.acting("access", nested)


def test_an_upsert_tells_how_many_rows_it_touched(database):
    row = {"name": "events", "position": 0}

    def work(connection, _principal):
        return [upsert(connection, feeds, [row], ["name"]) for _ in range(2)]

    assert database.acting("sequencing", work) == [1, 0]
