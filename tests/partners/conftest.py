from __future__ import annotations

import pytest
from msgspec import Struct
from sqlalchemy import insert

from partners.ids import new_id
from partners.principal import Claims
from partners.records.listings import listings
from partners.records.matches import matches
from partners.records.trademarks import trademarks


class Met(Struct):
    """A listing and a registration that met, with their two sides."""

    shop: Claims
    owner: Claims
    match_id: str


def trademark_row(owner, now):
    return {
        "id": new_id("tm"),
        "organization_id": owner.organization_id,
        "reference": "EM-1",
        "revision": 1,
        "mark": "NIKE",
        "kind": "word",
        "office": "EM",
        "registration_number": "000000001",
        "status": "registered",
        "territories": ["EU"],
        "nice_classes": [25],
        "spellings": [],
        "products": [],
        "goods": "",
        "created_at": now,
        "updated_at": now,
    }


def listing_row(shop, now):
    return {
        "id": new_id("lst"),
        "organization_id": shop.organization_id,
        "reference": "A-1",
        "revision": 1,
        "document": {"title": "N1KE shoes 1:1", "url": "https://shop.example/a-1"},
        "screening_id": new_id("scr"),
        "verdict": "alert",
        "created_at": now,
        "updated_at": now,
    }


@pytest.fixture
def met(database, partner, now):
    shop, owner = partner("marketplace", "Shop"), partner("rights_holder", "Owner")
    listing, trademark = listing_row(shop, now), trademark_row(owner, now)
    match = {
        "id": new_id("mch"),
        "listing_id": listing["id"],
        "trademark_id": trademark["id"],
        "marketplace_id": shop.organization_id,
        "rights_holder_id": owner.organization_id,
        "revision": 1,
        "verdict": "alert",
        "score": 0.95,
        "similarity": 0.97,
        "use": "replica",
        "evasions": ["leetspeak"],
        "found": {"field": "title", "text": "N1KE", "start": 0, "end": 4},
        "also_found": [],
        "reasons": [{"code": "mark_named", "text": "The title names NIKE, written N1KE.", "weight": 2.1}],
        "comparisons": [],
        "created_at": now,
        "updated_at": now,
    }

    def work(connection, _principal):
        connection.execute(insert(trademarks).values(trademark))
        connection.execute(insert(listings).values(listing))
        connection.execute(insert(matches).values(match))

    database.acting("screening", work)
    return Met(shop, owner, match["id"])
