"""Client secrets: made by us, shown once, kept as argon2id hashes."""

from __future__ import annotations

import os
import secrets
import threading
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from partners.errors import NotReady
from partners.ids import new_id

_PREFIX = "ts"  # secret scanners know ours by `ts_<26 characters>_<43 characters>`
_LONGEST = 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP: 19 MiB, t=2, p=1


class NewSecret(str):
    """A secret in clear, for the one time it is shown: it never shows itself in a log or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"


def make_secret() -> tuple[str, NewSecret]:
    """Make a credential's id and its secret of 256 random bits; the secret carries the id to find it by."""
    credential_id = new_id("crd")
    tail = credential_id.removeprefix("crd_")
    return credential_id, NewSecret(f"{_PREFIX}_{tail}_{secrets.token_urlsafe(32)}")


def credential_of(secret: str) -> str | None:
    """The id of the credential that a secret claims to be, None when it has not the shape of ours."""
    prefix, _, rest = secret.partition("_")
    tail, _, key = rest.partition("_")
    return f"crd_{tail}" if prefix == _PREFIX and tail and key and len(secret) <= _LONGEST else None


def hash_secret(secret: str) -> str:
    return _HASHER.hash(secret)


class SecretChecker:
    """Compares secrets with their hashes: each comparison costs about 40 ms and 19 MiB on purpose.

    At most one runs per processor and a few more wait, so that a flood of guesses cannot take the
    machine from those who have a token already.
    """

    def __init__(self, at_once: int = 0, waiting: int = 4, patience_s: float = 2.0) -> None:
        running = at_once or os.cpu_count() or 1
        self._running = threading.BoundedSemaphore(running)
        self._admitted = threading.BoundedSemaphore(running + waiting)
        self._patience_s = patience_s
        self._nobody = _hash_of_nothing()

    def check(self, secret: str, kept: str | None) -> bool:
        """Tell whether `secret` is the one that was hashed to `kept`.

        Without a hash to compare with, the same work is done for nothing: the time of an answer
        does not tell which clients exist.

        Raises:
            NotReady: too many secrets are being checked.
        """
        if not self._admitted.acquire(blocking=False):
            raise NotReady("too many secrets are being checked", retry_after=1)
        try:
            if not self._running.acquire(timeout=self._patience_s):
                raise NotReady("too many secrets are being checked", retry_after=1)
            try:
                return _matches(secret, kept or self._nobody) and kept is not None
            finally:
                self._running.release()
        finally:
            self._admitted.release()


def _hash_of_nothing() -> str:
    """A hash of the right form that no secret fits: its digest is random, not computed."""
    salt, digest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def _matches(secret: str, kept: str) -> bool:
    try:
        return _HASHER.verify(kept, secret.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
