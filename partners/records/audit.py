"""Audit: who did what, kept beside the act itself; the sealer chains the rows later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, LargeBinary, String, Table, insert
from sqlalchemy import text as sql

from partners.db import UTC, JSONDocument, metadata
from partners.ids import new_id
from partners.principal import Principal
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

# How far each organization's chain came, and where it begins if its oldest rows were let go by retention.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("sealed_at", UTC, nullable=False),
    Column("first_position", BigInteger, nullable=False),
    Column("first_chain", LargeBinary, nullable=False),
    Column("first_seal", LargeBinary, nullable=False),
)


COMMAND_LINE = "command line"  # who acts when no client does


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
            client_id=principal.client_id,
            act=act,
            subject=subject,
            detail=dict(detail),
            at=now,
        )
    )
