"""Matches: a listing and a registration that met, with reasons, and a person's judgement beside the score."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    false,
    func,
    select,
    text,
    update,
)

from matching.model import Comparison, Reason, Span, Use, VerdictName
from partners.bulk import insert_rows, overwrite_rows
from partners.db import UTC, JSONDocument, metadata, to_struct
from partners.errors import NotFound
from partners.principal import Principal
from partners.records.listings import ListingFields, listings
from partners.records.trademarks import trademarks

matches = Table(
    "matches",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("listing_id", String(40), ForeignKey("listings.id"), nullable=False),
    Column("trademark_id", String(40), ForeignKey("trademarks.id"), nullable=False),
    Column("marketplace_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("rights_holder_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("score", Float, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("use", String(20), nullable=False),
    Column("evasions", JSONDocument, nullable=False),
    Column("found", JSONDocument, nullable=False),
    Column("also_found", JSONDocument, nullable=False),
    Column("reasons", JSONDocument, nullable=False),
    Column("comparisons", JSONDocument, nullable=False),
    # 0 until a person judged; counts judgements, apart from the revisions of the score.
    Column("judgement_revision", Integer, nullable=False, default=0),
    Column("judgement", String(10)),
    Column("judgement_reason", Text),
    # The last day (UTC) on which the judgement holds; null where it holds until it is taken back.
    Column("judgement_expires_on", Date),
    Column("judged_by", String(40)),
    Column("judged_at", UTC),
    Column("created_at", UTC, nullable=False),
    Column("updated_at", UTC, nullable=False),
    # Set when a later screening no longer finds the mark; the row stays for its history.
    Column("withdrawn_at", UTC),
    # What people judged, newest first: calibration reads it.
    Index(
        "ix_matches_judged",
        "judged_at",
        "id",
        sqlite_where=text("judged_at is not null"),
        postgresql_where=text("judged_at is not null"),
    ),
    CheckConstraint("judgement in ('confirmed', 'rejected', 'unsure')", name="judgement"),
    CheckConstraint("verdict in ('clear', 'review', 'alert')", name="verdict"),
    Index("ux_matches_pair", "listing_id", "trademark_id", unique=True),
    Index("ix_matches_marketplace", "marketplace_id", "id"),
    Index("ix_matches_rights_holder", "rights_holder_id", "id"),
    # Row-level security asks of a mark whether it was found on one of a marketplace's listings.
    Index("ix_matches_trademark", "trademark_id", "marketplace_id"),
    Index(
        "ix_matches_judgement_running_out",
        "judgement_expires_on",
        sqlite_where=text("judgement_expires_on is not null"),
        postgresql_where=text("judgement_expires_on is not null"),
    ),
)

_SHOWN: Final = ("review", "alert")


class MatchRow(Struct, frozen=True, kw_only=True):
    """What a screening writes of a match; the judgement is a person's and is written elsewhere."""

    id: str
    listing_id: str
    trademark_id: str
    marketplace_id: str
    rights_holder_id: str
    revision: int
    verdict: VerdictName
    score: float
    similarity: float
    use: Use
    evasions: tuple[str, ...]
    found: Span
    also_found: tuple[Span, ...]
    reasons: tuple[Reason, ...]
    comparisons: tuple[Comparison, ...]
    created_at: datetime
    updated_at: datetime
    judgement: str | None = None
    withdrawn_at: datetime | None = None


class Match(Struct, frozen=True, kw_only=True):
    """A match as one of its sides reads it: each side knows its own reference only."""

    id: str
    revision: int
    verdict: VerdictName
    score: float
    similarity: float
    use: Use
    evasions: tuple[str, ...]
    found: Span
    also_found: tuple[Span, ...]
    reasons: tuple[Reason, ...]
    listing_id: str
    listing_reference: str | None = None
    listing: ListingFields
    trademark_id: str
    trademark_reference: str | None = None
    mark: str
    office: str
    registration_number: str | None
    created_at: datetime
    updated_at: datetime
    judgement: str | None = None
    judgement_expires_on: date | None = None
    withdrawn_at: datetime | None = None


class MatchFilter(Struct, frozen=True, kw_only=True):
    """What a list is asked for: `listing` and `trademark` are ids."""

    verdict: VerdictName | None = None
    listing: str | None = None
    trademark: str | None = None


ALL_SHOWN: Final = MatchFilter()


def visible_to(principal: Principal) -> Select[Any]:
    """Matches on the marketplace's own listings, or on the rights holder's own registrations."""
    sides = {
        "marketplace": (matches.c.marketplace_id, listings.c.reference.label("listing_reference")),
        "rights_holder": (matches.c.rights_holder_id, trademarks.c.reference.label("trademark_reference")),
    }
    side, reference = sides.get(principal.kind, (None, None))
    return (
        select(
            *(matches.c[name] for name in Match.__struct_fields__ if name in matches.c),
            listings.c.document.label("listing"),
            trademarks.c.mark,
            trademarks.c.office,
            trademarks.c.registration_number,
            *(() if reference is None else (reference,)),
        )
        .join(listings, listings.c.id == matches.c.listing_id)
        .join(trademarks, trademarks.c.id == matches.c.trademark_id)
        .where(false() if side is None else side == principal.organization_id)
    )


