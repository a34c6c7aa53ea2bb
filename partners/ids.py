"""Ids: a prefix that names the noun, and a UUIDv7 (RFC 9562) in Crockford's base 32."""

from __future__ import annotations

import re

import uuid_utils

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # two digits at a time, for speed
_SHIFTS = range(120, -1, -10)
_SHAPE = re.compile(r"[a-z]{2,5}_[0-9a-hjkmnp-tv-z]{26}")


def new_id(prefix: str) -> str:
    """Make an id that sorts by the time of its making; it is neither secret nor unguessable."""
    number = uuid_utils.uuid7().int
    digits = [_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS]
    return f"{prefix}_{''.join(digits)}"


def looks_like_id(text: str) -> bool:
    """Tell one of our ids from a partner's own reference."""
    return _SHAPE.fullmatch(text) is not None
