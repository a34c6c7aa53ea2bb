"""Expiring: rows whose reason has ended, oldest first; what a case or a legal hold rests on is passed over.

A listing goes with its screenings and matches, a case with its notice, a job with its lines; of a seller
that its marketplace deleted the person is destroyed, and the row stays for the seizures that name it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select

from partners.records.approvals import approvals
from partners.records.cases import cases, notices
from partners.records.holds import legal_holds
from partners.records.job_lines import job_lines
from partners.records.jobs import jobs
from partners.records.listings import listings
from partners.records.matches import matches
from partners.records.screenings import screenings
from partners.records.sellers import erase_sellers, sellers
from partners.records.stock import stock

Noun = Literal["cases", "listings", "sellers", "jobs"]


def expire_cases(connection: Connection, before: datetime, limit: int) -> int:
    """Delete cases that were closed before a time, with their notices."""
    old = select(cases.c.id, cases.c.notice_id).where(
        cases.c.closed_at < before, ~_is_held(cases.c.marketplace_id, cases.c.id)
    )
    rows = connection.execute(old.order_by(cases.c.closed_at).limit(limit)).all()
    connection.execute(delete(cases).where(cases.c.id.in_([row.id for row in rows])))
    connection.execute(delete(notices).where(notices.c.id.in_([row.notice_id for row in rows])))
    return len(rows)


def expire_listings(connection: Connection, before: datetime, limit: int) -> int:
    """Delete listings last changed or deleted before a time, unless somebody's notice is about them."""
    noticed = exists().where(notices.c.match_id == matches.c.id, matches.c.listing_id == listings.c.id)
    old = select(listings.c.id).where(
        listings.c.updated_at < before, ~noticed, ~_is_held(listings.c.organization_id, listings.c.id)
    )
    ids = list(connection.scalars(old.order_by(listings.c.updated_at).limit(limit)))
    connection.execute(delete(matches).where(matches.c.listing_id.in_(ids)))
    connection.execute(delete(approvals).where(approvals.c.listing_id.in_(ids)))
    connection.execute(delete(screenings).where(screenings.c.listing_id.in_(ids)))
    connection.execute(delete(stock).where(stock.c.id.in_(ids)))
    connection.execute(delete(listings).where(listings.c.id.in_(ids)))
    return len(ids)


def expire_sellers(connection: Connection, before: datetime, limit: int) -> int:
    """Destroy the persons of sellers that were deleted before a time."""
    old = select(sellers.c.id).where(
        sellers.c.deleted_at < before,
        sellers.c.party != b"",
        ~_is_held(sellers.c.organization_id, sellers.c.id),
    )
    ids = list(connection.scalars(old.order_by(sellers.c.deleted_at).limit(limit)))
    erase_sellers(connection, ids)
    return len(ids)


def expire_jobs(connection: Connection, before: datetime, limit: int) -> int:
    """Delete jobs that were finished before a time, with what they were given and what they answered."""
    old = select(jobs.c.id).where(jobs.c.finished_at < before).order_by(jobs.c.finished_at).limit(limit)
    ids = list(connection.scalars(old))
    connection.execute(delete(job_lines).where(job_lines.c.job_id.in_(ids)))
    connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))
    return len(ids)


def _is_held(organization: ColumnElement[str], subject: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a hold keeps everything of an organization, or this thing, or everything there is."""
    holds = legal_holds.c
    agrees = [
        or_(mine.is_(None), mine == theirs)
        for mine, theirs in ((holds.organization_id, organization), (holds.subject, subject))
    ]
    # a hold of a type of events is about events alone
    return exists().where(and_(holds.lifted_at.is_(None), holds.event_type.is_(None), *agrees))


# Cases first: what a case rested on goes in the same run.
EXPIRING: Mapping[Noun, Callable[[Connection, datetime, int], int]] = {
    "cases": expire_cases,
    "listings": expire_listings,
    "sellers": expire_sellers,
    "jobs": expire_jobs,
}
