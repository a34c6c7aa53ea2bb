"""Policies: the lines that rights holders draw for their own marks, version by version.

A version never changes and is never deleted, so that whatever was advised under it can be recomputed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
    func,
    insert,
    select,
)

from matching.overriding import Overrides, override
from matching.policies import POLICIES
from matching.scoring import Policy
from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import NotFound
from partners.principal import Principal

policies = Table(
    "policies",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("version", String(60), nullable=False),
    # The version that ships, whose evidence and weights these are.
    Column("based_on", String(60), nullable=False),
    Column("overrides", JSONDocument, nullable=False),
    Column("created_by", String(40), nullable=False),
    Column("created_at", UTC, nullable=False),
    Index("ux_policies_revision", "organization_id", "revision", unique=True),
    Index("ux_policies_version", "version", unique=True),
)


class PolicyVersion(Struct, frozen=True, kw_only=True):
    """A row: one version of a rights holder's policy."""

    id: str
    organization_id: str
    revision: int
    version: str
    based_on: str
    overrides: dict[str, Any]
    created_by: str
    created_at: datetime

    @property
    def drawn(self) -> Overrides:
        """The lines it draws otherwise."""
        return msgspec.convert(self.overrides, Overrides)

    @property
    def policy(self) -> Policy:
        """The policy it makes of the one that ships."""
        return override(POLICIES[self.based_on], self.drawn, self.version)


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A rights holder sees its own versions; nobody else any."""
    return (
        policies.c.organization_id == principal.organization_id
        if principal.kind == "rights_holder"
        else false()
    )


def list_versions(connection: Connection, principal: Principal) -> list[PolicyVersion]:
    """The principal's own versions, the newest first."""
    statement = select(policies).where(visible_to(principal)).order_by(policies.c.revision.desc())
    return [to_struct(row, PolicyVersion) for row in connection.execute(statement)]


def get_version(connection: Connection, principal: Principal, key: str) -> PolicyVersion:
    """One of the principal's own versions, by its name or by its id.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    named = (policies.c.version == key) | (policies.c.id == key)
    if row := connection.execute(select(policies).where(visible_to(principal), named)).one_or_none():
        return to_struct(row, PolicyVersion)
    raise NotFound("no such policy")


def find_present(connection: Connection, organization_id: str) -> PolicyVersion | None:
    """An organization's latest version."""
    mine = select(policies).where(policies.c.organization_id == organization_id)
    row = connection.execute(mine.order_by(policies.c.revision.desc()).limit(1)).one_or_none()
    return to_struct(row, PolicyVersion) if row else None


def add_version(connection: Connection, version: PolicyVersion) -> None:
    connection.execute(insert(policies).values(msgspec.structs.asdict(version)))


def owner_of(connection: Connection, version: str) -> str:
    """The rights holder whose version it is, "" if nobody's."""
    return connection.scalar(select(policies.c.organization_id).where(policies.c.version == version)) or ""


def present_policies(connection: Connection) -> Mapping[str, Policy]:
    """Every rights holder's present policy, where it draws any line otherwise: organization id -> policy."""
    latest = select(policies.c.organization_id, func.max(policies.c.revision).label("revision"))
    last = latest.group_by(policies.c.organization_id).subquery()
    statement = select(policies).join(
        last,
        (policies.c.organization_id == last.c.organization_id) & (policies.c.revision == last.c.revision),
    )
    found = [to_struct(row, PolicyVersion) for row in connection.execute(statement)]
    return {each.organization_id: each.policy for each in found if each.overrides}


def policies_named(connection: Connection, versions: Collection[str]) -> dict[str, Policy]:
    """Policies by their versions, those that ship among them; a version that nobody has is left out."""
    named = {version: POLICIES[version] for version in versions if version in POLICIES}
    if others := [version for version in versions if version not in POLICIES]:
        rows = connection.execute(select(policies).where(policies.c.version.in_(others)))
        named |= {row.version: to_struct(row, PolicyVersion).policy for row in rows}
    return named
