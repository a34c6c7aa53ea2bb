"""Signatures by Standard Webhooks 1.0.0, version v1: HMAC-SHA256 over `id.timestamp.body`."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets as randomness
from collections.abc import Sequence

PREFIX = "whsec_"
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


def sign(keys: Sequence[bytes], event_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: one signature per key, so that a rotation fails nowhere.

    Args:
        keys: the newest first.
        timestamp: seconds since 1970, of this attempt.

    Raises:
        ValueError: no key, or an id that could be read as another id and time.
    """
    if not keys:
        raise ValueError("nothing to sign with")
    if not _ID.fullmatch(event_id):
        raise ValueError("an event id has letters, digits, _ and - only")
    content = b"%s.%d.%s" % (event_id.encode(), timestamp, body)
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode("ascii") for key in keys
    )
