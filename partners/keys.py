"""One master key in a file; every other key in the database, sealed under it."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from partners.db import Database
from partners.keyring import (
    KEY_BYTES,
    NONCE_BYTES,
    KeyPlace,
    KeyRefused,
    Keyring,
    KeyState,
    derive_key,
)
from partners.loops import Loop
from partners.records.keys import DataKey, add_data_key, check_master, list_data_keys, read_master_check

PURPOSES = ("audit", "data", "index")
FOLLOWED_SECONDS = 5.0  # a key is put to use a good deal later than it is made: see `partners.rekeying`


def load_master_key(directory: Path) -> bytes:
    """Read the master key, making it at the first start; of several first starts one wins.

    Raises:
        KeyRefused: the file is a link, open to others, somebody else's, or of another length.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = master_path(directory)
    if not path.exists():
        _keep_first(path, secrets.token_bytes(KEY_BYTES))
    return _read_private(path)


def obtain_master_key(database: Database, directory: Path) -> bytes:
    """Read the master key, making it only for a database that has never had one.

    Raises:
        KeyRefused: the database was sealed, and its key is not here; or as `load_master_key`.
    """
    # in this order: of two first starts the slower one finds the other's key
    if is_sealed(database) and not master_path(directory).exists():
        raise KeyRefused(
            f"the master key of this database is not in {directory}: `touchstone keys import` it"
        )
    return load_master_key(directory)


def is_sealed(database: Database) -> bool:
    """Tell whether a database has ever had a master key."""
    with database.surveying("keys") as connection:
        return read_master_check(connection) is not None


def master_path(directory: Path) -> Path:
    return directory / "master.key"


def read_master_key(directory: Path) -> bytes:
    """Read the master key, and make none.

    Raises:
        KeyRefused: there is none, or as `load_master_key`.
    """
    return _read_private(master_path(directory))


def keep_master_key(directory: Path, key: bytes) -> None:
    """Keep a master key that comes from elsewhere.

    Raises:
        KeyRefused: its length is wrong, or another key is there already.
    """
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"a master key has {KEY_BYTES} bytes")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = master_path(directory)
    _keep_first(path, key)
    if not hmac.compare_digest(_read_private(path), key):
        raise KeyRefused(f"another {path.name} is there already: move it away first")


def fits_database(database: Database, master: bytes) -> bool | None:
    """Tell whether a master key is this database's; None when the database has none yet."""
    with database.surveying("keys") as connection:
        kept = read_master_check(connection)
    return None if kept is None else hmac.compare_digest(kept, derive_key(master, "check value"))


def _keep_first(path: Path, key: bytes) -> None:
    draft = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first, and its key holds
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _read_private(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyRefused(f"{path.name} cannot be opened, or is a link") from error
    try:
        status = os.fstat(descriptor)
        key = os.read(descriptor, KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyRefused(f"{path.name} must be readable by its owner only (chmod 600)")
    if status.st_uid != os.geteuid():
        raise KeyRefused(f"{path.name} belongs to another user")
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"{path.name} must hold {KEY_BYTES} bytes")
    return key


def open_keyring(database: Database, master: bytes, now: datetime) -> Keyring:
    """Open the database's keys with the master key, making the first ones where there are none.

    Raises:
        KeyRefused: the database was sealed under another master key.
    """
    check = derive_key(master, "check value")

    def load(connection: Connection, _principal: object) -> list[DataKey]:
        if not check_master(connection, check):
            raise KeyRefused("this database was sealed under another master key (see `touchstone keys`)")
        known = {key.purpose for key in list_data_keys(connection)}
        for purpose in PURPOSES:
            if purpose not in known:
                add_data_key(connection, draft_data_key(master, purpose, 1, now))
        return list_data_keys(connection)

    return Keyring(*_open(master, database.acting("keys", load)))


class KeyringFollower:
    """Keeps a process's keyring as the database has it: a rotation elsewhere is known here in time."""

    def __init__(self, database: Database, master: bytes, keyring: Keyring) -> None:
        self._database = database
        self._master = master
        self._keyring = keyring
        self._seen: dict[KeyPlace, KeyState] = {}
        self._loop = Loop("keyring", self.follow, FOLLOWED_SECONDS)
        self.start = self._loop.start
        self.stop = self._loop.stop
        self.wake = self._loop.wake

    def follow(self) -> bool:
        """Take up what has changed; once each time is enough."""
        with self._database.surveying("keys") as connection:
            kept = list_data_keys(connection)
        seen = {(key.purpose, key.version): key.state for key in kept}
        if seen != self._seen:
            self._keyring.replace(*_open(self._master, kept))
            self._seen = seen
        return False


def draft_data_key(
    master: bytes, purpose: str, version: int, now: datetime, state: KeyState = "current"
) -> DataKey:
    """Make a new key, sealed under the master key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    context = f"{purpose}:{version}".encode()
    sealed = _wrap(master).encrypt(nonce, secrets.token_bytes(KEY_BYTES), context)
    return DataKey(purpose, version, nonce + sealed, now, state)


def _open(master: bytes, kept: Iterable[DataKey]) -> tuple[dict[KeyPlace, bytes], dict[KeyPlace, KeyState]]:
    wrap = _wrap(master)
    keys: dict[KeyPlace, bytes] = {}
    states: dict[KeyPlace, KeyState] = {}
    for key in kept:
        context = f"{key.purpose}:{key.version}".encode()
        place = (key.purpose, key.version)
        keys[place] = wrap.decrypt(key.ciphertext[:NONCE_BYTES], key.ciphertext[NONCE_BYTES:], context)
        states[place] = key.state
    return keys, states


def _wrap(master: bytes) -> AESGCM:
    return AESGCM(derive_key(master, "wrap data keys"))
