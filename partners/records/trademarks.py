"""Trademarks: registrations of marks, and their rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final, Literal, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy import text as sql

from matching.model import GenuineProduct
from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import NotFound
from partners.ids import looks_like_id, new_id
from partners.principal import Principal
from partners.records.barcodes import file_barcodes
from partners.records.goods import find_genuine_broken
from partners.records.licensees import delete_all_under
from partners.records.texts import is_readable
from partners.reference.countries import OFFICES, TERRITORIES

trademarks = Table(
    "trademarks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("mark", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("office", String(2), nullable=False),
    Column("registration_number", String(100)),
    Column("status", String(20), nullable=False),
    Column("filed_on", Date),
    Column("registered_on", Date),
    Column("expires_on", Date),
    Column("territories", JSONDocument, nullable=False),
    Column("nice_classes", JSONDocument, nullable=False),
    Column("spellings", JSONDocument, nullable=False),
    Column("products", JSONDocument, nullable=False),
    Column("goods", Text, nullable=False),
    Column("genuine", JSONDocument, nullable=False, server_default="[]"),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    Column("deleted_at", UTC),
    # The place in the registry's gap-free order; empty until the sequencer has given it.
    Column("position", BigInteger),
    Index("ux_trademarks_reference", "organization_id", "reference", unique=True),
    Index("ix_trademarks_organization", "organization_id", "id"),
    Index("ix_trademarks_position", "position"),
    Index(
        "ix_trademarks_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
)

Kind = Literal["word", "figurative", "combined", "shape", "other"]
Status = Literal[
    "applied",
    "published",
    "registered",
    "unverified",
    "opposed",
    "refused",
    "withdrawn",
    "surrendered",
    "cancelled",
    "expired",
]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
Outcome = Literal["created", "replaced", "equal"]
_IN_FORCE: Final = frozenset({"registered", "unverified"})


class TrademarkFields(Struct, frozen=True, kw_only=True):
    """A registration as its rights holder describes it; offices are WIPO ST.3 codes."""

    reference: str
    mark: str
    office: str
    kind: Kind = "word"
    registration_number: str | None = None
    status: Status = "registered"
    filed_on: date | None = None
    registered_on: date | None = None
    expires_on: date | None = None
    territories: tuple[str, ...] = ()
    nice_classes: tuple[int, ...] = ()
    spellings: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    goods: str = ""
    genuine: tuple[GenuineProduct, ...] = ()


class Trademark(TrademarkFields, frozen=True, kw_only=True):
    id: str
    organization_id: str
    revision: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    position: int | None = None


def find_broken_rules(fields: TrademarkFields) -> list[tuple[str, str]]:
    """What is wrong with a well-formed registration: pairs of JSON pointer and sentence."""
    broken = []
    if looks_like_id(fields.reference):
        broken.append(("/reference", "a reference may not look like one of our ids"))
    if not is_readable(fields.mark):
        broken.append(("/mark", "a mark has at least one character that can be read"))
    if fields.office not in OFFICES:
        broken.append(("/office", f"{fields.office} is no office code of WIPO ST.3"))
    for place, territory in enumerate(fields.territories):
        if territory not in TERRITORIES:
            broken.append((f"/territories/{place}", f"{territory} is no country (ISO 3166-1) and no union"))
    for place, number in enumerate(fields.nice_classes):
        if not 1 <= number <= 45:
            broken.append((f"/nice_classes/{place}", f"{number} is no Nice class: they run from 1 to 45"))
    return broken + find_genuine_broken(fields.genuine) + _find_dates_out_of_order(fields)


def _find_dates_out_of_order(fields: TrademarkFields) -> list[tuple[str, str]]:
    dated = [
        (name, day)
        for name in ("filed_on", "registered_on", "expires_on")
        if (day := getattr(fields, name)) is not None
    ]
    return [
        (f"/{later}", f"{later} lies before {earlier}")
        for (earlier, first), (later, second) in pairwise(dated)
        if second < first
    ]


def is_in_force(trademark: TrademarkFields, day: date) -> bool:
    """Tell whether the registration gives rights on a day."""
    started = trademark.registered_on is None or trademark.registered_on <= day
    ended = trademark.expires_on is not None and trademark.expires_on < day
    return trademark.status in _IN_FORCE and started and not ended


def visible_to(principal: Principal) -> Select[Any]:
    """The registrations of the principal's own organization that were not deleted."""
    return select(trademarks).where(
        trademarks.c.organization_id == principal.organization_id, trademarks.c.deleted_at.is_(None)
    )


