"""Whether a registration stands on a day, by its status and its dates."""

from __future__ import annotations

from datetime import date
from typing import Final

from matching.model import Mark

PENDING: Final = frozenset({"applied", "filed", "published", "opposed", "pending", "application"})
DEAD: Final = frozenset(
    [
        "expired",
        "cancelled",
        "canceled",
        "withdrawn",
        "refused",
        "rejected",
        "surrendered",
        "lapsed",
        "revoked",
        "invalidated",
        "abandoned",
        "dead",
    ]
)


def is_over(mark: Mark, day: date) -> bool:
    """Whether a mark is expired or was given up on a day."""
    return mark.status.lower() in DEAD or (mark.expires_on is not None and mark.expires_on < day)


def is_future(mark: Mark, day: date) -> bool:
    """Whether a mark was not even applied for on a day."""
    return mark.filed_on is not None and mark.filed_on > day


def is_pending(mark: Mark, day: date) -> bool:
    """Whether a mark is only applied for on a day."""
    return mark.status.lower() in PENDING or (mark.registered_on is not None and mark.registered_on > day)
