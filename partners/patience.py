"""Patience: a request's deadline decides whether its transaction is begun, and whether it is committed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from partners.deadlines import current_deadline

T = TypeVar("T")


def in_time(work: Callable[[Connection], T]) -> Callable[[Connection], T]:
    """Let a request's deadline decide whether its work is begun, and whether it is committed."""
    if (deadline := current_deadline()) is None:
        return work

    def timed(connection: Connection) -> T:
        deadline.check()
        result = work(connection)
        deadline.begin_commit()
        return result

    return timed


def patience() -> str:
    """What has PostgreSQL give up a statement that outlives the request's deadline."""
    deadline = current_deadline()
    if deadline is None or deadline.remaining == math.inf:
        return ""
    return f"SET LOCAL statement_timeout = {max(1, int(deadline.remaining * 1000))};"
