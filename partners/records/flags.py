"""Flags: the risk of a seller, under its pseudonym, as customs pull it: level, reasons and expiry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    Select,
    String,
    Table,
    false,
    insert,
    select,
    true,
    update,
)
from sqlalchemy import text as sql

from matching.risk import least_of_band
from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import NotFound
from partners.principal import Kind, Principal
from partners.records.sellers import Seller, count_marketplaces, references_of, sellers

FlagLevel = Literal["low", "medium", "high"]

flags = Table(
    "flags",
    metadata,
    Column("id", String(40), primary_key=True),
    # One flag for one seller, however many accounts it has on however many marketplaces.
    Column("pseudonym", String(40), nullable=False, unique=True),
    Column("country", String(2)),
    Column("level", String(10), nullable=False),
    Column("score", Float, nullable=False),
    Column("score_in_bands", Float, nullable=False),
    Column("reasons", JSONDocument, nullable=False),
    # The same reasons as a marketplace may read them: seizures in bands, no dates.
    Column("reasons_in_bands", JSONDocument, nullable=False),
    Column("seizures", Integer, nullable=False),
    Column("alerts", Integer, nullable=False),
    # The administrations whose seizures led to the flag: they hear of it, and of its end.
    Column("administrations", JSONDocument, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("raised_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("expires_at", UTC, nullable=False),
    Column("lifted_at", UTC),
    # The place in the gap-free feed; a changed flag goes back to empty and takes a new place.
    Column("position", BigInteger),
    # The same three for marketplaces: they move only with what a marketplace reads, and count no seizures.
    Column("seen_revision", Integer, nullable=False),
    Column("seen_at", UTC, nullable=False),
    Column("seen_position", BigInteger),
    CheckConstraint("level in ('low', 'medium', 'high')", name="level"),
    Index("ix_flags_position", "position"),
    Index(
        "ix_flags_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
    Index("ix_flags_seen_position", "seen_position"),
    Index(
        "ix_flags_unplaced_as_seen",
        "id",
        sqlite_where=sql("seen_position is null"),
        postgresql_where=sql("seen_position is null"),
    ),
    Index(
        "ix_flags_expires_at",
        "expires_at",
        sqlite_where=sql("lifted_at is null"),
        postgresql_where=sql("lifted_at is null"),
    ),
)


class Flag(Struct, frozen=True, kw_only=True):
    id: str
    pseudonym: str
    level: FlagLevel
    score: float
    reasons: list[dict[str, Any]]
    reasons_in_bands: list[dict[str, Any]]
    seizures: int
    alerts: int
    administrations: list[str] = []
    revision: int
    raised_at: datetime
    updated_at: datetime
    expires_at: datetime
    country: str | None = None
    lifted_at: datetime | None = None
    position: int | None = None
    score_in_bands: float
    seen_revision: int
    seen_at: datetime
    seen_position: int | None = None


class SeenFlag(Struct, frozen=True, kw_only=True):
    """A flag as somebody sees it: a marketplace in bands, with its own references, customs with a count."""

    flag: Flag
    references: tuple[str, ...] = ()
    marketplaces: int | None = None


def visible_to(principal: Principal, *, is_deleted_too: bool = False) -> ColumnElement[bool]:
    """Customs see all flags, a marketplace those of its own sellers, nobody else any."""
    if principal.kind == "customs":
        return true()
    if principal.kind != "marketplace":
        return false()
    own = select(sellers.c.pseudonym).where(sellers.c.organization_id == principal.organization_id)
    if not is_deleted_too:
        own = own.where(sellers.c.deleted_at.is_(None))
    return flags.c.pseudonym.in_(own)


def seen_by(principal: Principal, *, is_deleted_too: bool = False) -> Select[Any]:
    """The flags that the principal sees, with the columns its kind may read."""
    seen = visible_to(principal, is_deleted_too=is_deleted_too)
    return select(*_columns_for(principal.kind)).where(seen)


def _columns_for(kind: Kind) -> list[ColumnElement[Any]]:
    """The columns of a flag that a kind of partner may read; see `in_bands` for the rest."""
    columns: list[ColumnElement[Any]] = list(flags.c)
    if kind != "customs":
        told = {"score": "score_in_bands", "reasons": "reasons_in_bands", "revision": "seen_revision"}
        told |= {"updated_at": "seen_at", "position": "seen_position"}
        hidden = {*told, "administrations"}
        columns = [column for column in columns if column.name not in hidden]
        columns += [flags.c[source].label(name) for name, source in told.items()]
    return columns


def get_flag(connection: Connection, principal: Principal, key: str) -> Flag:
    """Find a flag by its id.

    Raises:
        NotFound: there is none, or it is of another marketplace's seller.
    """
    statement = seen_by(principal).where(flags.c.id == key)
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Flag)
    raise NotFound("no such flag")


def get_flag_on(connection: Connection, principal: Principal, seller: Seller) -> Flag | None:
    """The flag on a marketplace's own seller, of a deleted one too, as the marketplace may read it."""
    named = seen_by(principal, is_deleted_too=True).where(flags.c.pseudonym == seller.pseudonym)
    row = connection.execute(named).one_or_none()
    return in_bands(to_struct(row, Flag)) if row else None


