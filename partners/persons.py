"""Persons: what we hold about a seller, told to it (GDPR Art. 15), and destroyed where it asks (Art. 17).

Facts stay, without the person: that there was an account, what it was linked to, and who was told of it when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from partners.db import Database
from partners.errors import NotFound
from partners.keyring import Keyring
from partners.records import audit
from partners.records.audit import audit as entries
from partners.records.flags import flags
from partners.records.links import links
from partners.records.listings import listings
from partners.records.parties import open_party
from partners.records.sellers import Seller, erase_sellers, find_sellers, seal_context, sellers


def export_person(database: Database, keyring: Keyring, seller_id: str, now: datetime) -> dict[str, Any]:
    """All we hold about a seller, in clear text, with whom we told of it and why; the export is on record.

    Raises:
        NotFound: there is no such seller.
    """

    def work(connection: Connection, _: object) -> dict[str, Any]:
        seller = _find(connection, seller_id)
        audit.record_for_service(connection, "person.exported", seller.id, {}, now)
        party = open_party(keyring, seller.party, seal_context(seller.id)) if seller.party else None
        told: dict[str, Any] = msgspec.to_builtins(
            {
                "seller": seller.id,
                "marketplace": seller.organization_id,
                "reference": seller.reference,
                "party": party,
                "created_at": seller.created_at,
                "deleted_at": seller.deleted_at,
                **_describe_facts(connection, seller),
            }
        )
        return told

    return database.acting("flagging", work)


def erase_person(database: Database, seller_id: str, now: datetime) -> None:
    """Destroy who a seller is, and take its account out; its seizures and flags stay, under the pseudonym.

    Raises:
        NotFound: there is no such seller.
    """

    def work(connection: Connection, _: object) -> None:
        seller = _find(connection, seller_id)
        gone = {"deleted_at": seller.deleted_at or now, "updated_at": now, "revision": seller.revision + 1}
        connection.execute(update(sellers).where(sellers.c.id == seller.id).values(gone))
        erase_sellers(connection, [seller.id])
        audit.record_for_service(connection, "person.erased", seller.id, {}, now)

    database.acting("flagging", work)


def _find(connection: Connection, seller_id: str) -> Seller:
    if found := find_sellers(connection, [seller_id]):
        return found[0]
    raise NotFound("no such seller")


def _describe_facts(connection: Connection, seller: Seller) -> dict[str, Any]:
    """Its listings, the seizures it was linked to, its flags, and each disclosure of them."""
    offered = select(listings.c.id, listings.c.reference, listings.c.document, listings.c.created_at)
    linked = select(links.c.seizure_id, links.c.role, links.c.score, links.c.created_at)
    raised = select(flags.c.id, flags.c.level, flags.c.raised_at, flags.c.lifted_at)
    known = connection.execute(raised.where(flags.c.pseudonym == seller.pseudonym)).all()
    disclosed = select(entries.c.organization_id, entries.c.detail, entries.c.at).where(
        entries.c.act == "flag.disclosed", entries.c.subject.in_([flag.id for flag in known])
    )
    return {
        "listings": [
            {"id": row.id, "reference": row.reference, "title": row.document["title"], "at": row.created_at}
            for row in connection.execute(offered.where(listings.c.seller_id == seller.id))
        ],
        "seizures": [
            row._asdict() for row in connection.execute(linked.where(links.c.seller_id == seller.id))
        ],
        "flags": [row._asdict() for row in known],
        "disclosures": [
            {"told": row.organization_id, "purpose": row.detail.get("purpose"), "at": row.at}
            for row in connection.execute(disclosed.order_by(entries.c.id))
        ],
    }
