"""Clients: the programs of an organization, their credentials, and the tokens taken back from them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
)

from partners.db import UTC, JSONDocument, metadata, to_struct, upsert
from partners.errors import Unauthorized
from partners.principal import Claims, Kind, Principal, Seat
from partners.records.grants import holds
from partners.records.organizations import organizations

AuthMethod = Literal["client_secret_basic", "private_key_jwt"]
CredentialKind = Literal["secret", "key"]
CredentialSource = Literal["value", "uri"]

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
    Column("revision", Integer, nullable=False, default=1),
    # Only tokens that are bound to a key (RFC 9449); customs have no others, whatever it says.
    Column("dpop_bound", Boolean, nullable=False, default=False),
    # The secret may come in the form, too: off, because forms are logged more easily than headers.
    Column("allows_form_secret", Boolean, nullable=False, default=False),
    # Where people are sent back to: a client with such URIs speaks for people, and never for itself.
    Column("redirect_uris", JSONDocument, nullable=False, default=list, server_default="[]"),
    # Where the client publishes its keys; when we last asked, and when that last succeeded.
    Column("jwks_uri", String(2048)),
    Column("jwks_asked_at", UTC),
    Column("jwks_read_at", UTC),
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
    # Keys by "value" are the client's to add and delete; those of its "uri" come and go with what it says.
    Column("source", String(10), nullable=False, default="value"),
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

# A proof's id may be used once with its key until the proof is too old (RFC 9449 section 11.1).
spent_proofs = Table(
    "spent_proofs",
    metadata,
    Column("thumbprint", String(43), primary_key=True),
    Column("jti_sha256", String(64), primary_key=True),
    Column("expires_at", UTC, nullable=False),
    Index("ix_spent_proofs_expires_at", "expires_at"),
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
        Unauthorized: the token was revoked, its client or organization is suspended or gone, or the
            person it speaks for is suspended, has another role by now, or has signed out.
    """
    if claims.seat and claims.seat.session_id:
        statement = select(organizations.c.id).where(
            organizations.c.id == bindparam("organization"),
            organizations.c.kind == bindparam("kind"),
            organizations.c.suspended_at.is_(None),
            holds(claims.seat, claims.client_id, claims.organization_id),
        )
    else:
        statement = _OF_CLIENT if claims.seat is None else _GOOD.where(_seated(claims))
    asked = {
        "organization": claims.organization_id,
        "kind": claims.kind,
        "client": claims.client_id,
        "token": claims.token_id,
    }
    if connection.execute(statement, asked).one_or_none() is None:
        raise Unauthorized("the token is revoked, or its client is suspended")
    return Principal(
        organization_id=claims.organization_id,
        kind=claims.kind,
        client_id=claims.client_id,
        scopes=claims.scopes,
        person_id=claims.seat.person_id if claims.seat else None,
    )


# Built once: every transaction of a partner asks whether the client of its token is good.
_GOOD: Final = (
    select(clients.c.id)
    .join(organizations, organizations.c.id == bindparam("organization"))
    .where(
        clients.c.id == bindparam("client"),
        organizations.c.kind == bindparam("kind"),
        clients.c.suspended_at.is_(None),
        organizations.c.suspended_at.is_(None),
        ~select(revoked_tokens.c.token_id).where(revoked_tokens.c.token_id == bindparam("token")).exists(),
    )
)
_OF_CLIENT: Final = _GOOD.where(clients.c.organization_id == bindparam("organization"))


def _seated(claims: Claims) -> ColumnElement[bool]:
    """The client speaks for a person whose session goes on, in the role of now."""
    seat = cast("Seat", claims.seat)
    owner = organizations.alias("owner")
    serves = exists(owner.c.id).where(
        owner.c.id == clients.c.organization_id,
        owner.c.suspended_at.is_(None),
        or_(owner.c.id == claims.organization_id, owner.c.kind == "operator"),
    )
    return and_(serves, holds(seat, claims.client_id, claims.organization_id))


class Credential(Struct, frozen=True, kw_only=True):
    """What a client proves itself with: the argon2id hash of a secret, or a public JWK (RFC 7517)."""

    id: str
    client_id: str
    kind: CredentialKind
    created_at: datetime
    secret_hash: str | None = None
    jwk: dict[str, Any] | None = None
    source: CredentialSource = "value"
    expires_at: datetime | None = None


