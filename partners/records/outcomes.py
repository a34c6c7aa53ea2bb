"""Outcomes: what people said of matches, with the evidence that stood when they said it.

A judgement moves a seller's flag, and with it the evidence on the very match: so it is the screening that
stood before that tells what was estimated. A match that is found no longer still was judged.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from matching.model import Comparison, Use
from partners.records.matches import matches
from partners.records.screenings import KeptScreening, screenings

_DECIDED: Final = ("confirmed", "rejected")


class Outcome(Struct, frozen=True, kw_only=True):
    """A judgement that holds: of whom, of what evidence, under which policy that ships."""

    organization_id: str
    is_confirmed: bool
    policy_version: str
    use: Use
    comparisons: tuple[Comparison, ...]


class Known(Struct, frozen=True):
    """How many judgements hold, and how many organizations made them."""

    judgements: int
    organizations: int


class Page(Struct, frozen=True):
    """Outcomes, the newest first; `last` is behind which judgement the next page begins, None at the end."""

    outcomes: list[Outcome]
    read: int
    last: tuple[datetime, str] | None


def _holds(today: date) -> ColumnElement[bool]:
    """Confirmed or rejected, and the last day is not over."""
    return and_(
        matches.c.judgement.in_(_DECIDED),
        matches.c.judged_at.is_not(None),
        or_(matches.c.judgement_expires_on.is_(None), matches.c.judgement_expires_on >= today),
    )


def count_outcomes(connection: Connection, today: date) -> Known:
    """How many judgements hold."""
    counted = select(func.count(), func.count(matches.c.rights_holder_id.distinct())).where(_holds(today))
    return Known(*connection.execute(counted).one())


def list_outcomes(
    connection: Connection, today: date, after: tuple[datetime, str] | None, limit: int
) -> Page:
    """The next judgements, newest first; those without evidence, or under a holder's own lines, are left out.

    What was advised under lines of a rights holder's own was chosen otherwise for a person's eye.
    """
    stood = (
        select(func.max(screenings.c.id))
        .where(
            screenings.c.listing_id == matches.c.listing_id,
            screenings.c.screened_at <= matches.c.judged_at,
        )
        .correlate(matches)
        .scalar_subquery()
    )
    statement = (
        select(
            matches.c.id,
            matches.c.trademark_id,
            matches.c.judgement,
            matches.c.judged_at,
            screenings.c.document,
        )
        .outerjoin(screenings, screenings.c.id == stood)
        .where(_holds(today))
        .order_by(matches.c.judged_at.desc(), matches.c.id.desc())
        .limit(limit)
    )
    if after:
        at, key = after
        is_older = or_(matches.c.judged_at < at, and_(matches.c.judged_at == at, matches.c.id < key))
        statement = statement.where(is_older)
    rows = connection.execute(statement).all()
    told = [
        _outcome(row.trademark_id, row.judgement, msgspec.convert(row.document, KeptScreening))
        for row in rows
        if row.document
    ]
    last = (rows[-1].judged_at, rows[-1].id) if len(rows) == limit else None
    return Page([each for each in told if each], len(rows), last)


def _outcome(trademark_id: str, judgement: str, screening: KeptScreening) -> Outcome | None:
    for match in screening.matches:
        if match.trademark.id == trademark_id and match.policy_version is None:
            return Outcome(
                organization_id=match.rights_holder_id,
                is_confirmed=judgement == "confirmed",
                policy_version=screening.policy_version,
                use=match.use,
                comparisons=match.comparisons,
            )
    return None
