"""Sellers: traders of a marketplace; what identifies a person is sealed, and joined by blind index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import text as sql

from partners.among import among
from partners.db import UTC, metadata, to_struct
from partners.errors import NotFound
from partners.ids import looks_like_id
from partners.keyring import Keyring
from partners.principal import Principal
from partners.records.organizations import get_organization

sellers = Table(
    "sellers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("country", String(2)),
    # The Party as JSON, sealed with the context "seller:<id>".
    Column("party", LargeBinary, nullable=False),
    # What customs see instead of the seller: one keyed pseudonym per seller, on every marketplace.
    Column("pseudonym", String(40), nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    # A deleted seller is gone for its marketplace; what is linked to a seizure is kept, sealed, for its flag.
    Column("deleted_at", UTC),
    Column("traced_at", UTC),  # empty until it met the earlier seizures, which a worker sees to
    Index("ux_sellers_reference", "organization_id", "reference", unique=True),
    Index("ix_sellers_pseudonym", "pseudonym"),
    Index("ix_sellers_organization", "organization_id", "id"),
    Index(
        "ix_sellers_untraced",
        "id",
        sqlite_where=sql("traced_at is null"),
        postgresql_where=sql("traced_at is null"),
    ),
)

# Blocking keys as blind indexes: equal keys of sellers and seized parties meet here.
seller_keys = Table(
    "seller_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("seller_id", String(40), ForeignKey("sellers.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_seller_keys_seller_id", "seller_id"),
)


class Seller(Struct, frozen=True, kw_only=True):
    """A row: `party` is sealed."""

    id: str
    organization_id: str
    reference: str
    revision: int
    party: bytes
    pseudonym: str
    created_at: datetime
    updated_at: datetime
    country: str | None = None
    deleted_at: datetime | None = None
    traced_at: datetime | None = None


def seal_context(seller_id: str) -> str:
    return f"seller:{seller_id}"


def visible_to(principal: Principal, *, is_deleted_too: bool = False) -> ColumnElement[bool]:
    """A marketplace sees its own sellers; nobody else sees any."""
    if principal.kind != "marketplace":
        return false()
    own = sellers.c.organization_id == principal.organization_id
    return own if is_deleted_too else and_(own, sellers.c.deleted_at.is_(None))


def get_seller(
    connection: Connection, principal: Principal, key: str, *, is_deleted_too: bool = False
) -> Seller:
    """Find a seller by our id or the marketplace's reference.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    named = sellers.c.id == key if looks_like_id(key) else sellers.c.reference == key
    statement = select(sellers).where(visible_to(principal, is_deleted_too=is_deleted_too), named)
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Seller)
    raise NotFound("no such seller")


def list_sellers(
    connection: Connection, principal: Principal, *, after: str | None, limit: int
) -> list[Seller]:
    """The principal's sellers, ordered by id."""
    statement = select(sellers).where(visible_to(principal), sellers.c.id > (after or ""))
    return _fetch(connection, statement.order_by(sellers.c.id).limit(limit))


def find_sellers(connection: Connection, seller_ids: Collection[str]) -> list[Seller]:
    """Sellers of any marketplace by id, for an act; the deleted ones too."""
    return _fetch(connection, select(sellers).where(sellers.c.id.in_(seller_ids)).order_by(sellers.c.id))


def find_by_reference(
    connection: Connection, organization_id: str, references: Collection[str]
) -> dict[str, Seller]:
    """A marketplace's sellers by reference, the deleted ones too."""
    asked = {"organization": organization_id, "references": list(references)}
    found = (to_struct(row, Seller) for row in connection.execute(_BY_REFERENCE, asked))
    return {seller.reference: seller for seller in found}


# Built once: every listing that is kept asks.
_BY_REFERENCE: Final = select(sellers).where(
    sellers.c.organization_id == bindparam("organization"), among(sellers.c.reference, "references")
)


def find_by_pseudonym(connection: Connection, pseudonym: str) -> list[Seller]:
    """All accounts of one seller, on every marketplace; the deleted ones too, oldest first."""
    return accounts_of(connection, [pseudonym])[pseudonym]


def accounts_of(connection: Connection, pseudonyms: Collection[str]) -> dict[str, list[Seller]]:
    """Pseudonym -> the same of each seller that is asked for."""
    found: dict[str, list[Seller]] = {pseudonym: [] for pseudonym in pseudonyms}
    statement = select(sellers).where(sellers.c.pseudonym.in_(found)).order_by(sellers.c.id)
    for seller in _fetch(connection, statement):
        found[seller.pseudonym].append(seller)
    return found


