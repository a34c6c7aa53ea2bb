"""Organizations: the partners, of four kinds."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import CheckConstraint, Column, Connection, String, Table, insert, select

from partners.db import UTC, metadata, to_struct, upsert
from partners.errors import NotFound
from partners.ids import new_id
from partners.principal import SERVICE, Kind, Principal

organizations = Table(
    "organizations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("suspended_at", UTC),
    CheckConstraint("kind in ('marketplace', 'rights_holder', 'customs', 'operator')", name="kind"),
)


class Organization(Struct, frozen=True, kw_only=True):
    id: str
    kind: Kind
    name: str
    created_at: datetime
    suspended_at: datetime | None = None


def add_organization(connection: Connection, kind: Kind, name: str, now: datetime) -> Organization:
    organization = Organization(id=new_id("org"), kind=kind, name=name, created_at=now)
    connection.execute(insert(organizations).values(msgspec.structs.asdict(organization)))
    return organization


def service_organization(connection: Connection, now: datetime) -> Organization:
    """The organization in whose name the service itself acts: for what concerns no partner alone."""
    service = Organization(id=SERVICE, kind="operator", name="Touchstone", created_at=now)
    upsert(connection, organizations, [msgspec.structs.asdict(service)], ["id"])
    return service


def get_organization(connection: Connection, organization_id: str) -> Organization:
    """Find an organization by its id.

    Raises:
        NotFound: there is none.
    """
    statement = select(organizations).where(organizations.c.id == organization_id)
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Organization)
    raise NotFound("no such organization")


def get_own_organization(connection: Connection, principal: Principal) -> Organization:
    """The principal's own organization."""
    return get_organization(connection, principal.organization_id)


def find_marketplaces(connection: Connection, name: str) -> list[str]:
    """Ids of the marketplaces that are called so, by id or by name; case and spaces do not matter."""
    wanted = " ".join(name.split()).casefold()
    statement = select(organizations.c.id, organizations.c.name).where(organizations.c.kind == "marketplace")
    return [
        row.id
        for row in connection.execute(statement.order_by(organizations.c.id))
        if wanted in {row.id, " ".join(row.name.split()).casefold()}
    ]


def list_operators(connection: Connection) -> list[str]:
    """Ids of the organizations that run the service."""
    found = select(organizations.c.id).where(
        organizations.c.kind == "operator", organizations.c.suspended_at.is_(None)
    )
    return list(connection.scalars(found.order_by(organizations.c.id)))