def list_trademarks(
    connection: Connection,
    principal: Principal,
    *,
    after: str | None,
    limit: int,
    status: str | None = None,
    office: str | None = None,
) -> list[Trademark]:
    """The principal's registrations behind an id, in order of their ids."""
    statement = visible_to(principal)
    if after is not None:
        statement = statement.where(trademarks.c.id > after)
    if status is not None:
        statement = statement.where(trademarks.c.status == status)
    if office is not None:
        statement = statement.where(trademarks.c.office == office)
    rows = connection.execute(statement.order_by(trademarks.c.id).limit(limit))
    return [to_struct(row, Trademark) for row in rows]


def get_trademark(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> Trademark:
    """Find a registration by our id or by its reference; with `lock`, hold it.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    column = trademarks.c.id if looks_like_id(key) else trademarks.c.reference
    statement = visible_to(principal).where(column == key)
    if row := connection.execute(statement.with_for_update() if lock else statement).one_or_none():
        return to_struct(row, Trademark)
    raise NotFound("no such trademark")


def put_trademarks(
    connection: Connection, organization_id: str, rows: Sequence[TrademarkFields], now: datetime
) -> list[tuple[Trademark, Outcome]]:
    """Add or replace registrations by their references, in order; equal content changes nothing."""
    known = _find_by_reference(connection, organization_id, {row.reference for row in rows})
    stored = frozenset(known)
    results: list[tuple[Trademark, Outcome]] = []
    for row in rows:
        before = known.get(row.reference)
        if before and before.deleted_at is None and fields_of(before) == row:
            results.append((before, "equal"))
            continue
        known[row.reference] = after = _next_revision(before, organization_id, row, now)
        results.append((after, "replaced" if before and before.deleted_at is None else "created"))
    changed = {t.reference: t for t, outcome in results if outcome != "equal"}
    _write(connection, changed, stored)
    file_barcodes(connection, organization_id, {t.id: _barcodes_of(t) for t in changed.values()})
    return results


def hold_revisions(connection: Connection, organization_id: str, references: Sequence[str]) -> list[int]:
    """The present revision of each reference, 0 where there is none, held until the transaction ends."""
    known = _find_by_reference(connection, organization_id, set(references))
    live = {reference: t.revision for reference, t in known.items() if t.deleted_at is None}
    return [live.get(reference, 0) for reference in references]


def fields_of(trademark: Trademark) -> TrademarkFields:
    """A registration's fields alone, as its rights holder described it."""
    return TrademarkFields(**{name: getattr(trademark, name) for name in TrademarkFields.__struct_fields__})


def _barcodes_of(trademark: Trademark) -> list[str]:
    return [product.gtin for product in trademark.genuine if product.gtin]


def _find_by_reference(
    connection: Connection, organization_id: str, references: set[str]
) -> dict[str, Trademark]:
    statement = (
        select(trademarks)
        .where(trademarks.c.organization_id == organization_id, trademarks.c.reference.in_(references))
        .order_by(trademarks.c.id)
        .with_for_update()
    )
    return {row.reference: to_struct(row, Trademark) for row in connection.execute(statement)}


def _next_revision(
    before: Trademark | None, organization_id: str, row: TrademarkFields, now: datetime
) -> Trademark:
    return Trademark(
        id=before.id if before else new_id("tm"),
        organization_id=organization_id,
        revision=before.revision + 1 if before else 1,
        created_at=before.created_at if before else now,
        updated_at=now,
        **{name: getattr(row, name) for name in TrademarkFields.__struct_fields__},
    )


def _write(connection: Connection, changed: dict[str, Trademark], stored: frozenset[str]) -> None:
    # Without a position: the sequencer gives a new one, and retro-screening takes the row up.
    rows = {reference: msgspec.structs.asdict(trademark) for reference, trademark in changed.items()}
    if new := [row for reference, row in rows.items() if reference not in stored]:
        connection.execute(insert(trademarks), new)
    if old := [row | {"row": row["id"]} for reference, row in rows.items() if reference in stored]:
        values: dict[str, Any] = {name: bindparam(name) for name in old[0] if name != "row"}
        statement = update(trademarks).where(trademarks.c.id == bindparam("row"))
        connection.execute(statement.values(**values), old)


def delete_trademark(connection: Connection, principal: Principal, key: str, now: datetime) -> None:
    """Take a registration out of the registry; its matches stay as history.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    trademark = get_trademark(connection, principal, key, lock=True)
    connection.execute(
        update(trademarks)
        .where(trademarks.c.id == trademark.id)
        .values(
            deleted_at=now,
            updated_at=now,
            revision=trademark.revision + 1,
            position=None,
        )
    )
    file_barcodes(connection, trademark.organization_id, {trademark.id: ()})
    delete_all_under(connection, trademark.id)
