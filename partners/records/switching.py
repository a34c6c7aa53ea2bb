"""Switching: an endpoint is proved, disabled or removed; what waits for it is held, resumed or cancelled."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, or_, update

from partners.db import announce_work, time_of
from partners.records.endpoint_secrets import endpoint_secrets
from partners.records.endpoints import Endpoint, deliveries, endpoints, hold_switch


def remove_endpoint(connection: Connection, endpoint: Endpoint, now: datetime) -> None:
    """Forget an endpoint and its secrets; what was not delivered is cancelled."""
    gone = update(endpoints).where(endpoints.c.id == endpoint.id)
    connection.execute(gone.values(deleted_at=now, updated_at=now, challenge=None))
    connection.execute(delete(endpoint_secrets).where(endpoint_secrets.c.endpoint_id == endpoint.id))
    waiting = update(deliveries).where(
        deliveries.c.endpoint_id == endpoint.id, deliveries.c.state.in_(["due", "held"])
    )
    connection.execute(waiting.values(state="cancelled", lease_token=None, finished_at=now))


def prove_endpoint(connection: Connection, endpoint_id: str, challenge: str, now: datetime) -> bool:
    """Enable a pending endpoint that has shown its challenge; what was held for it becomes due."""
    hold_switch(connection, endpoint_id)
    proved = update(endpoints).where(
        endpoints.c.id == endpoint_id,
        endpoints.c.status == "pending",
        endpoints.c.challenge == hash_challenge(challenge),
        endpoints.c.deleted_at.is_(None),
    )
    changes = {"status": "enabled", "challenge": None, "verified_at": now, "updated_at": now}
    found = connection.execute(proved.values(**changes, revision=endpoints.c.revision + 1)).rowcount
    if found:
        resume_deliveries(connection, endpoint_id, now)
    return bool(found)


def disable_endpoint(connection: Connection, endpoint_id: str, url: str, reason: str, now: datetime) -> bool:
    """Disable an endpoint for what this URL answered; what is due waits until a person enables it again."""
    open_one = update(endpoints).where(
        endpoints.c.id == endpoint_id,
        endpoints.c.url == url,
        endpoints.c.status.in_(["enabled", "pending"]),
        endpoints.c.deleted_at.is_(None),
    )
    changes = {"status": "disabled", "disabled_reason": reason, "updated_at": now}
    found = connection.execute(open_one.values(**changes, revision=endpoints.c.revision + 1)).rowcount
    if found:
        hold_deliveries(connection, endpoint_id, now)
    return bool(found)


def hold_deliveries(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """Set aside what is due and not just being sent."""
    free = or_(deliveries.c.lease_token.is_(None), deliveries.c.due_at <= now)
    waiting = update(deliveries).where(
        deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == "due", free
    )
    connection.execute(waiting.values(state="held", lease_token=None))


def resume_deliveries(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """Make due what was held."""
    held = update(deliveries).where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == "held")
    connection.execute(held.values(state="due", due_at=time_of(connection, now)))
    announce_work(connection)


def hash_challenge(challenge: str) -> bytes:
    return hashlib.sha256(challenge.encode()).digest()