def list_flags(
    connection: Connection,
    principal: Principal,
    *,
    after: int,
    limit: int,
    level: FlagLevel | None = None,
    country: str | None = None,
) -> list[Flag]:
    """The feed behind a place, oldest change first, lifted flags too; a flag without a place comes later."""
    place = flags.c.position if principal.kind == "customs" else flags.c.seen_position
    statement = seen_by(principal).where(place > after)
    if level is not None:
        statement = statement.where(flags.c.level == level)
    if country is not None:
        statement = statement.where(flags.c.country == country)
    rows = connection.execute(statement.order_by(place).limit(limit))
    return [to_struct(row, Flag) for row in rows]


def find_flags(connection: Connection, pseudonyms: Collection[str]) -> dict[str, Flag]:
    """Flags by pseudonym, for an act; the lifted ones too."""
    rows = connection.execute(select(flags).where(flags.c.pseudonym.in_(pseudonyms)))
    return {row.pseudonym: to_struct(row, Flag) for row in rows}


def find_expired(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Pseudonyms whose flag has outlived its evidence, in their order."""
    statement = select(flags.c.pseudonym).where(flags.c.lifted_at.is_(None), flags.c.expires_at <= now)
    return list(connection.scalars(statement.order_by(flags.c.pseudonym).limit(limit)))


def keep_flag(connection: Connection, flag: Flag) -> None:
    """Write a flag; whatever changed, it takes a new place in the feed of customs."""
    row = msgspec.structs.asdict(flag) | {"position": None}
    if flag.revision == 1:
        connection.execute(insert(flags).values(row))
    else:
        connection.execute(update(flags).where(flags.c.id == flag.id).values(row))


def in_bands(flag: Flag) -> Flag:
    """A flag as a marketplace may read it: nothing in it counts seizures, or dates one."""
    return replace(
        flag,
        score=flag.score_in_bands,
        reasons=flag.reasons_in_bands,
        seizures=least_of_band(flag.seizures),
        administrations=[],
        revision=flag.seen_revision,
        updated_at=flag.seen_at,
        expires_at=_next_month(flag.expires_at),
        position=flag.seen_position,
    )


def _next_month(moment: datetime) -> datetime:
    month = datetime(moment.year, moment.month, 1, tzinfo=moment.tzinfo)
    return (month + timedelta(days=31)).replace(day=1)


def view_flags(connection: Connection, principal: Principal, found: Sequence[Flag]) -> list[SeenFlag]:
    """Flags with their sellers as the principal may see them, in the same order."""
    pseudonyms = [flag.pseudonym for flag in found]
    if principal.kind != "customs":
        own = references_of(connection, principal, pseudonyms)
        return [SeenFlag(flag=in_bands(flag), references=tuple(own[flag.pseudonym])) for flag in found]
    marketplaces = count_marketplaces(connection, pseudonyms)
    return [SeenFlag(flag=flag, marketplaces=marketplaces.get(flag.pseudonym, 0)) for flag in found]
