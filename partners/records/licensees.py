"""Licensees: sellers that a rights holder licensed under a registration, each by its marketplace's own key.

The account is named, not looked for: whether we know it makes no difference, and the same reference on
another marketplace is another seller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import text as sql

from partners.among import among
from partners.db import UTC, metadata, to_struct
from partners.errors import NotFound
from partners.principal import Principal

licensees = Table(
    "licensees",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("trademark_id", String(40), ForeignKey("trademarks.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    # As the rights holder calls the marketplace, by name or id: it is told nothing else of it.
    Column("marketplace", String(400), nullable=False),
    # The marketplace's own reference of the seller, whether there is one yet or not.
    Column("seller", String(400), nullable=False),
    Column("until", Date),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    # When a license was over and what is stored was advised anew.
    Column("lapsed_at", UTC),
    Index("ux_licensees_account", "trademark_id", "marketplace_id", "seller", unique=True),
    Index("ix_licensees_trademark", "trademark_id", "id"),
    Index("ix_licensees_seller", "marketplace_id", "seller"),
    Index(
        "ix_licensees_running_out",
        "until",
        sqlite_where=sql("lapsed_at is null"),
        postgresql_where=sql("lapsed_at is null"),
    ),
)


class Account(Struct, frozen=True, order=True):
    """A seller as its marketplace knows it: the marketplace's id and its own reference."""

    marketplace_id: str
    seller: str


class Licensee(Struct, frozen=True, kw_only=True):
    """A licensed account; `until` is the last day of the license, None while it has no end."""

    id: str
    organization_id: str
    trademark_id: str
    marketplace_id: str
    marketplace: str
    seller: str
    created_at: datetime
    updated_at: datetime
    until: date | None = None
    lapsed_at: datetime | None = None

    @property
    def account(self) -> Account:
        return Account(self.marketplace_id, self.seller)


def visible_to(principal: Principal) -> Select[Any]:
    """The licensees of the rights holder's own registrations."""
    return select(licensees).where(licensees.c.organization_id == principal.organization_id)


def list_licensees(
    connection: Connection, principal: Principal, trademark_id: str, *, after: str | None, limit: int
) -> list[Licensee]:
    """The licensees of a registration of the principal's own behind an id, in order of their ids."""
    statement = visible_to(principal).where(
        licensees.c.trademark_id == trademark_id, licensees.c.id > (after or "")
    )
    return _fetch(connection, statement.order_by(licensees.c.id).limit(limit))


def get_licensee(connection: Connection, principal: Principal, trademark_id: str, key: str) -> Licensee:
    """Find a licensee of a registration of the principal's own by our id.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    statement = visible_to(principal).where(licensees.c.trademark_id == trademark_id, licensees.c.id == key)
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Licensee)
    raise NotFound("no such licensee")


def find_account(connection: Connection, trademark_id: str, account: Account) -> Licensee | None:
    """The license that an account has under a registration."""
    statement = select(licensees).where(
        licensees.c.trademark_id == trademark_id,
        licensees.c.marketplace_id == account.marketplace_id,
        licensees.c.seller == account.seller,
    )
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Licensee) if row else None


def find_of_account(connection: Connection, account: Account) -> list[Licensee]:
    """All licenses that rights holders entered for an account."""
    statement = select(licensees).where(
        licensees.c.marketplace_id == account.marketplace_id, licensees.c.seller == account.seller
    )
    return _fetch(connection, statement.order_by(licensees.c.id))


def count_licensees(connection: Connection, trademark_id: str) -> int:
    """How many licensees a registration has."""
    return connection.scalar(select(func.count()).where(licensees.c.trademark_id == trademark_id)) or 0


def licenses_of(
    connection: Connection, accounts: Collection[Account], day: date
) -> dict[Account, frozenset[str]]:
    """The registrations under which accounts are licensed on a day; those without any are left out."""
    asked = {
        "marketplaces": sorted({account.marketplace_id for account in accounts}),
        "sellers": sorted({account.seller for account in accounts}),
        "day": day,
    }
    found: defaultdict[Account, set[str]] = defaultdict(set)
    for row in connection.execute(_LICENSES, asked):
        account = Account(row.marketplace_id, row.seller)
        if account in accounts:
            found[account].add(row.trademark_id)
    return {account: frozenset(marks) for account, marks in found.items()}


# Built once: every screening asks.
_LICENSES: Final = select(licensees.c.marketplace_id, licensees.c.seller, licensees.c.trademark_id).where(
    among(licensees.c.marketplace_id, "marketplaces"),
    among(licensees.c.seller, "sellers"),
    or_(licensees.c.until.is_(None), licensees.c.until >= bindparam("day", type_=Date)),
)


def list_lapsed(connection: Connection, day: date, limit: int) -> list[Licensee]:
    """Licenses that were over before a day, and on which nothing was advised anew yet."""
    statement = select(licensees).where(licensees.c.until < day, licensees.c.lapsed_at.is_(None))
    return _fetch(connection, statement.order_by(licensees.c.until, licensees.c.id).limit(limit))


def add_licensee(connection: Connection, licensee: Licensee) -> None:
    connection.execute(insert(licensees).values(msgspec.structs.asdict(licensee)))


def change_licensee(connection: Connection, licensee: Licensee) -> None:
    values = msgspec.structs.asdict(licensee)
    connection.execute(update(licensees).where(licensees.c.id == licensee.id).values(values))


def set_lapsed(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """Note that what is stored is being advised anew after these licenses."""
    connection.execute(update(licensees).where(licensees.c.id.in_(ids)).values(lapsed_at=now))


def delete_licensees(connection: Connection, ids: Collection[str]) -> None:
    connection.execute(delete(licensees).where(licensees.c.id.in_(ids)))


def delete_all_under(connection: Connection, trademark_id: str) -> None:
    """Take the licensees of a registration along that is deleted: its matches are withdrawn anyway."""
    connection.execute(delete(licensees).where(licensees.c.trademark_id == trademark_id))


def _fetch(connection: Connection, statement: Select[Any]) -> list[Licensee]:
    return [to_struct(row, Licensee) for row in connection.execute(statement)]
