"""Limiting: tokens are drawn for a client, by this process, from the bucket that all processes share."""

from __future__ import annotations

from datetime import datetime

from partners.db import Database
from partners.deadlines import under_deadline
from partners.records.buckets import Ask, Grant, Quota, draw_tokens, forget_buckets

_IDLE = 600  # seconds after which any bucket has been full for long


def draw_block(database: Database, name: str, quota: Quota, ask: Ask, now: datetime) -> Grant:
    """Draw tokens; it is committed when this returns, and no request's deadline concerns it."""
    with under_deadline(None):
        return database.acting(
            "limiting", lambda connection, _: draw_tokens(connection, name, quota, ask, now.timestamp())
        )


def forget_idle(database: Database, now: datetime) -> int:
    """Forget buckets that nobody drew from for long; returns how many."""
    return database.acting(
        "limiting", lambda connection, _: forget_buckets(connection, now.timestamp() - _IDLE)
    )
