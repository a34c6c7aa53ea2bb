"""What a process of the release before does, in its own words: it knows no column of the new schema."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, bindparam, text

from partners.db import UTC
from partners.ids import new_id

DUE = text(
    "SELECT d.id, d.event_id, e.url FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id"
    " WHERE d.state = 'due' AND d.due_at <= :now AND e.status = 'enabled' ORDER BY d.due_at, d.id LIMIT 8"
)
LEASE = text(
    "UPDATE deliveries SET lease_token = :token, due_at = :until"
    " WHERE id = :id AND state = 'due' AND due_at <= :now"
)
SETTLE = text(
    "UPDATE deliveries SET state = 'ok', attempt = attempt + 1, failures = 0, last_status = 200,"
    " finished_at = :now, lease_token = NULL WHERE id = :id AND lease_token = :token"
)
ATTEMPT = text(
    "INSERT INTO attempts (id, delivery_id, organization_id, number, sent_at, milliseconds, phase, status,"
    " trigger) SELECT :attempt, id, organization_id, attempt + 1, :now, 1.0, 'body', 200, trigger"
    " FROM deliveries WHERE id = :id"
)
EVENT = text(
    "INSERT INTO events (id, organization_id, type, subject, sequence, body, occurred_at)"
    " VALUES (:event, :organization, 'case.opened', 'case_1', 1, :body, :now)"
)
DELIVERY = text(
    "INSERT INTO deliveries (id, event_id, endpoint_id, organization_id, state, due_at, attempt, failures,"
    " trigger, created_at)"
    " VALUES (:delivery, :event, :endpoint, :organization, 'due', :now, 0, 0, 'auto', :now)"
)


def _timed(statement: TextClause) -> TextClause:
    names = [name for name in ("now", "until") if f":{name}" in statement.text]
    return statement.bindparams(*[bindparam(name, type_=UTC()) for name in names])


def tell(connection: Any, endpoint: Any, count: int, now: datetime) -> None:
    """Write events as the old release wrote them."""
    for _ in range(count):
        ids = {"event": new_id("evt"), "delivery": new_id("dlv"), "endpoint": endpoint.id}
        given = ids | {"organization": endpoint.organization_id, "body": b"{}", "now": now}
        for statement in (EVENT, DELIVERY):
            connection.execute(
                _timed(statement), {k: v for k, v in given.items() if f":{k}" in statement.text}
            )


def claim(connection: Any, now: datetime) -> list[tuple[str, str, str, str]]:
    """Lease a few; returns (id, token, event, url)."""
    taken = []
    for row in connection.execute(_timed(DUE), {"now": now}).all():
        token = f"old.{secrets.token_hex(4)}"
        given = {"id": row.id, "token": token, "until": now + timedelta(seconds=60), "now": now}
        if connection.execute(_timed(LEASE), given).rowcount:
            taken.append((row.id, token, row.event_id, row.url))
    return taken


def settle(connection: Any, taken: list[tuple[str, str, str, str]], now: datetime) -> None:
    """Write down that they were delivered."""
    for key, token, _, _ in taken:
        connection.execute(_timed(ATTEMPT), {"attempt": new_id("att"), "id": key, "now": now})
        connection.execute(_timed(SETTLE), {"id": key, "token": token, "now": now})
