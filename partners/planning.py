"""Planning: jobs that advise on stored listings anew, written in the transaction of what has changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from partners.records.jobs import add_job

REVISITING: Final = "revisiting"
"""The kind of job that advises on listings anew after what is known beside their text: see revisiting.py."""
SETTLING: Final = timedelta(seconds=5)
"""So long may a listing be written with advice from before a change; then the job may begin."""


def plan_round(
    connection: Connection, plan: dict[str, object], now: datetime, kind: str = REVISITING
) -> None:
    """Have the listings that a plan names advised on anew, once writers have settled."""
    add_job(connection, kind, {**plan, "after": ""}, None, now, due_at=now + SETTLING)
