"""Judgements: what a person of the rights holder says of a match, beside its score, and until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Select, select, update

from partners.db import to_struct
from partners.errors import NotFound
from partners.principal import Principal
from partners.records.listings import listings
from partners.records.matches import matches
from partners.records.trademarks import trademarks

JudgementName = Literal["confirmed", "rejected", "unsure"]


class JudgedMatch(Struct, frozen=True, kw_only=True):
    """A match with all that its judgement, a notice and their events have to say."""

    id: str
    listing_id: str
    listing_reference: str
    listing: dict[str, Any]
    trademark_id: str
    mark: str
    office: str
    registration_number: str | None
    marketplace_id: str
    rights_holder_id: str
    seller_id: str | None
    found: dict[str, Any]
    reasons: list[dict[str, Any]]
    judgement_revision: int
    judgement: JudgementName | None = None
    judgement_reason: str | None = None
    judgement_expires_on: date | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None
    withdrawn_at: datetime | None = None


def get_judged_match(
    connection: Connection, principal: Principal, key: str, *, lock: bool = False
) -> JudgedMatch:
    """Find a match on one of the rights holder's own registrations; with `lock`, hold it.

    Raises:
        NotFound: there is none, or the registration is somebody else's.
    """
    statement = (
        select(
            matches,
            listings.c.reference.label("listing_reference"),
            listings.c.document.label("listing"),
            listings.c.seller_id,
            trademarks.c.mark,
            trademarks.c.office,
            trademarks.c.registration_number,
        )
        .join(listings, listings.c.id == matches.c.listing_id)
        .join(trademarks, trademarks.c.id == matches.c.trademark_id)
        .where(matches.c.id == key, matches.c.rights_holder_id == principal.organization_id)
    )
    if lock:
        statement = statement.with_for_update(of=matches)
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, JudgedMatch)
    raise NotFound("no such match")


class Judgement(Struct, frozen=True, kw_only=True):
    """A person's word on a match; `revision` counts judgements, 0 until there is one.

    It holds through the day `expires_on` (UTC), or until it is taken back.
    """

    match: str
    revision: int
    judgement: JudgementName | None
    reason: str | None
    expires_on: date | None
    judged_by: str | None
    judged_at: datetime | None


def visible_to(principal: Principal) -> Select[Any]:
    """The judgements of matches on the rights holder's own registrations."""
    return select(
        matches.c.id.label("match"),
        matches.c.judgement_revision.label("revision"),
        matches.c.judgement,
        matches.c.judgement_reason.label("reason"),
        matches.c.judgement_expires_on.label("expires_on"),
        matches.c.judged_by,
        matches.c.judged_at,
    ).where(matches.c.rights_holder_id == principal.organization_id)


def get_judgement(connection: Connection, principal: Principal, key: str) -> Judgement:
    """Find what was said of a match.

    Raises:
        NotFound: there is no such match, it is on somebody else's registration, or nobody judged it yet.
    """
    statement = visible_to(principal).where(matches.c.id == key, matches.c.judgement.is_not(None))
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Judgement)
    raise NotFound("no such judgement")


def judgement_of(match: JudgedMatch) -> Judgement:
    return Judgement(
        match=match.id,
        revision=match.judgement_revision,
        judgement=match.judgement,
        reason=match.judgement_reason,
        expires_on=match.judgement_expires_on,
        judged_by=match.judged_by,
        judged_at=match.judged_at,
    )


def set_judgement(connection: Connection, match: JudgedMatch) -> None:
    """Keep the judgement that `match` carries."""
    values = {
        "judgement": match.judgement,
        "judgement_reason": match.judgement_reason,
        "judgement_expires_on": match.judgement_expires_on,
        "judgement_revision": match.judgement_revision,
        "judged_by": match.judged_by,
        "judged_at": match.judged_at,
    }
    connection.execute(update(matches).where(matches.c.id == match.id).values(values))


def find_expiries(connection: Connection, match_ids: Collection[str]) -> dict[str, date]:
    """Until when the judgements of matches hold, of those that expire."""
    statement = select(matches.c.id, matches.c.judgement_expires_on).where(
        matches.c.id.in_(match_ids), matches.c.judgement_expires_on.is_not(None)
    )
    return {row.id: row.judgement_expires_on for row in connection.execute(statement)}


def list_lapsed(connection: Connection, today: date, limit: int) -> list[tuple[str, str]]:
    """Judgements that held until before today, those first that ended first: pairs of match and listing."""
    ended = matches.c.judgement_expires_on
    statement = select(matches.c.id, matches.c.listing_id).where(ended < today)
    rows = connection.execute(statement.order_by(ended, matches.c.id).limit(limit))
    return [(row.id, row.listing_id) for row in rows]


def let_lapse(connection: Connection, match_ids: Collection[str], today: date) -> None:
    """Take judgements off whose time is over; what is judged anew meanwhile keeps its judgement."""
    nothing = dict.fromkeys(("judgement_reason", "judgement_expires_on", "judged_by", "judged_at"))
    statement = update(matches).where(matches.c.id.in_(match_ids), matches.c.judgement_expires_on < today)
    revision = matches.c.judgement_revision + 1
    connection.execute(statement.values(judgement=None, judgement_revision=revision, **nothing))
