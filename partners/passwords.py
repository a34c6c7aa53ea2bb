"""Passwords: what may be one, and the form in which it is hashed (NIST SP 800-63B section 3.1.1)."""

from __future__ import annotations

import unicodedata

from partners.errors import RuleBroken

LEAST = 10
MOST = 200
_LEAST_DIFFERENT = 5
_COMMON = frozenset(
    [
        "1234567890",
        "0987654321",
        "qwertyuiop",
        "qwerty12345",
        "1q2w3e4r5t",
        "abcdefghij",
        "administrator",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "iloveyou123",
        "letmein1234",
        "welcome123",
        "welcome1234",
        "changeme123",
        "touchstone",
    ]
)


def prepare_password(password: str) -> str:
    """A password as it is hashed: one form for what looks alike on different keyboards."""
    return unicodedata.normalize("NFKC", password)


def check_password_rules(password: str, email: str) -> None:
    """Refuse what is guessed first; there are no rules of digits and signs, which help nobody.

    Raises:
        RuleBroken: it is too short or too long, common, or the address.
    """
    prepared = prepare_password(password)
    lower = prepared.casefold()
    if not LEAST <= len(prepared) <= MOST:
        raise RuleBroken([("/password", f"a password has {LEAST} to {MOST} characters")])
    if lower in _COMMON or len(set(lower)) < _LEAST_DIFFERENT:
        raise RuleBroken([("/password", "this password is among those that are guessed first")])
    local = email.casefold().partition("@")[0]
    if lower == email.casefold() or (len(local) > 4 and local in lower):
        raise RuleBroken([("/password", "a password must not hold the address")])
