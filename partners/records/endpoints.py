"""Endpoints of partners, and what was or is to be delivered to them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata
from partners.errors import NotFound
from partners.principal import Principal

Status = Literal["pending", "enabled", "paused", "disabled"]

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("event_types", JSONDocument, nullable=False),
    Column("labels", JSONDocument, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("rate_per_s", Float),
    Column("status", String(10), nullable=False),
    Column("disabled_reason", String(200)),
    Column("challenge", LargeBinary),
    Column("revision", Integer, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("verified_at", UTC),
    Column("deleted_at", UTC),
    CheckConstraint("status in ('pending', 'enabled', 'paused', 'disabled')", name="status"),
)

endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column(
        "endpoint_id", String(40), ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("kind", String(10), nullable=False),  # hmac, later also ed25519
    # Sealed with the context "endpoint_secret:<id>".
    Column("ciphertext", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("event_id", String(40), ForeignKey("events.id"), nullable=False),
    Column("endpoint_id", String(40), ForeignKey("endpoints.id"), nullable=False),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", UTC, nullable=False),
    # Attempts made, and how many of them failed by the schedule.
    Column("attempt", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("trigger", String(10), nullable=False, default="auto"),  # a resend by hand has a row of its own
    Column("lease_token", String(40)),
    Column("last_status", Integer),
    Column("created_at", UTC, nullable=False),
    Column("finished_at", UTC),
    CheckConstraint("state in ('due', 'ok', 'exhausted', 'cancelled', 'held')", name="state"),
    CheckConstraint("trigger in ('auto', 'manual')", name="trigger"),
    Index(
        "ux_deliveries_pair",
        "event_id",
        "endpoint_id",
        unique=True,
        sqlite_where=sql("trigger = 'auto'"),
        postgresql_where=sql("trigger = 'auto'"),
    ),
    Index(
        "ix_deliveries_due",
        "endpoint_id",
        "due_at",
        "id",
        sqlite_where=sql("state = 'due'"),
        postgresql_where=sql("state = 'due'"),
    ),
    Index(
        "ix_deliveries_leased",
        "endpoint_id",
        "due_at",
        sqlite_where=sql("lease_token is not null"),
        postgresql_where=sql("lease_token is not null"),
    ),
    Index("ix_deliveries_organization", "organization_id", "id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("delivery_id", String(40), ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sent_at", UTC, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("phase", String(10), nullable=False),
    Column("status", Integer),
    Column("error", String(200)),
    Column("peer", String(60)),
    Column("response", Text),
    Column("trigger", String(10), nullable=False),
)


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where a partner wants to be told; `challenge` is the hash of what a new one must show."""

    id: str
    organization_id: str
    url: str
    event_types: tuple[str, ...] = ("*",)
    labels: dict[str, str] = {}
    ordered: bool = False
    rate_per_s: float | None = None
    status: Status = "pending"
    disabled_reason: str | None = None
    challenge: bytes | None = None
    revision: int = 1
    created_at: datetime
    updated_at: datetime
    verified_at: datetime | None = None


def visible_to(principal: Principal) -> Select[tuple[Any, ...]]:
    """The endpoints of the principal's own organization."""
    return select(endpoints).where(
        endpoints.c.organization_id == principal.organization_id, endpoints.c.deleted_at.is_(None)
    )


def add_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    connection.execute(insert(endpoints).values(_to_row(endpoint)))


def get_endpoint(
    connection: Connection, principal: Principal, key: str, *, to_change: bool = False
) -> Endpoint:
    """Find one endpoint; `to_change` keeps others from changing it until the transaction ends.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    statement = visible_to(principal).where(endpoints.c.id == key)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise NotFound("no such endpoint")
    return _to_endpoint(row)


def list_endpoints(
    connection: Connection, principal: Principal, *, after: str | None, limit: int
) -> list[Endpoint]:
    """Endpoints in the order of their making, behind the one named by `after`."""
    statement = visible_to(principal).order_by(endpoints.c.id).limit(limit)
    if after is not None:
        statement = statement.where(endpoints.c.id > after)
    return [_to_endpoint(row) for row in connection.execute(statement)]


def change_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Write an endpoint as it shall be; its revision is the caller's to raise."""
    connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(_to_row(endpoint)))


def remove_endpoint(connection: Connection, endpoint: Endpoint, now: datetime) -> None:
    """Forget an endpoint and its secrets; what was not delivered is cancelled."""
    gone = update(endpoints).where(endpoints.c.id == endpoint.id)
    connection.execute(gone.values(deleted_at=now, updated_at=now, challenge=None))
    connection.execute(delete(endpoint_secrets).where(endpoint_secrets.c.endpoint_id == endpoint.id))
    waiting = update(deliveries).where(
        deliveries.c.endpoint_id == endpoint.id, deliveries.c.state.in_(["due", "held"])
    )
    connection.execute(waiting.values(state="cancelled", lease_token=None, finished_at=now))


def add_secret(
    connection: Connection, endpoint_id: str, secret_id: str, ciphertext: bytes, now: datetime
) -> None:
    """Keep a sealed signing secret; ids sort by age, so the newest signs first."""
    row = {"id": secret_id, "endpoint_id": endpoint_id, "kind": "hmac", "ciphertext": ciphertext}
    connection.execute(insert(endpoint_secrets).values(**row, created_at=now))


def expire_secrets(connection: Connection, endpoint_id: str, at: datetime) -> None:
    """Let the secrets an endpoint has now sign until `at`, and no longer than they were to anyway."""
    kept = update(endpoint_secrets).where(
        endpoint_secrets.c.endpoint_id == endpoint_id,
        or_(endpoint_secrets.c.expires_at.is_(None), endpoint_secrets.c.expires_at > at),
    )
    connection.execute(kept.values(expires_at=at))


def drop_old_secrets(connection: Connection, endpoint_id: str, keep: int, now: datetime) -> None:
    """Delete secrets that have expired, and of the others all but the newest `keep`."""
    of_endpoint = endpoint_secrets.c.endpoint_id == endpoint_id
    connection.execute(delete(endpoint_secrets).where(of_endpoint, endpoint_secrets.c.expires_at <= now))
    newest = select(endpoint_secrets.c.id).where(of_endpoint).order_by(endpoint_secrets.c.id.desc())
    surplus = list(connection.scalars(newest))[keep:]
    if surplus:
        connection.execute(delete(endpoint_secrets).where(endpoint_secrets.c.id.in_(surplus)))


def prove_endpoint(connection: Connection, endpoint_id: str, challenge: str, now: datetime) -> bool:
    """Enable a pending endpoint that has shown its challenge; what was held for it becomes due."""
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
    connection.execute(held.values(state="due", due_at=now))


def secret_context(secret_id: str) -> str:
    """What binds a sealed signing secret to its row."""
    return f"endpoint_secret:{secret_id}"


def hash_challenge(challenge: str) -> bytes:
    return hashlib.sha256(challenge.encode()).digest()


def _to_row(endpoint: Endpoint) -> dict[str, Any]:
    return msgspec.structs.asdict(endpoint) | {
        "event_types": list(endpoint.event_types),
        "ordered": int(endpoint.ordered),
    }


def _to_endpoint(row: Row[Any]) -> Endpoint:
    values = {name: getattr(row, name) for name in Endpoint.__struct_fields__}
    values |= {"event_types": tuple(row.event_types), "ordered": bool(row.ordered)}
    return Endpoint(**values)
