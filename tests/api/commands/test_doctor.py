"""`touchstone doctor` finds what is wrong, and changes nothing."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from partners.keys import load_master_key, open_keyring


@pytest.fixture
def keys(settings, database):
    """The keys of a service that was started once."""
    folder = Path(settings["TOUCHSTONE_DATA_DIR"]) / "keys"
    open_keyring(database, load_master_key(folder), datetime.now(UTC))
    return folder


def findings(touchstone):
    done = touchstone("doctor")
    lines = [line.partition(": ") for line in done.stdout.splitlines()]
    return done.exit_code, {head.split(maxsplit=1)[1]: (head.split()[0], detail) for head, _, detail in lines}


def test_a_sound_installation_has_nothing_bad(touchstone, keys):
    code, found = findings(touchstone)
    assert code == 0
    assert {found[name][0] for name in ("python", "public URL", "master key", "schema")} == {"good"}
    assert found["key of the database"] == ("good", "the master key fits")


def test_a_key_that_others_can_read_is_bad(touchstone, keys):
    (keys / "master.key").chmod(0o644)
    code, found = findings(touchstone)
    assert code == 1
    assert found["master key"][0] == "bad"


def test_a_key_of_another_database_is_bad(touchstone, keys):
    (keys / "master.key").write_bytes(secrets.token_bytes(32))
    code, found = findings(touchstone)
    assert code == 1
    assert found["key of the database"][0] == "bad"


def test_trial_settings_and_a_public_url_in_clear_are_said(touchstone, keys, settings):
    settings["TOUCHSTONE_WEBHOOKS_ALLOW_HTTP"] = "true"
    settings["TOUCHSTONE_BASE_URL"] = "http://touchstone.example"
    code, found = findings(touchstone)
    assert code == 1
    assert found["settings"][0] == "warning"
    assert found["public URL"][0] == "bad"


def test_a_database_that_does_not_answer_is_bad(touchstone, settings):
    settings["TOUCHSTONE_DATABASE_URL"] = "postgresql+psycopg://nobody:hidden@127.0.0.1:1/none"
    code, found = findings(touchstone)
    assert code == 1
    assert found["database"][0] == "bad"
    assert "hidden" not in str(found)


def test_it_makes_no_database_and_no_key(touchstone, settings, tmp_path):
    settings["TOUCHSTONE_DATABASE_URL"] = ""
    code, found = findings(touchstone)
    assert (code, found["database"][0]) == (1, "bad")
    assert not (tmp_path / "data").exists()


def test_a_setting_that_is_not_ours_is_named_without_its_value(touchstone, settings):
    settings["TOUCHSTONE_PROT"] = "secret-value"
    done = touchstone("doctor")
    assert done.exit_code == 1
    assert "prot" in done.stderr
    assert "secret-value" not in done.stderr


def test_a_login_role_that_owns_the_tables_is_bad(touchstone, settings, keys):
    settings["TOUCHSTONE_DATABASE_URL"] = settings["TOUCHSTONE_MIGRATION_DATABASE_URL"]
    assert touchstone("migrate").exit_code == 0
    code, found = findings(touchstone)
    if settings["TOUCHSTONE_DATABASE_URL"].startswith("sqlite"):
        assert (code, "login role" in found) == (0, False)
        return
    assert (code, found["login role"][0]) == (1, "bad")
    assert "TOUCHSTONE_MIGRATION_DATABASE_URL" in found["login role"][1]


def test_a_login_role_without_tables_is_good(touchstone, settings, keys):
    found = findings(touchstone)[1]
    if settings["TOUCHSTONE_DATABASE_URL"].startswith("sqlite"):
        assert "connections" not in found
        return
    assert found["login role"][0] == found["connections"][0] == "good"


def test_a_loosened_policy_is_bad_until_the_database_is_migrated_again(touchstone, settings, keys, backstage):
    if backstage.dialect.name != "postgresql":
        return  # there are none
    with backstage.begin() as connection:
        connection.exec_driver_sql("ALTER POLICY marketplace ON listings USING (true)")
    code, found = findings(touchstone)
    assert (code, found["login role"][0]) == (1, "bad")
    assert "table listings has another policy for marketplace" in found["login role"][1]
    assert touchstone("migrate").exit_code == 0
    assert findings(touchstone)[0] == 0
