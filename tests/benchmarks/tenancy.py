"""What it costs that PostgreSQL keeps partners apart: a page of 50 rows with row-level security, and without.

Both read in a read-only transaction, ask for admission and filter in the query; the one takes a role and
obeys policies, the other is a superuser's, who does neither.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import insert

from partners.db import Database
from partners.ids import new_id
from partners.migrating import migrate
from partners.principal import Claims
from partners.records.clients import admit, clients
from partners.records.listings import list_listings, listings
from partners.records.matches import list_matches, matches
from partners.records.organizations import add_organization
from partners.records.screenings import screenings
from partners.records.trademarks import list_trademarks, trademarks
from tests.backstage import Backstage
from tests.postgresql.launcher import EmbeddedPostgreSQL

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ORGANIZATIONS, ROWS = 20, 1000  # of each noun, in each organization
ROUNDS, TURNS = 200, 5
DATABASE = "tenancy"


class Unguarded(Backstage):
    """The same reading transaction without a role."""

    @contextmanager
    def _read_only(self, entry):
        with super()._read_only(entry) as connection:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection


def measure() -> dict[str, float]:
    """Milliseconds a page, with and without, and their ratio; the least of several turns."""
    with EmbeddedPostgreSQL() as server:
        server.create_database(DATABASE)
        server.create_login()
        migrate(server.url(DATABASE), server.login_url(DATABASE))
        guarded = Database(server.login_url(DATABASE), admit, 1)
        unguarded = Unguarded(server.url(DATABASE), admit, 1)
        try:
            shop, holder = unguarded.acting("access", lambda connection, _: _fill(connection))
            return _compare(guarded, unguarded, shop, holder)
        finally:
            guarded.close()
            unguarded.close()


def _compare(guarded, unguarded, shop, holder):
    pages = {
        "page": (holder, list_trademarks),
        "joined_page": (shop, list_listings),
        "matches_page": (shop, list_matches),
        "matches_page_of_rights_holder": (holder, list_matches),
    }
    found = {}
    for name, (claims, page) in pages.items():
        turns = [[_time(database, claims, page) for database in (guarded, unguarded)] for _ in range(TURNS)]
        with_rls, without = (min(turn[place] for turn in turns) for place in (0, 1))
        found[f"tenancy.postgresql.{name}_ms"] = with_rls
        found[f"tenancy.postgresql.{name}_ms_without"] = without
        found[f"tenancy.postgresql.{name}_ratio"] = with_rls / without
    return found


def _time(database, claims, page):
    began = time.perf_counter()
    for _ in range(ROUNDS):
        with database.reading(claims) as (connection, principal):
            assert len(page(connection, principal, after=None, limit=50)) == 50
    return (time.perf_counter() - began) * 1000 / ROUNDS


def _fill(connection):
    """Marketplaces and rights holders in pairs, each with its own rows; returns the claims of one pair."""
    pairs = [_add_pair(connection, number) for number in range(ORGANIZATIONS)]
    connection.exec_driver_sql("ANALYZE")
    return pairs[ORGANIZATIONS // 2]


def _add_pair(connection, number):
    shop = _add_partner(connection, "marketplace", f"Shop {number}")
    holder = _add_partner(connection, "rights_holder", f"Owner {number}")
    aged = {"revision": 1, "created_at": NOW, "updated_at": NOW}
    marks, offers, advice, met = [], [], [], []
    for each in range(ROWS):
        mark, listing, screening = new_id("tm"), new_id("lst"), new_id("scr")
        marks.append(aged | {"id": mark, "organization_id": holder.organization_id} | _mark(each))
        offer = {"document": {"title": "x"}, "screening_id": screening, "verdict": "alert"}
        own = {"organization_id": shop.organization_id, "reference": f"L-{each}"}
        offers.append(aged | own | offer | {"id": listing})
        advice.append(_advice(screening, listing, shop.organization_id))
        met.append(aged | _match(mark, listing, shop, holder))
    for table, rows in ((trademarks, marks), (listings, offers), (screenings, advice), (matches, met)):
        connection.execute(insert(table), rows)
    return shop, holder


def _add_partner(connection, kind, name):
    made = add_organization(connection, kind, name, NOW)
    client = {"id": new_id("cli"), "organization_id": made.id, "name": name, "scopes": [], "created_at": NOW}
    connection.execute(insert(clients).values(client | {"auth_method": "client_secret_basic"}))
    return Claims(
        client_id=client["id"], organization_id=made.id, kind=kind, scopes=frozenset(), token_id=new_id("jti")
    )


def _mark(each):
    named = {"reference": f"EM-{each}", "mark": f"MARK {each}", "kind": "word", "office": "EM"}
    lists = {name: [] for name in ("territories", "nice_classes", "spellings", "products")}
    return named | lists | {"status": "registered", "goods": ""}


def _advice(screening, listing, organization):
    document = {
        "id": screening,
        "listing": "L",
        "verdict": "alert",
        "score": 0.9,
        "limits": [],
        "matches": [],
        "seizures": {"similar": "none", "reasons": []},
        "seller": None,
        "policy_version": "1",
        "registry_version": 1,
        "screened_at": NOW,
    }
    row = {"id": screening, "listing_id": listing, "organization_id": organization, "listing_revision": 1}
    plain = {"verdict": "alert", "score": 0.9, "policy_version": "1", "registry_version": 1}
    return row | plain | {"screened_at": NOW, "document": document}


def _match(mark, listing, shop, holder):
    sides = {"marketplace_id": shop.organization_id, "rights_holder_id": holder.organization_id}
    judged = {"verdict": "alert", "score": 0.9, "similarity": 1.0, "use": "replica", "evasions": []}
    found = {"field": "title", "text": "x", "start": 0, "end": 1}
    evidence = {"found": found, "also_found": [], "reasons": [], "comparisons": []}
    return {"id": new_id("mch"), "listing_id": listing, "trademark_id": mark} | sides | judged | evidence
