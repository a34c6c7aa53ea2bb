"""Throttling: guesses at a password or a code become slow, and the honest are not locked out.

Failures are counted for an account as tried from one address, for the account as tried from anywhere, and
for a browser that its person has signed in with before. A known browser is measured by its own failures
alone, so nobody elsewhere can make its person wait. After a few free tries each failure doubles the wait, up
to some minutes: there is no lock to be opened by anybody. Accounts that do not exist are counted alike.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from partners.db import Database, hold
from partners.deadlines import under_deadline
from partners.keyring import Keyring
from partners.records.failures import count_failure, find_failures, forget_failures

DEVICE_LIFE = timedelta(days=90)
FORGOTTEN_AFTER = timedelta(days=1)
_NONCE = 16


class TooSoon(Exception):
    """There were too many failures: the next try is looked at in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many tries")
        self.retry_after = retry_after


class _Pace(Struct, frozen=True):
    free: int  # failures without a wait
    longest: int  # seconds

    def wait(self, failures: int) -> int:
        over = failures - self.free
        return 0 if over < 0 else min(self.longest, 2 ** min(over, 20))


_PAIR = _Pace(free=5, longest=900)
_ACCOUNT = _Pace(free=20, longest=300)
_DEVICE = _Pace(free=5, longest=900)


class Attempt(Struct, frozen=True, kw_only=True):
    """Who is tried (an address or an id, whether it exists or not), from where, by which known browser."""

    account: str
    source: str
    device: str | None = None


def begin_attempt(database: Database, keyring: Keyring, attempt: Attempt, now: datetime) -> list[bytes]:
    """Count a try as failed, before it is looked at, so that many at once are not free.

    Returns the keys to forget when it did not fail.

    Raises:
        TooSoon: it is not looked at yet, and not counted.
    """
    paces = _paces(keyring, attempt)

    def work(connection: Connection, _: object) -> None:
        for key in sorted(paces):
            hold(connection, f"sign-in {key.hex()}")
        waits = [
            (found.failed_at + timedelta(seconds=paces[found.key].wait(found.failures)) - now).total_seconds()
            for found in find_failures(connection, paces)
        ]
        if waits and max(waits) > 0:
            raise TooSoon(max(1, int(max(waits)) + 1))
        count_failure(connection, paces, now)

    with under_deadline(None):  # it is counted whatever becomes of the request
        database.acting("access", work)
    return list(paces)


def end_attempt(database: Database, keys: list[bytes]) -> None:
    """Forget the failures of who has proved itself."""
    database.acting("access", lambda connection, _: forget_failures(connection, keys))


def _paces(keyring: Keyring, attempt: Attempt) -> dict[bytes, _Pace]:
    if attempt.device:
        return {_key(keyring, "device", attempt.account, attempt.device): _DEVICE}
    return {
        _key(keyring, "pair", attempt.account, attempt.source): _PAIR,
        _key(keyring, "account", attempt.account): _ACCOUNT,
    }


def _key(keyring: Keyring, *parts: str) -> bytes:
    """By a key that is never rotated, so that a rotation forgets no failure."""
    return keyring.sign("\0".join(("sign-in failures", *parts)).encode("utf-8", "replace"))[1:17]


def know_device(keyring: Keyring, account: str, now: datetime) -> str:
    """Make the cookie of a browser with which the person of `account` has signed in."""
    until = int((now + DEVICE_LIFE).timestamp())
    body = secrets.token_bytes(_NONCE) + until.to_bytes(8, "big")
    return urlsafe_b64encode(body + keyring.sign(_device_message(account, body))).decode()


def read_device(keyring: Keyring, account: str, cookie: str, now: datetime) -> str | None:
    """The browser's own name, where its cookie was made for this account and is not old; None otherwise."""
    try:
        content = urlsafe_b64decode(cookie.encode("ascii"))
    except ValueError:
        return None
    body, signature = content[: _NONCE + 8], content[_NONCE + 8 :]
    if len(body) != _NONCE + 8 or not keyring.is_signed(signature, _device_message(account, body)):
        return None
    return body[:_NONCE].hex() if int.from_bytes(body[_NONCE:], "big") > now.timestamp() else None


def _device_message(account: str, body: bytes) -> bytes:
    return b"device of " + account.encode("utf-8", "replace") + b"\0" + body
