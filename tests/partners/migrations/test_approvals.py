"""What people approved of before counts from then on, as far as nobody wrote the listing since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select

from partners.migrating import create_migration_engine, migrate
from partners.records.approvals import approvals, digest_of
from partners.records.cases import cases, notices
from partners.records.listings import ListingFields, listings
from partners.records.matches import matches
from partners.records.organizations import organizations
from partners.records.trademarks import trademarks

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
TIMES = {"created_at": NOON, "updated_at": NOON}
LISTS = {name: [] for name in ("territories", "nice_classes", "spellings", "products", "genuine")}
FOUND = {name: [] for name in ("evasions", "also_found", "reasons", "comparisons")} | {"found": {}}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """URL of a database without tables, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite+pysqlite:///{tmp_path / 'old.db'}"
        return
    with request.getfixturevalue("postgresql_server").temporary_database() as url:
        yield url


def listing(number, updated_at=NOON):
    return TIMES | {
        "id": f"lst_{number}",
        "organization_id": "org_shop",
        "reference": f"A-{number}",
        "revision": 1,
        "document": {"title": f"Nike shoes {number}"},
        "screening_id": "scr_1",
        "verdict": "clear",
        "updated_at": updated_at,
    }


def match(number, **judged):
    row = TIMES | FOUND | {"id": f"mch_{number}", "listing_id": f"lst_{number}", "trademark_id": "tm_1"}
    sides = {"marketplace_id": "org_shop", "rights_holder_id": "org_owner"}
    measured = {"revision": 1, "verdict": "clear", "score": 0.9, "similarity": 1.0, "use": "origin"}
    return row | sides | measured | {"judgement": "confirmed", "judged_at": NOON} | judged


def case(number):
    row = {"id": f"case_{number}", "notice_id": f"ntc_{number}", "match_id": f"mch_{number}", "revision": 2}
    row |= {"listing_id": f"lst_{number}", "trademark_id": "tm_1", "state": "closed", "decision": "kept"}
    return row | {
        "rights_holder_id": "org_owner",
        "marketplace_id": "org_shop",
        "opened_at": NOON,
        "decided_at": NOON,
    }


def notice(number):
    sides = {"rights_holder_id": "org_owner", "marketplace_id": "org_shop"}
    row = {"id": f"ntc_{number}", "match_id": f"mch_{number}", "document": {}, "filed_by": "cli_1"}
    return row | sides | {"filed_at": NOON}


ROWS = (
    (organizations, [{"id": "org_shop", "kind": "marketplace", "name": "Shop", "created_at": NOON}]),
    (organizations, [{"id": "org_owner", "kind": "rights_holder", "name": "Owner", "created_at": NOON}]),
    (
        trademarks,
        [
            TIMES
            | LISTS
            | {"id": "tm_1", "organization_id": "org_owner", "reference": "EM-1", "revision": 1, "goods": ""}
            | {"mark": "NIKE", "kind": "word", "office": "EM", "status": "registered"}
        ],
    ),
    (listings, [listing(1), listing(2), listing(3, updated_at=LATER), listing(4)]),
    (matches, [match(1, judgement="rejected"), match(2), match(3)]),
    (matches, [match(4, judgement="unsure")]),
    (notices, [notice(2), notice(3)]),
    (cases, [case(2), case(3)]),
)


@pytest.fixture
def filled(empty_url, project_root):
    """A database of the release before: a rejected match, and cases kept before and after a change."""
    config = Config()
    config.set_main_option("script_location", str(project_root / "partners" / "migrations"))
    engine = create_migration_engine(empty_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0012")
        for table, rows in ROWS:
            connection.execute(insert(table), rows)
    engine.dispose()
    return empty_url


def test_texts_that_stand_as_they_were_judged_are_approved(filled):
    migrate(filled)
    engine = create_migration_engine(filled)
    with engine.connect() as connection:
        kept = connection.execute(select(approvals).order_by(approvals.c.listing_id)).all()
    engine.dispose()
    assert [(row.listing_id, row.subject, row.approved_at) for row in kept] == [
        ("lst_1", "mch_1", NOON),
        ("lst_2", "case_2", NOON),
    ]
    assert [row.text for row in kept] == [
        digest_of(ListingFields(title=f"Nike shoes {number}")) for number in (1, 2)
    ]
