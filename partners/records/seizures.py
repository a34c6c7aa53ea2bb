"""Seizures: what a customs administration took out of trade, item by item; a seizure case holds several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    delete,
    false,
    insert,
    select,
    update,
)

from matching.model import Party
from matching.tariff import goods_of
from partners.db import UTC, JSONDocument, Thousandths, metadata, to_struct
from partners.errors import NotFound
from partners.ids import looks_like_id
from partners.keyring import Keyring
from partners.principal import Principal
from partners.reference.vocabularies import Commodity, Right, Unit

seizures = Table(
    "seizures",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("seizure_case_reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seized_on", Date, nullable=False),
    Column("administration", String(2), nullable=False),
    # The fields as reported, without the persons.
    Column("document", JSONDocument, nullable=False),
    # Persons as JSON, sealed with the context "seizure:<id>".
    Column("persons", LargeBinary, nullable=False),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    Index("ux_seizures_reference", "organization_id", "reference", unique=True),
    Index("ix_seizures_case", "organization_id", "seizure_case_reference"),
    Index("ix_seizures_organization", "organization_id", "id"),
)

seizure_items = Table(
    "seizure_items",
    metadata,
    Column("seizure_id", String(40), ForeignKey("seizures.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("commodity", String(40), nullable=False),
    Column("hs_code", String(10)),
    Column("description", Text),
    Column("brand", String(400)),
    Column("right", String(20)),
    Column("quantity", Thousandths),
    Column("unit", String(10)),
    Column("value_amount", Thousandths),
    Column("value_currency", String(3)),
    Column("gtin", String(14)),
    Column("serials", JSONDocument, nullable=False),
    # For the question "were goods like these, from there, on that way, seized before?"
    Column("origin", String(2)),
    Column("channel", String(20)),
    Column("seized_on", Date, nullable=False),
    # The commodity, or what the number tells of "other" goods.
    Column("goods", String(40), nullable=False),
    CheckConstraint("unit in ('pieces', 'kg', 'l', 'doses')", name="unit"),
    Index("ix_seizure_items_goods", "goods", "origin", "seized_on"),
)


class ECommerce(Struct, frozen=True, kw_only=True):
    """Where the goods were bought: names and references as the marketplace uses them."""

    marketplace: str
    listing: str = ""
    seller: str = ""
    order: str = ""


class Persons(Struct, frozen=True, kw_only=True):
    """Who sent, received and declared the goods, and the account that sold them."""

    consignor: Party | None = None
    consignee: Party | None = None
    declarant: Party | None = None
    e_commerce: ECommerce | None = None


class Item(Struct, frozen=True, kw_only=True):
    """One kind of goods; `quantity` counts in `unit` and is never added to another unit's."""

    commodity: Commodity
    hs_code: str | None = None
    description: str | None = None
    brand: str | None = None
    right: Right | None = None
    quantity: Decimal | None = None
    unit: Unit | None = None
    value_amount: Decimal | None = None
    value_currency: str | None = None
    gtin: str | None = None
    serials: tuple[str, ...] = ()

    @property
    def goods(self) -> str:
        """What it is, by its number where its commodity does not tell."""
        return goods_of(self.commodity, self.hs_code)


class Seizure(Struct, frozen=True, kw_only=True):
    """A row: `persons` is sealed."""

    id: str
    organization_id: str
    reference: str
    seizure_case_reference: str
    revision: int
    seized_on: date
    administration: str
    document: dict[str, Any]
    persons: bytes
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


def seal_context(seizure_id: str) -> str:
    return f"seizure:{seizure_id}"


def seal_persons(keyring: Keyring, persons: Persons, seizure_id: str) -> bytes:
    return keyring.seal(msgspec.json.encode(persons), seal_context(seizure_id))


def open_persons(keyring: Keyring, seizure: Seizure) -> Persons:
    return msgspec.json.decode(keyring.open(seizure.persons, seal_context(seizure.id)), type=Persons)


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An administration sees its own seizures; nobody else sees any."""
    if principal.kind != "customs":
        return false()
    return and_(seizures.c.organization_id == principal.organization_id, seizures.c.deleted_at.is_(None))


def get_seizure(connection: Connection, principal: Principal, key: str) -> Seizure:
    """Find a seizure by our id or the administration's reference.

    Raises:
        NotFound: there is none, or it is another administration's.
    """
    named = seizures.c.id == key if looks_like_id(key) else seizures.c.reference == key
    if row := connection.execute(select(seizures).where(visible_to(principal), named)).one_or_none():
        return to_struct(row, Seizure)
    raise NotFound("no such seizure")


def list_seizures(
    connection: Connection, principal: Principal, *, after: str | None, limit: int, case: str | None = None
) -> list[Seizure]:
    """The principal's seizures, ordered by id; with `case`, those of one seizure case."""
    statement = select(seizures).where(visible_to(principal))
    if after is not None:
        statement = statement.where(seizures.c.id > after)
    if case is not None:
        statement = statement.where(seizures.c.seizure_case_reference == case)
    rows = connection.execute(statement.order_by(seizures.c.id).limit(limit))
    return [to_struct(row, Seizure) for row in rows]


def find_seizures(connection: Connection, seizure_ids: Collection[str]) -> list[Seizure]:
    """Seizures of any administration by id, for an act."""
    rows = connection.execute(select(seizures).where(seizures.c.id.in_(seizure_ids)).order_by(seizures.c.id))
    return [to_struct(row, Seizure) for row in rows]


def find_by_reference(connection: Connection, organization_id: str, reference: str) -> Seizure | None:
    """An administration's seizure by reference, a deleted one too."""
    statement = select(seizures).where(
        seizures.c.organization_id == organization_id, seizures.c.reference == reference
    )
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Seizure) if row else None


def items_of(connection: Connection, seizure_ids: Collection[str]) -> dict[str, list[Item]]:
    """The items of seizures, in the order of the report."""
    statement = select(seizure_items).where(seizure_items.c.seizure_id.in_(seizure_ids))
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for row in connection.execute(statement.order_by(seizure_items.c.seizure_id, seizure_items.c.number)):
        found[row.seizure_id].append(to_struct(row, Item))
    return found


def keep_seizure(connection: Connection, seizure: Seizure, items: Iterable[Item], *, is_new: bool) -> None:
    """Write a seizure with its items, in place of what stood there."""
    row = msgspec.structs.asdict(seizure)
    if is_new:
        connection.execute(insert(seizures).values(row))
    else:
        connection.execute(update(seizures).where(seizures.c.id == seizure.id).values(row))
        connection.execute(delete(seizure_items).where(seizure_items.c.seizure_id == seizure.id))
    kind = {
        "seizure_id": seizure.id,
        "origin": origin_of(seizure.document),
        "channel": seizure.document.get("channel"),
        "seized_on": seizure.seized_on,
    }
    rows = [
        kind | msgspec.structs.asdict(item) | {"number": at, "goods": item.goods}
        for at, item in enumerate(items, start=1)
    ]
    if rows:
        connection.execute(insert(seizure_items), rows)


def origin_of(document: Mapping[str, Any]) -> str | None:
    """The country that goods came from, as far as their route tells."""
    route = {step["role"]: step["country"] for step in document.get("route", ())}
    return route.get("origin") or route.get("departure")


def totals_of(items: Iterable[Item]) -> dict[Unit, Decimal]:
    """Quantity by unit; pieces, kilograms, liters and doses are never added up."""
    totals: defaultdict[Unit, Decimal] = defaultdict(Decimal)
    for item in items:
        if item.quantity is not None and item.unit is not None:
            totals[item.unit] += item.quantity
    return dict(totals)
