"""Links: a seizure's party and a seller that are held to be one, why, and the keys by which they met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    select,
)

from matching.model import Reason, Role
from partners.db import UTC, JSONDocument, metadata, to_struct, upsert
from partners.principal import Principal
from partners.records.seizures import Item, Seizure, items_of, seizures, visible_to
from partners.records.sellers import sellers

# Blocking keys of a seizure's parties, as blind indexes, so that a later seller meets earlier seizures.
seizure_keys = Table(
    "seizure_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("seizure_id", String(40), ForeignKey("seizures.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(12), primary_key=True),
    Index("ix_seizure_keys_seizure_id", "seizure_id"),
)

links = Table(
    "links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("seizure_id", String(40), ForeignKey("seizures.id", ondelete="CASCADE"), nullable=False),
    Column("seller_id", String(40), ForeignKey("sellers.id"), nullable=False),
    Column("role", String(12), nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSONDocument, nullable=False),
    Column("comparisons", JSONDocument, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Index("ux_links_pair", "seizure_id", "seller_id", "role", unique=True),
    Index("ix_links_seller_id", "seller_id"),
)


class StoredLink(Struct, frozen=True, kw_only=True):
    """A row: `reasons` and `comparisons` repeat no personal value."""

    id: str
    seizure_id: str
    seller_id: str
    role: Role
    score: float
    reasons: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime


class SeenLink(Struct, frozen=True, kw_only=True):
    """A link as customs may read it: the seller under its pseudonym."""

    pseudonym: str
    country: str | None
    role: Role
    score: float
    reasons: tuple[Reason, ...]


class ReportedSeizure(Struct, frozen=True, kw_only=True):
    """All that an administration sees of a seizure of its own; the persons are still sealed."""

    seizure: Seizure
    items: tuple[Item, ...]
    links: tuple[SeenLink, ...]


class KeyedParty(Struct, frozen=True):
    """A party of a seizure that holds a key."""

    key: bytes
    seizure_id: str
    role: Role


def keep_links(connection: Connection, kept: Iterable[StoredLink]) -> None:
    """Write links; where a seizure, seller and role are linked already, the newer view replaces the older."""
    rows = [msgspec.to_builtins(link, builtin_types=(datetime,)) for link in kept]
    pair, view = ("seizure_id", "seller_id", "role"), ("score", "reasons", "comparisons", "updated_at")
    upsert(connection, links, rows, pair, view)


def forget_links(connection: Connection, seizure_id: str, keep: Collection[tuple[str, str]] = ()) -> set[str]:
    """Forget a seizure's links but `keep`, pairs of seller id and role; returns the sellers let go."""
    statement = select(links.c.id, links.c.seller_id, links.c.role).where(links.c.seizure_id == seizure_id)
    stale = [row for row in connection.execute(statement) if (row.seller_id, row.role) not in keep]
    connection.execute(delete(links).where(links.c.id.in_([row.id for row in stale])))
    return {row.seller_id for row in stale}


def links_of(connection: Connection, seizure_ids: Collection[str]) -> dict[str, list[SeenLink]]:
    """The links of seizures as their administration sees them, surest first."""
    statement = (
        select(links, sellers.c.pseudonym, sellers.c.country)
        .join(sellers, sellers.c.id == links.c.seller_id)
        .where(links.c.seizure_id.in_(seizure_ids))
        .order_by(links.c.score.desc(), links.c.id)
    )
    found: defaultdict[str, list[SeenLink]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.seizure_id].append(to_struct(row, SeenLink))
    return found


def view_seizures(
    connection: Connection, principal: Principal, found: Sequence[Seizure]
) -> list[ReportedSeizure]:
    """Seizures of the principal's own with their items and what they lead to, in the same order."""
    mine = seizures.c.id.in_([seizure.id for seizure in found])
    ids = list(connection.scalars(select(seizures.c.id).where(mine, visible_to(principal))))
    items, led_to = items_of(connection, ids), links_of(connection, ids)
    return [
        ReportedSeizure(seizure=seizure, items=tuple(items[seizure.id]), links=tuple(led_to[seizure.id]))
        for seizure in found
        if seizure.id in ids
    ]


def find_linked(connection: Connection, seller_ids: Collection[str]) -> set[str]:
    """Which of these sellers a seizure leads to."""
    return set(connection.scalars(select(links.c.seller_id).where(links.c.seller_id.in_(seller_ids))))


def find_links(connection: Connection, seller_id: str) -> list[StoredLink]:
    """What leads from seizures to a seller, for an act; oldest first."""
    statement = select(links).where(links.c.seller_id == seller_id).order_by(links.c.id)
    return [to_struct(row, StoredLink) for row in connection.execute(statement)]


def replace_seizure_keys(connection: Connection, seizure_id: str, held: Iterable[KeyedParty]) -> None:
    """Set the blind indexes of a seizure's parties."""
    connection.execute(delete(seizure_keys).where(seizure_keys.c.seizure_id == seizure_id))
    rows = [msgspec.structs.asdict(party) for party in held]
    upsert(connection, seizure_keys, rows, ["key", "seizure_id", "role"])


def seizures_with_keys(connection: Connection, seizure_ids: Collection[str]) -> list[str]:
    """Which of these seizures can be met at all."""
    statement = select(seizure_keys.c.seizure_id).where(seizure_keys.c.seizure_id.in_(seizure_ids))
    return sorted(connection.scalars(statement.distinct()))


def find_seized(connection: Connection, keys: Collection[bytes]) -> list[KeyedParty]:
    """The parties of seizures that hold any of the keys."""
    statement = select(seizure_keys).where(seizure_keys.c.key.in_(keys))
    return [KeyedParty(bytes(row.key), row.seizure_id, row.role) for row in connection.execute(statement)]
