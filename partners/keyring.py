"""The keys that a process holds open: they seal personal fields and make blind indexes. No I/O."""

from __future__ import annotations

import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyRefused(Exception):
    """A key that must not be used; the message names the file and the reason, never the key."""


class Keyring:
    """Seals fields and makes blind indexes, with versioned keys that only this process holds open."""

    def __init__(self, keys: dict[tuple[str, int], bytes]) -> None:
        self._seals = {version: AESGCM(key) for (purpose, version), key in keys.items() if purpose == "data"}
        self._newest = max(self._seals)
        self._index_key = keys["index", max(version for purpose, version in keys if purpose == "index")]
        self._fields: dict[str, bytes] = {}

    @property
    def newest(self) -> int:
        """The version of the key that seals now; it is the first byte of what is sealed."""
        return self._newest

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt (AES-256-GCM): one byte of key version, nonce, ciphertext bound to its `context`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._seals[self._newest].encrypt(nonce, plaintext, context.encode())
        return bytes([self._newest]) + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` made for the same `context`.

        Raises:
            KeyRefused: the version is unknown, or the text was cut, changed or moved to another row.
        """
        try:
            seal = self._seals[sealed[0]]
            return seal.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context.encode())
        except Exception as error:
            raise KeyRefused(f"{context} cannot be opened with these keys") from error

    def blind_index(self, field: str, value: str) -> bytes:
        """A keyed one-way index (HMAC-SHA256, 16 bytes) by which equal values of a field meet."""
        key = self._fields.get(field)
        if key is None:
            key = self._fields[field] = derive_key(self._index_key, f"blind index {field}")
        return hmac.digest(key, value.encode(), "sha256")[:16]


def derive_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose (HKDF-SHA256, 32 bytes)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"touchstone " + purpose.encode()).derive(key)
