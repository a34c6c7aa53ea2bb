"""Cases: a rights holder's notice, the takedown case it opens, and the marketplace's decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import (
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
    false,
    insert,
    or_,
    select,
    update,
)

from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import NotFound
from partners.principal import Principal

notices = Table(
    "notices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("match_id", String(40), ForeignKey("matches.id"), nullable=False),
    Column("rights_holder_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    # What the notice said when it was filed: registration, listing, spans, reasons (DSA Art. 16).
    Column("document", JSONDocument, nullable=False),
    Column("filed_by", String(40), nullable=False),
    Column("filed_at", UTC, nullable=False),
    # Set when the rights holder took the notice back before a decision.
    Column("withdrawn_at", UTC),
    Index("ix_notices_match", "match_id"),
    Index("ix_notices_rights_holder", "rights_holder_id", "id"),
    Index("ix_notices_marketplace", "marketplace_id", "id"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("notice_id", String(40), ForeignKey("notices.id"), nullable=False, unique=True),
    Column("match_id", String(40), ForeignKey("matches.id"), nullable=False, index=True),
    Column("listing_id", String(40), ForeignKey("listings.id"), nullable=False, index=True),
    Column("trademark_id", String(40), ForeignKey("trademarks.id"), nullable=False),
    Column("rights_holder_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("decision", String(12)),
    Column("grounds", String(40)),
    Column("statement", Text),
    Column("decided_by", String(40)),
    Column("decided_at", UTC),
    Column("opened_at", UTC, nullable=False),
    Column("closed_at", UTC),
    CheckConstraint("state in ('open', 'decided', 'complained', 'closed')", name="state"),
    CheckConstraint("decision in ('removed', 'restricted', 'kept')", name="decision"),
    Index("ix_cases_rights_holder", "rights_holder_id", "id"),
    Index("ix_cases_marketplace", "marketplace_id", "id"),
)

Decision = Literal["removed", "restricted", "kept"]
State = Literal["open", "decided", "complained", "closed"]
InfringingGrounds = Literal["counterfeit", "trademark_infringement", "seller_banned", "terms_of_service"]
LawfulGrounds = Literal[
    "authorized_seller",
    "genuine_goods",
    "insufficient_evidence",
    "mark_not_in_force",
    "mistaken_identity",
    "permitted_use",
]
Grounds = Literal[InfringingGrounds, LawfulGrounds]
LAWFUL_GROUNDS: frozenset[str] = frozenset(get_args(LawfulGrounds))


class Notice(Struct, frozen=True, kw_only=True):
    """A rights holder's notice (DSA Art. 16); `document` is what it said when it was filed."""

    id: str
    match_id: str
    rights_holder_id: str
    marketplace_id: str
    document: dict[str, Any]
    filed_by: str
    filed_at: datetime
    withdrawn_at: datetime | None = None


class Case(Struct, frozen=True, kw_only=True):
    """A takedown case: opened by a notice, decided by the marketplace."""

    id: str
    notice_id: str
    match_id: str
    listing_id: str
    trademark_id: str
    rights_holder_id: str
    marketplace_id: str
    revision: int
    state: State
    opened_at: datetime
    decision: Decision | None = None
    grounds: Grounds | None = None
    statement: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None


def visible_to(principal: Principal, table: Table) -> ColumnElement[bool]:
    """The notices or cases that the principal's organization filed or has to decide."""
    if principal.kind not in {"marketplace", "rights_holder"}:
        return false()
    return or_(
        table.c.marketplace_id == principal.organization_id,
        table.c.rights_holder_id == principal.organization_id,
    )


def add_notice(connection: Connection, notice: Notice) -> None:
    connection.execute(insert(notices).values(msgspec.structs.asdict(notice)))


def add_case(connection: Connection, case: Case) -> None:
    connection.execute(insert(cases).values(msgspec.structs.asdict(case)))


def change_case(connection: Connection, case: Case) -> None:
    """Write a case's next revision."""
    connection.execute(update(cases).where(cases.c.id == case.id).values(msgspec.structs.asdict(case)))


def mark_withdrawn(connection: Connection, notice_id: str, now: datetime) -> None:
    connection.execute(update(notices).where(notices.c.id == notice_id).values(withdrawn_at=now))


def get_notice(connection: Connection, principal: Principal, key: str) -> Notice:
    """Find a notice by its id.

    Raises:
        NotFound: there is none, or it concerns other organizations.
    """
    statement = select(notices).where(notices.c.id == key, visible_to(principal, notices))
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Notice)
    raise NotFound("no such notice")


def get_case(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> Case:
    """Find a case by its id; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        NotFound: there is none, or it concerns other organizations.
    """
    statement = select(cases).where(cases.c.id == key, visible_to(principal, cases))
    if lock:
        statement = statement.with_for_update()
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Case)
    raise NotFound("no such case")


def newest_case_of(connection: Connection, match_id: str) -> Case | None:
    """The last case that a match led to, if any."""
    statement = select(cases).where(cases.c.match_id == match_id).order_by(cases.c.id.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Case) if row else None


def list_notices(
    connection: Connection, principal: Principal, *, after: str | None, limit: int
) -> list[Notice]:
    statement = select(notices).where(visible_to(principal, notices)).order_by(notices.c.id).limit(limit)
    if after is not None:
        statement = statement.where(notices.c.id > after)
    return [to_struct(row, Notice) for row in connection.execute(statement)]


def list_cases(
    connection: Connection, principal: Principal, *, after: str | None, limit: int, state: str | None
) -> list[Case]:
    statement = select(cases).where(visible_to(principal, cases)).order_by(cases.c.id).limit(limit)
    if after is not None:
        statement = statement.where(cases.c.id > after)
    if state is not None:
        statement = statement.where(cases.c.state == state)
    return [to_struct(row, Case) for row in connection.execute(statement)]
