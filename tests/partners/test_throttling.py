"""Many tries at once are not free, and the names of who is tried are not kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from partners.records.failures import failures
from partners.throttling import Attempt, TooSoon, begin_attempt, know_device, read_device


def test_of_many_tries_at_once_only_the_free_ones_are_looked_at(database, keyring, now):
    attempt = Attempt(account="ann@acme.example", source="192.0.2.1")

    def guess(_):
        try:
            begin_attempt(database, keyring, attempt, now)
        except TooSoon:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == 5


def test_many_addresses_together_are_slowed_down_too(database, keyring, now):
    for number in range(20):
        begin_attempt(database, keyring, Attempt(account="ann", source=f"192.0.2.{number}"), now)
    with pytest.raises(TooSoon):
        begin_attempt(database, keyring, Attempt(account="ann", source="198.51.100.1"), now)
    begin_attempt(database, keyring, Attempt(account="bob", source="192.0.2.1"), now)


def test_nobody_is_named(database, keyring, now):
    begin_attempt(database, keyring, Attempt(account="ann@acme.example", source="192.0.2.1"), now)
    with database.surveying("access") as connection:
        rows = connection.execute(select(failures)).all()
    assert len(rows) == 2
    assert "ann" not in str(rows)
    assert all(len(row.key) == 16 for row in rows)


def test_a_device_is_known_for_its_account_until_its_time_is_over(keyring, now):
    cookie = know_device(keyring, "ann", now)
    assert read_device(keyring, "ann", cookie, now)
    assert read_device(keyring, "bob", cookie, now) is None
    assert read_device(keyring, "ann", cookie[:-4] + "AAAA", now) is None
    assert read_device(keyring, "ann", cookie, now.replace(year=now.year + 1)) is None
