"""Clients: the programs of an organization, their credentials, and the tokens taken back from them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    exists,
    select,
)

from partners.db import UTC, JSONDocument, metadata
from partners.errors import Unauthorized
from partners.principal import Claims, Principal
from partners.records.organizations import organizations

clients = Table(
    "clients",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("scopes", JSONDocument, nullable=False),
    Column("auth_method", String(30), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("suspended_at", UTC),
    CheckConstraint("auth_method in ('client_secret_basic', 'private_key_jwt')", name="auth_method"),
)

# Two live credentials of one client overlap while a key is exchanged, so they are rows of their own.
credentials = Table(
    "credentials",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("client_id", String(40), ForeignKey("clients.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("secret_hash", Text),
    Column("jwk", JSONDocument),
    Column("created_at", UTC, nullable=False),
    Column("expires_at", UTC),
    CheckConstraint("kind in ('secret', 'key')", name="kind"),
)

# An assertion's id may be spent once until the assertion has expired (RFC 7523 section 3).
spent_assertions = Table(
    "spent_assertions",
    metadata,
    Column("client_id", String(40), primary_key=True),
    Column("jti_sha256", String(64), primary_key=True),
    Column("expires_at", UTC, nullable=False),
    Index("ix_spent_assertions_expires_at", "expires_at"),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("token_id", String(60), primary_key=True),
    Column("expires_at", UTC, nullable=False),
    Index("ix_revoked_tokens_expires_at", "expires_at"),
)


def admit(connection: Connection, claims: Claims) -> Principal:
    """Turn verified claims into a principal, at the beginning of a transaction, in one indexed read.

    Raises:
        Unauthorized: the token was revoked, or its client or organization is suspended or gone.
    """
    revoked = exists().where(revoked_tokens.c.token_id == claims.token_id)
    statement = (
        select(clients.c.id)
        .join(organizations, organizations.c.id == clients.c.organization_id)
        .where(
            clients.c.id == claims.client_id,
            clients.c.organization_id == claims.organization_id,
            organizations.c.kind == claims.kind,
            clients.c.suspended_at.is_(None),
            organizations.c.suspended_at.is_(None),
            ~revoked,
        )
    )
    if connection.execute(statement).one_or_none() is None:
        raise Unauthorized("the token is revoked, or its client is suspended")
    return Principal(
        organization_id=claims.organization_id,
        kind=claims.kind,
        client_id=claims.client_id,
        scopes=claims.scopes,
    )
