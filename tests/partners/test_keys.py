"""The master key is made once, for a database that has never had one."""

import pytest

from partners.keyring import KeyRefused
from partners.keys import master_path, obtain_master_key, open_keyring


def test_a_new_database_gets_a_key(database, tmp_path, now):
    master = obtain_master_key(database, tmp_path)
    open_keyring(database, master, now)
    assert obtain_master_key(database, tmp_path) == master


def test_for_a_sealed_database_no_other_key_is_made(database, tmp_path, now):
    open_keyring(database, obtain_master_key(database, tmp_path), now)
    with pytest.raises(KeyRefused, match="import"):
        obtain_master_key(database, tmp_path / "elsewhere")
    assert not master_path(tmp_path / "elsewhere").exists()