class Client(Struct, frozen=True, kw_only=True):
    """A program of an organization, allowed one way to prove itself."""

    id: str
    organization_id: str
    name: str
    scopes: tuple[str, ...]
    auth_method: AuthMethod
    created_at: datetime
    suspended_at: datetime | None = None
    revision: int = 1
    dpop_bound: bool = False
    allows_form_secret: bool = False
    redirect_uris: tuple[str, ...] = ()
    jwks_uri: str | None = None
    jwks_asked_at: datetime | None = None
    jwks_read_at: datetime | None = None


class KnownClient(Struct, frozen=True, kw_only=True):
    """What the token endpoint must know of a client: its kind of partner and its live credentials."""

    client: Client
    kind: Kind
    credentials: tuple[Credential, ...]

    @property
    def speaks_for_people(self) -> bool:
        return bool(self.client.redirect_uris)

    def serves(self, organization_id: str) -> bool:
        """Whether people of an organization sign in through it: its own, or, an operator's, everybody's."""
        return self.kind == "operator" or self.client.organization_id == organization_id

    @property
    def is_bound(self) -> bool:
        """Whether it gets tokens bound to a key only; customs always, whatever is registered."""
        return self.client.dpop_bound or self.kind == "customs"


def add_client(connection: Connection, client: Client) -> None:
    connection.execute(insert(clients).values(msgspec.structs.asdict(client)))


def add_credential(connection: Connection, credential: Credential) -> None:
    connection.execute(insert(credentials).values(msgspec.structs.asdict(credential)))


def list_clients(connection: Connection, organization_id: str) -> list[Client]:
    """An organization's clients that are not suspended, the oldest first."""
    statement = select(clients).where(
        clients.c.organization_id == organization_id, clients.c.suspended_at.is_(None)
    )
    return [to_struct(row, Client) for row in connection.execute(statement.order_by(clients.c.id))]


def find_known_client(connection: Connection, client_id: str, now: datetime) -> KnownClient | None:
    """Find a client that may ask for tokens: none when it, or its organization, is unknown or suspended."""
    statement = (
        select(clients, organizations.c.kind.label("partner_kind"))
        .join(organizations, organizations.c.id == clients.c.organization_id)
        .where(
            clients.c.id == client_id,
            clients.c.suspended_at.is_(None),
            organizations.c.suspended_at.is_(None),
        )
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    live = select(credentials).where(
        credentials.c.client_id == client_id,
        or_(credentials.c.expires_at.is_(None), credentials.c.expires_at > now),
    )
    return KnownClient(
        client=to_struct(row, Client),
        kind=row.partner_kind,
        credentials=tuple(to_struct(each, Credential) for each in connection.execute(live)),
    )


def spend_assertion(connection: Connection, client_id: str, jti: str, expires_at: datetime) -> bool:
    """Spend an assertion's id; of any number of tries, in any process, exactly one is told True."""
    digest = hashlib.sha256(jti.encode()).hexdigest()
    row: dict[str, object] = {"client_id": client_id, "jti_sha256": digest, "expires_at": expires_at}
    return upsert(connection, spent_assertions, [row], ["client_id", "jti_sha256"]) == 1


def spend_proof(connection: Connection, thumbprint: str, jti: str, expires_at: datetime) -> bool:
    """Spend the id of a proof by a key, like `spend_assertion`."""
    digest = hashlib.sha256(jti.encode()).hexdigest()
    row: dict[str, object] = {"thumbprint": thumbprint, "jti_sha256": digest, "expires_at": expires_at}
    return upsert(connection, spent_proofs, [row], ["thumbprint", "jti_sha256"]) == 1


def revoke_token(connection: Connection, token_id: str, expires_at: datetime) -> bool:
    """Take a token back until it expires by itself; tells whether it was good until now."""
    row: dict[str, object] = {"token_id": token_id, "expires_at": expires_at}
    return upsert(connection, revoked_tokens, [row], ["token_id"]) == 1


def forget_expired(connection: Connection, now: datetime) -> int:
    """Delete spent ids and revoked tokens that have expired by themselves; returns how many."""
    return sum(
        connection.execute(delete(table).where(table.c.expires_at < now)).rowcount
        for table in (spent_assertions, spent_proofs, revoked_tokens)
    )
