"""The keys that a process holds open: they seal personal fields and make blind indexes. No I/O."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

KEY_BYTES = 32
NONCE_BYTES = 12
KeyPlace = tuple[str, int]  # purpose and version
# coming: known to be, used for nothing; written: indexes are written by it, too; current; previous: it opens,
# and indexes are still written by it; retired: it only opens.
KeyState = Literal["coming", "written", "current", "previous", "retired"]


class KeyRefused(Exception):
    """A key that must not be used; the message names the file and the reason, never the key."""


class _Held(Struct, frozen=True):
    """The keys as one value: replaced as a whole, so that a reader never meets half of a rotation."""

    seals: dict[int, AESGCM]
    sealing: int  # the version that seals
    indexes: dict[int, bytes]
    written: tuple[int, ...]  # the versions that indexes are written by: the one they are looked up by first
    signs: dict[int, bytes]
    fields: dict[tuple[int, str], bytes]  # derived keys of indexes, as they are needed


class Keyring:
    """Seals fields, makes blind indexes and signs, with versioned keys that only this process holds open.

    Without states the newest version of each purpose is current, and those before it are previous.
    """

    def __init__(
        self, keys: Mapping[KeyPlace, bytes], states: Mapping[KeyPlace, KeyState] | None = None
    ) -> None:
        self._held = _hold(keys, states or {})

    def replace(self, keys: Mapping[KeyPlace, bytes], states: Mapping[KeyPlace, KeyState]) -> None:
        """Take up what a rotation changed."""
        self._held = _hold(keys, states)

    @property
    def sealing_version(self) -> int:
        """The version of the data key that seals now."""
        return self._held.sealing

    @property
    def index_versions(self) -> tuple[int, ...]:
        """The versions that indexes are written by, the one they are looked up by first."""
        return self._held.written

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt (AES-256-GCM): one byte of key version, nonce, ciphertext bound to its `context`."""
        held = self._held
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = held.seals[held.sealing].encrypt(nonce, plaintext, context.encode())
        return bytes([held.sealing]) + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` made for the same `context`.

        Raises:
            KeyRefused: the version is unknown, or the text was cut, changed or moved to another row.
        """
        try:
            seal = self._held.seals[sealed[0]]
            return seal.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context.encode())
        except Exception as error:
            raise KeyRefused(f"{context} cannot be opened with these keys") from error

    def blind_index(self, field: str, value: str) -> bytes:
        """A keyed one-way index (HMAC-SHA256, 16 bytes) by which equal values of a field meet."""
        return self._index(self._held, self._held.written[0], field, value)

    def blind_indexes(self, field: str, value: str) -> tuple[bytes, ...]:
        """The indexes to be written of a value: one, or two while the key is rotated."""
        held = self._held
        return tuple(self._index(held, version, field, value) for version in held.written)

    def sign(self, message: bytes) -> bytes:
        """A seal over a message that nobody can make without the key: its version, and HMAC-SHA256."""
        version = max(self._held.signs)
        return bytes([version]) + hmac.digest(self._held.signs[version], message, "sha256")

    def is_signed(self, signature: bytes, message: bytes) -> bool:
        """Tell whether `signature` is what `sign` made of the message, by any version of the key."""
        key = self._held.signs.get(signature[0]) if signature else None
        return key is not None and hmac.compare_digest(signature[1:], hmac.digest(key, message, "sha256"))

    @staticmethod
    def _index(held: _Held, version: int, field: str, value: str) -> bytes:
        key = held.fields.get((version, field))
        if key is None:
            key = held.fields[version, field] = derive_key(held.indexes[version], f"blind index {field}")
        return hmac.digest(key, value.encode(), "sha256")[:16]


def _hold(keys: Mapping[KeyPlace, bytes], states: Mapping[KeyPlace, KeyState]) -> _Held:
    def of(purpose: str) -> dict[int, bytes]:
        return {version: key for (name, version), key in keys.items() if name == purpose}

    def current(purpose: str) -> int:
        versions = of(purpose)
        named = [version for version in versions if states.get((purpose, version)) == "current"]
        return max(named or versions)

    looked_up = current("index")
    beside = [
        version
        for version in of("index")
        if version != looked_up and states.get(("index", version)) in {"written", "previous"}
    ]
    return _Held(
        seals={version: AESGCM(key) for version, key in of("data").items()},
        sealing=current("data"),
        indexes=of("index"),
        written=(looked_up, *sorted(beside)),
        signs=of("audit"),
        fields={},
    )


def derive_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose (HKDF-SHA256, 32 bytes)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"touchstone " + purpose.encode()).derive(key)
