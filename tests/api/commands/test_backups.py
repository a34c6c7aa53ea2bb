"""Backups and the master key: what was sealed before can be read afterwards, and nothing is overwritten."""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from partners.db import Database
from partners.keys import load_master_key, open_keyring
from partners.records.clients import admit
from partners.records.organizations import organizations

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    """Backups are of SQLite: no other database is asked here."""
    return {"TOUCHSTONE_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def home(tmp_path, touchstone):
    """An SQLite installation of its own, migrated, with a key and one sealed text."""
    assert touchstone("migrate").exit_code == 0
    return tmp_path / "data"


@pytest.fixture
def sealed(home):
    database = Database(f"sqlite+pysqlite:///{home / 'touchstone.db'}", admit, 1)
    text = open_keyring(database, load_master_key(home / "keys"), NOW).seal(b"Jane", "name")
    database.close()
    return text


def unseal(home, sealed):
    database = Database(f"sqlite+pysqlite:///{home / 'touchstone.db'}", admit, 1)
    try:
        return open_keyring(database, load_master_key(home / "keys"), NOW).open(sealed, "name")
    finally:
        database.close()


def test_a_backup_restored_elsewhere_opens_what_was_sealed(touchstone, settings, sealed, tmp_path):
    assert touchstone("backup", tmp_path / "backup").exit_code == 0
    settings["TOUCHSTONE_DATA_DIR"] = str(tmp_path / "elsewhere")
    done = touchstone("restore", tmp_path / "backup")
    assert "The master key fits" in done.stdout
    assert unseal(tmp_path / "elsewhere", sealed) == b"Jane"


def test_a_restored_database_forgets_the_index_of_another_history(touchstone, settings, sealed, tmp_path):
    touchstone("backup", tmp_path / "backup")
    settings["TOUCHSTONE_DATA_DIR"] = str(tmp_path / "elsewhere")
    stale = tmp_path / "elsewhere" / "index"
    stale.mkdir(parents=True)
    for name in ("registry.index", ".registry.index.x1y2", "notes.txt"):
        (stale / name).write_bytes(b"old")
    assert touchstone("restore", tmp_path / "backup").exit_code == 0
    assert [path.name for path in stale.iterdir()] == ["notes.txt"]


def test_all_files_of_a_backup_are_private(touchstone, sealed, tmp_path):
    touchstone("backup", tmp_path / "backup")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "backup").iterdir()}
    assert modes == {"touchstone.db": 0o600, "master.key.txt": 0o600}


def test_the_database_of_a_backup_holds_no_key_in_clear(touchstone, sealed, home, tmp_path):
    touchstone("backup", tmp_path / "backup", "--without-key")
    content = (tmp_path / "backup" / "touchstone.db").read_bytes()
    assert load_master_key(home / "keys") not in content
    assert b"Jane" not in content
    assert not (tmp_path / "backup" / "master.key.txt").exists()


def test_a_backup_has_what_was_committed_while_the_database_is_open(touchstone, home, sealed, tmp_path):
    database = Database(f"sqlite+pysqlite:///{home / 'touchstone.db'}", admit, 1)
    row = {"id": "org_1", "kind": "customs", "name": "late", "created_at": NOW}
    database.acting("access", lambda connection, _: connection.execute(insert(organizations).values(row)))
    touchstone("backup", tmp_path / "backup")
    database.close()
    assert b"late" in (tmp_path / "backup" / "touchstone.db").read_bytes()


def test_without_its_key_a_restored_database_says_so(touchstone, settings, sealed, tmp_path):
    touchstone("backup", tmp_path / "backup", "--without-key")
    settings["TOUCHSTONE_DATA_DIR"] = str(tmp_path / "elsewhere")
    load_master_key(tmp_path / "elsewhere" / "keys")
    done = touchstone("restore", tmp_path / "backup")
    assert done.exit_code == 1
    assert "does not fit" in done.stderr


def test_an_existing_database_is_never_replaced(touchstone, sealed, tmp_path):
    touchstone("backup", tmp_path / "backup")
    done = touchstone("restore", tmp_path / "backup")
    assert done.exit_code == 1
    assert "move it away first" in done.stderr


def test_an_existing_backup_is_never_replaced(touchstone, sealed, tmp_path):
    touchstone("backup", tmp_path / "backup")
    assert touchstone("backup", tmp_path / "backup").exit_code == 1


def test_an_exported_key_opens_what_was_sealed(touchstone, home, sealed, tmp_path):
    file = tmp_path / "key.txt"
    assert touchstone("keys", "export", file).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    (home / "keys" / "master.key").unlink()
    assert touchstone("keys", "import", file).exit_code == 0
    assert unseal(home, sealed) == b"Jane"


def test_a_key_that_does_not_fit_the_database_is_not_imported(touchstone, home, sealed, tmp_path):
    file = tmp_path / "key.txt"
    file.write_bytes(b64encode(secrets.token_bytes(32)))
    (home / "keys" / "master.key").unlink()
    done = touchstone("keys", "import", file)
    assert done.exit_code == 1
    assert "nothing was changed" in done.stderr
    assert not (home / "keys" / "master.key").exists()


def test_a_key_never_replaces_another(touchstone, settings, tmp_path):
    settings["TOUCHSTONE_DATA_DIR"] = str(tmp_path / "empty")
    before = load_master_key(tmp_path / "empty" / "keys")
    file = tmp_path / "key.txt"
    file.write_bytes(b64encode(secrets.token_bytes(32)))
    assert touchstone("keys", "import", file).exit_code == 1
    assert load_master_key(tmp_path / "empty" / "keys") == before


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe", b64encode(b"x" * 31)])
def test_what_is_no_key_is_refused(touchstone, tmp_path, content):
    file = tmp_path / "key.txt"
    file.write_bytes(content)
    done = touchstone("keys", "import", file)
    assert done.exit_code == 1
    assert "Traceback" not in done.output


def test_an_export_never_replaces_a_file(touchstone, sealed, tmp_path):
    file = tmp_path / "key.txt"
    file.write_text("precious")
    assert touchstone("keys", "export", file).exit_code == 1
    assert file.read_text() == "precious"


def test_postgresql_is_left_to_its_own_tools(touchstone, settings, tmp_path):
    settings["TOUCHSTONE_DATABASE_URL"] = "postgresql+psycopg://touchstone@localhost/touchstone"
    for command in ("backup", "restore"):
        done = touchstone(command, tmp_path)
        assert done.exit_code == 1
        assert "pg_dump" in done.stderr
        assert "keys export" in done.stderr
