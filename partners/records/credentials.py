"""Credentials as their organization manages them: its clients, and what they prove themselves by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from partners.db import to_struct
from partners.errors import NotFound
from partners.principal import Principal
from partners.records.clients import Client, Credential, clients, credentials


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An organization sees its own clients."""
    return clients.c.organization_id == principal.organization_id


def get_client(connection: Connection, principal: Principal, key: str, *, to_change: bool = False) -> Client:
    """Find a client of one's own organization; `to_change` holds it until the transaction ends.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    statement = select(clients).where(visible_to(principal), clients.c.id == key)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise NotFound("no such client")
    return to_struct(row, Client)


def list_clients_of(
    connection: Connection, principal: Principal, *, after: str | None, limit: int
) -> list[Client]:
    """The organization's clients, ordered by id; the suspended ones too."""
    statement = select(clients).where(visible_to(principal))
    if after is not None:
        statement = statement.where(clients.c.id > after)
    rows = connection.execute(statement.order_by(clients.c.id).limit(limit))
    return [to_struct(row, Client) for row in rows]


def change_client(connection: Connection, client: Client) -> None:
    values = msgspec.structs.asdict(client)
    connection.execute(update(clients).where(clients.c.id == client.id).values(values))


def list_live(connection: Connection, client_id: str, now: datetime) -> list[Credential]:
    """What a client can prove itself by now, the oldest first."""
    statement = select(credentials).where(
        credentials.c.client_id == client_id,
        or_(credentials.c.expires_at.is_(None), credentials.c.expires_at > now),
    )
    return [to_struct(row, Credential) for row in connection.execute(statement.order_by(credentials.c.id))]


def list_own_live(
    connection: Connection, principal: Principal, client_id: str, now: datetime
) -> list[Credential]:
    """The same of a client of the principal's own organization; of any other none."""
    own = clients.c.organization_id == principal.organization_id
    if connection.scalar(select(clients.c.id).where(clients.c.id == client_id, own)) is None:
        return []
    return list_live(connection, client_id, now)


def expire(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """Let credentials end at a time; one that ends sooner anyway is left."""
    sooner = or_(credentials.c.expires_at.is_(None), credentials.c.expires_at > at)
    connection.execute(update(credentials).where(credentials.c.id.in_(ids), sooner).values(expires_at=at))


def remove(connection: Connection, ids: Collection[str]) -> None:
    connection.execute(delete(credentials).where(credentials.c.id.in_(ids)))


def replace_published(connection: Connection, client_id: str, keys: Collection[Credential]) -> None:
    """Set the keys that a client publishes at its URL."""
    connection.execute(
        delete(credentials).where(credentials.c.client_id == client_id, credentials.c.source == "uri")
    )
    if keys:
        connection.execute(insert(credentials), [msgspec.structs.asdict(key) for key in keys])


def claim_asking(connection: Connection, client_id: str, before: datetime, now: datetime) -> bool:
    """Take the turn to ask for a client's published keys; False when somebody did since `before`."""
    due = or_(clients.c.jwks_asked_at.is_(None), clients.c.jwks_asked_at < before)
    statement = update(clients).where(clients.c.id == client_id, clients.c.jwks_uri.is_not(None), due)
    return connection.execute(statement.values(jwks_asked_at=now)).rowcount == 1


def mark_read(connection: Connection, client_id: str, uri: str, now: datetime) -> bool:
    """Note that a client's published keys were read; False when it has another URL by now."""
    statement = update(clients).where(clients.c.id == client_id, clients.c.jwks_uri == uri)
    return connection.execute(statement.values(jwks_read_at=now)).rowcount == 1
