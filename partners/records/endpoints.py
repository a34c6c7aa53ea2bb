"""Endpoints of partners, and what was or is to be delivered to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
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
    insert,
    select,
    update,
)
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, hold, metadata, try_hold
from partners.errors import Conflict, NotFound
from partners.ids import looks_like_id
from partners.principal import Principal

Status = Literal["pending", "enabled", "paused", "disabled"]
Signature = Literal["v1", "v1a"]

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
    Column("signatures", JSONDocument, nullable=False, server_default='["v1"]'),
    # What may be shown of the sealed access: names of headers, the OAuth client, the certificate.
    Column("access", JSONDocument, nullable=False, server_default="{}"),
    # The first failure since the last success; empty while the endpoint is well.
    Column("failing_since", UTC),
    # The partner's own name for it, and what it wants to remember of it.
    Column("reference", String(400)),
    Column("metadata", JSONDocument, nullable=False, server_default="{}"),
    CheckConstraint("status in ('pending', 'enabled', 'paused', 'disabled')", name="status"),
    Index(
        "ux_endpoints_reference",
        "organization_id",
        "reference",
        unique=True,
        sqlite_where=sql("deleted_at is null"),
        postgresql_where=sql("deleted_at is null"),
    ),
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
    # The place in an ordered endpoint's queue, from 1; 0: sent without regard to others.
    Column("ordinal", BigInteger, nullable=False, server_default="0", default=0),
    Column("late", Integer, nullable=False, server_default="0", default=0),  # 1: beyond its first retry
    Column("expires_at", UTC),  # worthless from then on: cancelled, not sent
    Column("lease_token", String(40)),
    Column("last_status", Integer),
    Column("created_at", UTC, nullable=False),
    Column("finished_at", UTC),
    Column("recovered_at", UTC),  # when it was made due again by hand
    Column("receipt", JSONDocument),  # of a notice that was taken; it stays when the attempts go
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
    *[
        Index(name, "endpoint_id", *columns, sqlite_where=sql(where), postgresql_where=sql(where))
        for name, columns, where in (
            ("ix_deliveries_first", ("due_at", "id"), "state = 'due' AND ordinal = 0 AND late = 0"),
            ("ix_deliveries_late", ("due_at", "id"), "state = 'due' AND ordinal = 0 AND late = 1"),
            ("ix_deliveries_ordered", ("ordinal",), "state = 'due' AND ordinal > 0"),
        )
    ],
    Index(
        "ix_deliveries_leased",
        "endpoint_id",
        "due_at",
        sqlite_where=sql("lease_token is not null"),
        postgresql_where=sql("lease_token is not null"),
    ),
    Index("ix_deliveries_organization", "organization_id", "id"),
    Index("ix_deliveries_state", "endpoint_id", "state"),
    Index("ix_deliveries_event", "event_id"),
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
    Column("response_sha256", String(64)),  # of what was read, before anything was hidden
    Index("ix_attempts_age", "sent_at"),
)


class OAuthClient(Struct, frozen=True, kw_only=True):
    """As which client we ask the receiver's authorization server for tokens."""

    token_url: str
    client_id: str
    scope: str | None = None


class Certificate(Struct, frozen=True, kw_only=True):
    """The client certificate we show: its SHA-256 fingerprint in hex, and its end."""

    subject: str
    sha256: str
    expires_at: datetime


class Access(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How we are let in at the receiver, without what is secret about it."""

    headers: tuple[str, ...] = ()
    oauth2: OAuthClient | None = None
    client_certificate: Certificate | None = None


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
    signatures: tuple[Signature, ...] = ("v1",)
    access: Access = Access()
    failing_since: datetime | None = None
    reference: str | None = None
    metadata: dict[str, str] = {}


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
    """Find one endpoint by id or by its partner's reference.

    `to_change` keeps others from changing it until the transaction ends.


    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    named = endpoints.c.id if looks_like_id(key) else endpoints.c.reference
    statement = visible_to(principal).where(named == key)
    if to_change and (found := connection.scalar(statement.with_only_columns(endpoints.c.id))):
        hold_switch(connection, found)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise NotFound("no such endpoint")
    return _to_endpoint(row)


def check_reference(connection: Connection, principal: Principal, reference: str | None) -> None:
    """See that no endpoint of the principal's has this reference yet.

    Raises:
        Conflict: one has.
    """
    taken = visible_to(principal).where(endpoints.c.reference == reference)
    if reference is not None and connection.execute(taken).first():
        raise Conflict(f"another endpoint has the reference {reference}")


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


def hold_switch(connection: Connection, endpoint_id: str) -> None:
    """Wait for those who hold events back because an endpoint is shut, and keep others from it.

    Taken before the endpoint's row: what was held unknown to whoever opens it would stay held for ever.
    """
    hold(connection, _switch_of(endpoint_id))


def find_shut(connection: Connection, endpoint_ids: Collection[str]) -> set[str]:
    """Those of these endpoints that stay shut (not enabled) until the transaction ends.

    One that is being switched just now is none of them: its events stay due, and go when it is open.
    """
    still = [key for key in sorted(endpoint_ids) if try_hold(connection, _switch_of(key), shared=True)]
    if not still:
        return set()
    shut = select(endpoints.c.id).where(endpoints.c.id.in_(still), endpoints.c.status != "enabled")
    return set(connection.scalars(shut))


def _switch_of(endpoint_id: str) -> str:
    return f"switch of {endpoint_id}"


def _to_row(endpoint: Endpoint) -> dict[str, Any]:
    return msgspec.structs.asdict(endpoint) | {
        "event_types": list(endpoint.event_types),
        "ordered": int(endpoint.ordered),
        "signatures": list(endpoint.signatures),
        "access": msgspec.to_builtins(endpoint.access),
    }


def _to_endpoint(row: Row[Any]) -> Endpoint:
    values = {name: getattr(row, name) for name in Endpoint.__struct_fields__}
    values |= {"event_types": tuple(row.event_types), "ordered": bool(row.ordered)}
    values |= {"signatures": tuple(row.signatures), "access": msgspec.convert(row.access, Access)}
    return Endpoint(**values)