def list_untraced(connection: Connection, limit: int) -> list[Seller]:
    """Sellers that have not met the earlier seizures yet, oldest first."""
    statement = select(sellers).where(sellers.c.traced_at.is_(None), sellers.c.deleted_at.is_(None))
    return _fetch(connection, statement.order_by(sellers.c.id).limit(limit))


def count_marketplaces(connection: Connection, pseudonyms: Collection[str]) -> dict[str, int]:
    """On how many marketplaces each pseudonym sells."""
    statement = (
        select(sellers.c.pseudonym, func.count(sellers.c.organization_id.distinct()).label("marketplaces"))
        .where(sellers.c.pseudonym.in_(pseudonyms), sellers.c.deleted_at.is_(None))
        .group_by(sellers.c.pseudonym)
    )
    return {row.pseudonym: row.marketplaces for row in connection.execute(statement)}


def references_of(
    connection: Connection, principal: Principal, pseudonyms: Collection[str]
) -> dict[str, list[str]]:
    """A marketplace's own references of the sellers under pseudonyms."""
    statement = select(sellers.c.pseudonym, sellers.c.reference).where(
        visible_to(principal), sellers.c.pseudonym.in_(pseudonyms)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute(statement.order_by(sellers.c.id)):
        found[row.pseudonym].append(row.reference)
    return found


def _fetch(connection: Connection, statement: Select[tuple[object, ...]]) -> list[Seller]:
    return [to_struct(row, Seller) for row in connection.execute(statement)]


def add_sellers(connection: Connection, added: Iterable[Seller]) -> None:
    rows = [msgspec.structs.asdict(seller) for seller in added]
    if rows:
        connection.execute(insert(sellers), rows)


def change_seller(connection: Connection, seller: Seller) -> None:
    values = msgspec.structs.asdict(seller)
    connection.execute(update(sellers).where(sellers.c.id == seller.id).values(values))


def take_out_seller(connection: Connection, seller: Seller, now: datetime) -> None:
    """Delete an account; one that was deleted already stays so since then."""
    gone = {"deleted_at": seller.deleted_at or now, "updated_at": now, "revision": seller.revision + 1}
    connection.execute(update(sellers).where(sellers.c.id == seller.id).values(gone))


def set_pseudonym(connection: Connection, seller_id: str, pseudonym: str) -> None:
    connection.execute(update(sellers).where(sellers.c.id == seller_id).values(pseudonym=pseudonym))


def pseudonyms_of(connection: Connection, seller_ids: Collection[str]) -> set[str]:
    """Under which pseudonyms these accounts are known to customs."""
    return set(connection.scalars(select(sellers.c.pseudonym).where(sellers.c.id.in_(seller_ids))))


def erase_sellers(connection: Connection, seller_ids: Collection[str]) -> None:
    """Destroy what identifies the persons; the rows stay for what refers to them."""
    gone = sellers.c.id.in_(seller_ids)
    connection.execute(update(sellers).where(gone).values(party=b"", country=None))
    connection.execute(delete(seller_keys).where(seller_keys.c.seller_id.in_(seller_ids)))


def replace_keys(connection: Connection, keys: Mapping[str, Iterable[bytes]]) -> None:
    """Set the blind indexes of sellers: id -> keys."""
    connection.execute(delete(seller_keys).where(seller_keys.c.seller_id.in_(list(keys))))
    rows = [{"key": key, "seller_id": seller} for seller, held in keys.items() for key in sorted(held)]
    if rows:
        connection.execute(insert(seller_keys), rows)


def sellers_with_keys(connection: Connection, seller_ids: Collection[str]) -> list[str]:
    """Which of these sellers can be met at all: of the forgotten no index is left."""
    statement = select(seller_keys.c.seller_id).where(seller_keys.c.seller_id.in_(seller_ids))
    return sorted(connection.scalars(statement.distinct()))


def find_by_keys(connection: Connection, keys: Collection[bytes]) -> list[tuple[bytes, str]]:
    """Pairs of key and seller id; ask for rare keys only, a hub has very many."""
    statement = select(seller_keys.c.key, seller_keys.c.seller_id).where(seller_keys.c.key.in_(keys))
    return [(bytes(row.key), row.seller_id) for row in connection.execute(statement)]


def first_pseudonym(keyring: Keyring, seller_id: str, revision: int) -> str:
    """The pseudonym of a seller that is nobody we know: keyed, and telling nothing of the person."""
    return f"psn_{keyring.blind_index('pseudonym', f'{seller_id}:{revision}').hex()}"


def account_names(connection: Connection, organization_id: str) -> tuple[str, str]:
    """What a customs report may call a marketplace: its id and its name."""
    return organization_id, get_organization(connection, organization_id).name
