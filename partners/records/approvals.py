"""Approvals: the texts of a listing that a person found to infringe nothing.

A rights holder that rejects a match, and a marketplace that decides to keep a listing, approve of its text as
it is then. What says something else later was changed after approval: bait and switch.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, ForeignKey, String, Table, delete, select

from partners.among import among
from partners.db import UTC, metadata, upsert
from partners.records.listings import ListingFields, listings

approvals = Table(
    "approvals",
    metadata,
    Column("listing_id", String(40), ForeignKey("listings.id"), primary_key=True),
    # The match that was rejected, or the case that was decided.
    Column("subject", String(40), primary_key=True),
    # The digest of the text: what it said is nobody's need.
    Column("text", String(64), primary_key=True),
    Column("approved_at", UTC, nullable=False),
)


def digest_of(fields: ListingFields) -> str:
    """What a person judges of a listing, as SHA-256: title, description, brand and pictures.

    Not its price, its stock or where it goes; how much white space there is makes no difference. A picture is
    its hash, and its address only where it has none.
    """
    texts = [" ".join(text.split()) for text in (fields.title, fields.description, fields.brand)]
    images = [image.sha256 or image.url for image in fields.images]
    return hashlib.sha256(msgspec.json.encode([texts, images])).hexdigest()


def approve(connection: Connection, listing_id: str, subject: str, text: str, now: datetime) -> bool:
    """Keep that a text was approved; tells whether it read otherwise than every text approved before."""
    changed = _has_others_only(connection, listing_id, text)
    row: dict[str, object] = {"listing_id": listing_id, "subject": subject, "text": text, "approved_at": now}
    upsert(connection, approvals, [row], ["listing_id", "subject", "text"])
    return changed


def disapprove(connection: Connection, listing_id: str, subject: str, text: str) -> bool:
    """Take an approval of a text back; tells whether it now reads otherwise than every text approved."""
    mine = approvals.c.listing_id == listing_id, approvals.c.subject == subject, approvals.c.text == text
    gone = connection.execute(delete(approvals).where(*mine)).rowcount
    return bool(gone) and _has_others_only(connection, listing_id, text)


def _has_others_only(connection: Connection, listing_id: str, text: str) -> bool:
    approved = set(connection.scalars(select(approvals.c.text).where(approvals.c.listing_id == listing_id)))
    return bool(approved) and text not in approved


def approved_texts(
    connection: Connection, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], set[str]]:
    """The approved texts of listings by marketplace and reference; those without any are left out."""
    asked = {
        "marketplaces": sorted({marketplace for marketplace, _ in keys}),
        "references": sorted({reference for _, reference in keys}),
    }
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(_APPROVED, asked):
        found[row.organization_id, row.reference].add(row.text)
    return {key: found[key] for key in keys if key in found}


# Built once: every screening asks.
_APPROVED: Final = (
    select(listings.c.organization_id, listings.c.reference, approvals.c.text)
    .join(approvals, approvals.c.listing_id == listings.c.id)
    .where(among(listings.c.organization_id, "marketplaces"), among(listings.c.reference, "references"))
)
