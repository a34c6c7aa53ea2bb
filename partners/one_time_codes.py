"""One-time codes: those of a generator (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_DIGITS = 6
_STEP = 30  # seconds
_KEY_BYTES = 20
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits: 16 characters of base 32
_AROUND = (0, -1, 1)  # steps by which the clocks of a telephone and of ours may differ


def new_totp_key() -> str:
    """A new generator's key, in base 32 as generators take it."""
    return b32encode(secrets.token_bytes(_KEY_BYTES)).decode()


def totp_uri(key: str, account: str) -> str:
    """What the generator's app reads from the picture."""
    return _generator(key).get_provisioning_uri(account, "Touchstone")


def totp_code(key: str, at: datetime) -> str:
    """What the generator shows at a time."""
    return _generator(key).generate(int(at.timestamp())).decode()


def find_step(key: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to: None for a wrong one. Whoever asks refuses a step twice."""
    if len(code) != _DIGITS or not code.isascii() or not code.isdecimal():
        return None
    generator = _generator(key)
    step = int(now.timestamp()) // _STEP
    # all are compared, so that the time tells nothing
    found = [
        step + around
        for around in _AROUND
        if hmac.compare_digest(generator.generate((step + around) * _STEP), code.encode())
    ]
    return found[0] if found else None


def _generator(key: str) -> TOTP:
    # SHA-1 is what every app knows; of HMAC-SHA-1 no weakness is known that would matter here
    return TOTP(b32decode(key), _DIGITS, SHA1(), _STEP)  # noqa: S303 - see above


def new_recovery_codes() -> list[str]:
    """Codes of 80 random bits, shown once, each good once."""
    return [_group(b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()) for _ in range(_RECOVERY_CODES)]


def read_recovery_code(text: str) -> str | None:
    """A recovery code as it was shown, however it was typed; None for anything else."""
    letters = "".join(text.split()).replace("-", "").upper()
    is_code = len(letters) == 16 and letters.isascii() and letters.isalnum()
    return _group(letters) if is_code else None


def _group(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
