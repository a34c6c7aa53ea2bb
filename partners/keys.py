"""One master key in a file; every other key in the database, sealed under it."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from partners.db import Database
from partners.records.keys import DataKey, add_data_key, check_master, list_data_keys

_BYTES = 32
_NONCE = 12


class KeyRefused(Exception):
    """A key that must not be used; the message names the file and the reason, never the key."""


def load_master_key(directory: Path) -> bytes:
    """Read the master key, making it at the first start; of several first starts one wins.

    Raises:
        KeyRefused: the file is a link, open to others, somebody else's, or of another length.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / "master.key"
    if not path.exists():
        _make_first(path)
    return _read_private(path)


def _make_first(path: Path) -> None:
    draft = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(_BYTES))
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
        key = os.read(descriptor, _BYTES + 1)
    finally:
        os.close(descriptor)
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyRefused(f"{path.name} must be readable by its owner only (chmod 600)")
    if status.st_uid != os.geteuid():
        raise KeyRefused(f"{path.name} belongs to another user")
    if len(key) != _BYTES:
        raise KeyRefused(f"{path.name} must hold {_BYTES} bytes")
    return key


class Keyring:
    """Seals fields and makes blind indexes, with versioned keys that only this process holds open."""

    def __init__(self, keys: dict[tuple[str, int], bytes]) -> None:
        self._seals = {version: AESGCM(key) for (purpose, version), key in keys.items() if purpose == "data"}
        self._newest = max(self._seals)
        self._index_key = keys["index", max(version for purpose, version in keys if purpose == "index")]
        self._fields: dict[str, bytes] = {}

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt (AES-256-GCM): one byte of key version, nonce, ciphertext bound to its `context`."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._seals[self._newest].encrypt(nonce, plaintext, context.encode())
        return bytes([self._newest]) + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` made for the same `context`.

        Raises:
            KeyRefused: the version is unknown, or the text was cut, changed or moved to another row.
        """
        try:
            seal = self._seals[sealed[0]]
            return seal.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context.encode())
        except Exception as error:
            raise KeyRefused(f"{context} cannot be opened with these keys") from error

    def blind_index(self, field: str, value: str) -> bytes:
        """A keyed one-way index (HMAC-SHA256, 16 bytes) by which equal values of a field meet."""
        key = self._fields.get(field)
        if key is None:
            key = self._fields[field] = _derive(self._index_key, f"blind index {field}")
        return hmac.digest(key, value.encode(), "sha256")[:16]


def open_keyring(database: Database, master: bytes, now: datetime) -> Keyring:
    """Open the database's keys with the master key, making the first ones where there are none.

    Raises:
        KeyRefused: the database was sealed under another master key.
    """
    wrap = AESGCM(_derive(master, "wrap data keys"))
    check = _derive(master, "check value")

    def load(connection: Connection, _principal: object) -> list[DataKey]:
        if not check_master(connection, check):
            raise KeyRefused("this database was sealed under another master key (see `touchstone keys`)")
        if not (kept := list_data_keys(connection)):
            for purpose in ("data", "index"):
                add_data_key(connection, _new_data_key(wrap, purpose, 1, now))
            kept = list_data_keys(connection)
        return kept

    kept = database.acting("keys", load)
    return Keyring({(key.purpose, key.version): _unwrap(wrap, key) for key in kept})


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _BYTES, salt=None, info=b"touchstone " + purpose.encode()).derive(key)


def _new_data_key(wrap: AESGCM, purpose: str, version: int, now: datetime) -> DataKey:
    nonce = secrets.token_bytes(_NONCE)
    sealed = wrap.encrypt(nonce, secrets.token_bytes(_BYTES), f"{purpose}:{version}".encode())
    return DataKey(purpose, version, nonce + sealed, now)


def _unwrap(wrap: AESGCM, key: DataKey) -> bytes:
    context = f"{key.purpose}:{key.version}".encode()
    return wrap.decrypt(key.ciphertext[:_NONCE], key.ciphertext[_NONCE:], context)