def list_matches(
    connection: Connection,
    principal: Principal,
    *,
    after: str | None,
    limit: int,
    asked: MatchFilter = ALL_SHOWN,
) -> list[Match]:
    """Matches that stand, behind an id, in order of their ids; review and alert unless a verdict is asked."""
    statement = visible_to(principal).where(matches.c.withdrawn_at.is_(None), listings.c.deleted_at.is_(None))
    statement = statement.where(matches.c.verdict.in_([asked.verdict] if asked.verdict else _SHOWN))
    if after is not None:
        statement = statement.where(matches.c.id > after)
    if asked.listing is not None:
        statement = statement.where(matches.c.listing_id == asked.listing)
    if asked.trademark is not None:
        statement = statement.where(matches.c.trademark_id == asked.trademark)
    rows = connection.execute(statement.order_by(matches.c.id).limit(limit))
    return [to_struct(row, Match) for row in rows]


def get_match(connection: Connection, principal: Principal, key: str) -> Match:
    """Find a match by its id, a withdrawn one too.

    Raises:
        NotFound: there is none, or neither its listing nor its registration is the principal's.
    """
    if row := connection.execute(visible_to(principal).where(matches.c.id == key)).one_or_none():
        return to_struct(row, Match)
    raise NotFound("no such match")


def hold_matches(connection: Connection, listing_ids: Collection[str]) -> dict[str, dict[str, MatchRow]]:
    """All matches of listings, for an act: listing id -> registration id -> match."""
    statement = select(matches).where(matches.c.listing_id.in_(listing_ids)).order_by(matches.c.id)
    held: dict[str, dict[str, MatchRow]] = {listing_id: {} for listing_id in listing_ids}
    for row in connection.execute(statement.with_for_update()):
        held[row.listing_id][row.trademark_id] = to_struct(row, MatchRow)
    return held


def list_met_listings(
    connection: Connection, listing_ids: Collection[str], trademark_ids: Collection[str]
) -> set[str]:
    """Which of these listings have a standing match with one of these registrations."""
    statement = select(matches.c.listing_id).where(
        matches.c.listing_id.in_(listing_ids),
        matches.c.trademark_id.in_(trademark_ids),
        matches.c.withdrawn_at.is_(None),
    )
    return set(connection.scalars(statement))


def list_standing_listings(connection: Connection, trademark_ids: Collection[str]) -> list[str]:
    """Ids of all listings that have a standing match with one of these registrations."""
    statement = select(matches.c.listing_id).where(
        matches.c.trademark_id.in_(trademark_ids), matches.c.withdrawn_at.is_(None)
    )
    return list(connection.scalars(statement))


def list_held_by(
    connection: Connection, rights_holder_id: str, after: str, limit: int
) -> list[tuple[str, str]]:
    """The next standing matches with a rights holder's marks, in order of their ids: match and listing."""
    statement = select(matches.c.id, matches.c.listing_id).where(
        matches.c.rights_holder_id == rights_holder_id,
        matches.c.withdrawn_at.is_(None),
        matches.c.id > after,
    )
    rows = connection.execute(statement.order_by(matches.c.id).limit(limit))
    return [(row.id, row.listing_id) for row in rows]


def list_pairs(
    connection: Connection, rights_holder_id: str, after: str, limit: int
) -> list[tuple[str, str, str]]:
    """The next matches that a rights holder's marks ever had: match, listing and registration."""
    statement = select(matches.c.id, matches.c.listing_id, matches.c.trademark_id).where(
        matches.c.rights_holder_id == rights_holder_id, matches.c.id > after
    )
    rows = connection.execute(statement.order_by(matches.c.id).limit(limit))
    return [(row.id, row.listing_id, row.trademark_id) for row in rows]


def count_pairs(connection: Connection, rights_holder_id: str) -> int:
    """How many matches a rights holder's marks ever had."""
    mine = matches.c.rights_holder_id == rights_holder_id
    return connection.scalar(select(func.count()).where(mine)) or 0


def write_matches(connection: Connection, added: Sequence[MatchRow], changed: Sequence[MatchRow]) -> None:
    """Insert new matches and overwrite held ones; judgements are left as they are."""
    insert_rows(connection, matches, [_to_row(match) for match in added])
    overwrite_rows(connection, matches, [_to_row(match) for match in changed])


def forget_judgements(connection: Connection, match_ids: Collection[str]) -> None:
    """Take judgements off matches whose text has changed: they were about another text."""
    if match_ids:
        statement = update(matches).where(matches.c.id.in_(match_ids))
        nobody = dict.fromkeys(("judgement_reason", "judgement_expires_on", "judged_by", "judged_at"))
        connection.execute(statement.values(judgement=None, **nobody))


def withdraw_matches(connection: Connection, listing_id: str, now: datetime) -> None:
    """Let the matches of a listing that is gone stand no longer."""
    standing = (matches.c.listing_id == listing_id) & matches.c.withdrawn_at.is_(None)
    gone = {"withdrawn_at": now, "updated_at": now, "revision": matches.c.revision + 1}
    connection.execute(update(matches).where(standing).values(gone))


def _to_row(match: MatchRow) -> dict[str, Any]:
    row = msgspec.structs.asdict(match)
    del row["judgement"]
    return row
