"""Signatures by Standard Webhooks 1.0.0 over `id.timestamp.body`: v1 (HMAC-SHA256) and v1a (ed25519)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets as randomness
from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "whsec_"
PRIVATE_PREFIX = "whsk_"
Key = bytes | Ed25519PrivateKey
_SECRET_BYTES = 32
_SHORTEST, _LONGEST = 24, 64  # bytes, by the specification
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


def new_secret() -> str:
    """A secret as its receiver keeps it: `whsec_` and base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(randomness.token_bytes(_SECRET_BYTES)).decode()


def read_secret(text: str) -> bytes:
    """The key inside a secret, with or without its prefix or padding.

    Raises:
        ValueError: not base64, or not 24 to 64 bytes of it.
    """
    encoded = text.removeprefix(PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise ValueError("a signing secret is base64 after whsec_") from None
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"a signing secret has {_SHORTEST} to {_LONGEST} bytes")
    return key


def read_private_key(text: str) -> Ed25519PrivateKey:
    """The ed25519 key inside `whsk_` and base64: its 32 bytes, with or without the public ones behind them.

    Raises:
        ValueError: something else.
    """
    try:
        key = base64.b64decode(text.removeprefix(PRIVATE_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a private key is base64 after whsk_") from None
    if len(key) not in {32, 64}:
        raise ValueError("a private key has 32 or 64 bytes")
    return Ed25519PrivateKey.from_private_bytes(key[:32])


def sign(keys: Sequence[Key], event_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: one signature per key, so that a rotation fails nowhere.

    Args:
        keys: the newest first; bytes sign as v1, an ed25519 key as v1a.
        timestamp: seconds since 1970, of this attempt.

    Raises:
        ValueError: no key, or an id that could be read as another id and time.
    """
    if not keys:
        raise ValueError("nothing to sign with")
    if not _ID.fullmatch(event_id):
        raise ValueError("an event id has letters, digits, _ and - only")
    content = b"%s.%d.%s" % (event_id.encode(), timestamp, body)
    return " ".join(_sign_once(key, content) for key in keys)


def _sign_once(key: Key, content: bytes) -> str:
    if isinstance(key, bytes):
        signature = _begin(key).copy()
        signature.update(content)
        return "v1," + base64.b64encode(signature.digest()).decode("ascii")
    return "v1a," + base64.b64encode(key.sign(content)).decode("ascii")


@lru_cache(maxsize=4096)
def _begin(key: bytes) -> hmac.HMAC:
    """A key that is taken in once; its copies sign small bodies without handing the interpreter over."""
    return hmac.new(key, digestmod="sha256")
