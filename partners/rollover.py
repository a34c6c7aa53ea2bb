"""Rotating: the next signing key takes over, and nobody meets a key unprepared.

The key that will sign next is published long before it signs, and the one that signed last long after.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from partners.db import Database, hold
from partners.errors import Conflict
from partners.keyring import Keyring
from partners.records import audit
from partners.records.keys import SigningKey, list_signing_keys, shift_signing_keys
from partners.signing import draft_signing_key

# Partners may keep our published keys for five minutes (the `max-age` they are served with).
PUBLISHED = timedelta(seconds=300)
_MARGIN = timedelta(seconds=60)  # how long another process of ours may not know of a rotation


def rotate_signing_keys(
    database: Database, keyring: Keyring, token_life: timedelta, now: datetime, *, at_once: bool = False
) -> list[SigningKey]:
    """Let the next signing key sign; returns the keys as they are then.

    Tokens by the key before are good until they expire. `at_once` forgoes the time in which partners and
    processes learn of the next key: for a key that has become known.

    Raises:
        Conflict: the next key was published too short a time ago, or tokens of the previous one may live.
    """
    least = max(PUBLISHED, token_life) + _MARGIN

    def work(connection: Connection, _: object) -> list[SigningKey]:
        hold(connection, "signing keys")
        keys = {key.state: key for key in list_signing_keys(connection)}
        if not at_once and (upcoming := keys.get("next")) and upcoming.created_at > now - least:
            wait = int((upcoming.created_at + least - now).total_seconds()) + 1
            raise Conflict(f"the next key was published a moment ago: wait {wait} s, or do it --at-once")
        new = draft_signing_key(keyring, "next", now)
        shift_signing_keys(connection, new)
        audit.record_for_service(connection, "signing_keys.rotated", new.id, {"at_once": at_once}, now)
        return list_signing_keys(connection)

    return database.acting("keys", work)
