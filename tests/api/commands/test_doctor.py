"""`touchstone doctor` finds what is wrong, and changes nothing."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

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


def test_a_login_role_that_owns_the_tables_is_refused_where_an_owner_is_named(touchstone, settings, keys):
    url = make_url(settings["TOUCHSTONE_DATABASE_URL"])
    settings["TOUCHSTONE_MIGRATION_DATABASE_URL"] = settings["TOUCHSTONE_DATABASE_URL"]
    code, found = findings(touchstone)
    if url.get_backend_name() == "postgresql":
        assert (code, found["login role"][0]) == (1, "bad")
    else:
        assert code == 0
        assert "login role" not in found


def test_a_login_role_without_tables_is_good(touchstone, settings, keys):
    url = make_url(settings["TOUCHSTONE_DATABASE_URL"])
    if url.get_backend_name() != "postgresql":
        assert "connections" not in findings(touchstone)[1]
        return
    role = f"app_{secrets.token_hex(4)}"
    owner = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p'")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        login = url.set(username=role, password="p").render_as_string(hide_password=False)
        settings["TOUCHSTONE_MIGRATION_DATABASE_URL"] = settings["TOUCHSTONE_DATABASE_URL"]
        settings["TOUCHSTONE_DATABASE_URL"] = login
        try:
            _, found = findings(touchstone)
        finally:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
    assert found["login role"] == ("good", "owns no tables")
    assert found["connections"][0] == "good"
