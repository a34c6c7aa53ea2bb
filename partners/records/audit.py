"""Audit: who did what, kept beside the act itself; the sealer chains the rows later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    insert,
    or_,
    select,
)
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.ids import new_id
from partners.principal import SERVICE, Principal
from partners.records.organizations import service_organization

audit = Table(
    "audit",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("client_id", String(40), nullable=False),
    Column("act", String(60), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("detail", JSONDocument, nullable=False),
    Column("at", UTC, nullable=False),
    # Its place in the organization's chain and the seal over it and all before it: empty until it is sealed.
    Column("position", BigInteger),
    Column("chain", LargeBinary),
    Index("ix_audit_organization", "organization_id", "id"),
    Index("ux_audit_position", "organization_id", "position", unique=True),
    Index(
        "ix_audit_unsealed",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
)

COMMAND_LINE = "command line"  # who acts when neither client nor person does


def record_for_service(
    connection: Connection, act: str, subject: str, detail: Mapping[str, object], now: datetime
) -> None:
    """Write what was done to the service itself, for no partner alone."""
    service = service_organization(connection, now)
    by = Principal(organization_id=service.id, kind=service.kind, client_id=COMMAND_LINE)
    record(connection, by, act, subject, detail, now)


def record(
    connection: Connection,
    principal: Principal,
    act: str,
    subject: str,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """Write what `principal` did, in the transaction that does it.

    `act` is `noun.verb`, `subject` the id of the thing; `detail` holds no secret and no personal data.
    """
    connection.execute(
        insert(audit).values(
            id=new_id("aud"),
            organization_id=principal.organization_id,
            client_id=principal.actor,
            act=act,
            subject=subject,
            detail=dict(detail),
            at=now,
        )
    )


class Entry(Struct, frozen=True, kw_only=True):
    """A row: `position` and `chain` are there once it is sealed, within a second."""

    id: str
    organization_id: str
    client_id: str
    act: str
    subject: str
    detail: dict[str, Any]
    at: datetime
    position: int | None = None
    chain: bytes | None = None


class EntryFilter(Struct, frozen=True, kw_only=True):
    """Which rows are wanted; what is None does not matter."""

    act: str | None = None
    subject: str | None = None
    client_id: str | None = None


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An organization sees what was done in its name; operators see what was done to the service, too."""
    own = audit.c.organization_id == principal.organization_id
    return or_(own, audit.c.organization_id == SERVICE) if principal.kind == "operator" else own


def list_entries(
    connection: Connection, principal: Principal, wanted: EntryFilter, *, after: str | None, limit: int
) -> list[Entry]:
    """What was done, ordered by id."""
    statement = select(audit).where(visible_to(principal))
    for name, value in asdict(wanted).items():
        if value is not None:
            statement = statement.where(audit.c[name] == value)
    if after is not None:
        statement = statement.where(audit.c.id > after)
    return [to_struct(row, Entry) for row in connection.execute(statement.order_by(audit.c.id).limit(limit))]


def find_entries(connection: Connection, act: str, subject: str) -> list[Entry]:
    """Each time that anybody did this to it, for an act; oldest first."""
    done = select(audit).where(audit.c.act == act, audit.c.subject == subject).order_by(audit.c.id)
    return [to_struct(row, Entry) for row in connection.execute(done)]
