"""`touchstone keys rotate` and `list`."""

from __future__ import annotations

import pytest

from partners.db import utc_now
from partners.keys import load_master_key, open_keyring
from partners.signing import Signer


@pytest.fixture
def opened(database, tmp_path):
    """A database that has been served: its keys are made."""
    keyring = open_keyring(database, load_master_key(tmp_path / "data" / "keys"), utc_now())
    return Signer(database, keyring, utc_now)


def test_the_keys_are_listed_by_name_and_state_and_never_shown(touchstone, opened):
    said = touchstone("keys", "list").stdout
    assert [line.split()[:2] for line in said.splitlines()] == [
        ["signing", "current"],
        ["signing", "next"],
        ["audit", "current"],
        ["data", "current"],
        ["index", "current"],
    ]


def test_a_signing_key_too_fresh_waits_unless_told_otherwise(touchstone, opened):
    done = touchstone("keys", "rotate", "--signing")
    assert done.exit_code == 1
    assert "wait" in done.stderr
    assert touchstone("keys", "rotate", "--signing", "--at-once").exit_code == 0
    assert "previous" in touchstone("keys", "list").stdout


def test_data_keys_are_rotated_by_whoever_serves(touchstone, opened):
    assert "Begun" in touchstone("keys", "rotate", "--data").stdout
    said = touchstone("keys", "list").stdout
    assert said.count("coming") == 2
    assert "rotation under way: spreading, 0 rows done" in said
    again = touchstone("keys", "rotate", "--data")
    assert (again.exit_code, "not done yet" in again.stderr) == (1, True)


@pytest.mark.parametrize("options", [[], ["--signing", "--data"], ["--data", "--at-once"]])
def test_one_thing_is_rotated_at_a_time(touchstone, opened, options):
    assert touchstone("keys", "rotate", *options).exit_code == 2


def test_with_another_master_key_nothing_is_rotated(touchstone, opened, tmp_path):
    key = tmp_path / "data" / "keys" / "master.key"
    key.write_bytes(b"x" * 32)
    done = touchstone("keys", "rotate", "--data")
    assert done.exit_code == 1
    assert "another master key" in done.stderr
