"""Judgements: what a person of the rights holder says of a match, kept apart from its score."""

from __future__ import annotations

from datetime import datetime
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
    """A person's word on a match; `revision` counts judgements, 0 until there is one."""

    match: str
    revision: int
    judgement: JudgementName | None
    reason: str | None
    judged_by: str | None
    judged_at: datetime | None


def visible_to(principal: Principal) -> Select[Any]:
    """The judgements of matches on the rights holder's own registrations."""
    return select(
        matches.c.id.label("match"),
        matches.c.judgement_revision.label("revision"),
        matches.c.judgement,
        matches.c.judgement_reason.label("reason"),
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
        judged_by=match.judged_by,
        judged_at=match.judged_at,
    )


def set_judgement(connection: Connection, match: JudgedMatch) -> None:
    """Keep the judgement that `match` carries."""
    values = {
        "judgement": match.judgement,
        "judgement_reason": match.judgement_reason,
        "judgement_revision": match.judgement_revision,
        "judged_by": match.judged_by,
        "judged_at": match.judged_at,
    }
    connection.execute(update(matches).where(matches.c.id == match.id).values(values))
