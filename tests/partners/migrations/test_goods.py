"""Items that were reported before are counted by what their numbers tell, as new ones are."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect, select

from matching.tariff import COMMODITY_OF_PREFIX
from partners.migrating import create_migration_engine, migrate
from partners.records.organizations import organizations
from partners.records.seizures import seizure_items, seizures
from partners.records.similar import count_similar

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REPORTED = (
    ("other", "640411", "footwear"),
    ("other", "6117", "clothing_accessories"),
    ("other", "6110", "clothing"),
    ("other", "9999", "other"),
    ("other", None, "other"),
    ("watches", "6404", "watches"),
    ("other", "9503000000", "toys"),
    *(("other", prefix, goods) for prefix, goods in COMMODITY_OF_PREFIX.items()),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """URL of a database without tables, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite+pysqlite:///{tmp_path / 'old.db'}"
        return
    with request.getfixturevalue("postgresql_server").temporary_database() as url:
        yield url


def rows():
    """A seizure from China of all that was reported."""
    seizure = {
        "id": "szr_1",
        "organization_id": "org_1",
        "reference": "FR-1",
        "seizure_case_reference": "FR-CASE-1",
        "revision": 1,
        "seized_on": NOON.date(),
        "administration": "FR",
        "document": {},
        "persons": b"sealed",
        "created_at": NOON,
        "updated_at": NOON,
    }
    common = {"seizure_id": "szr_1", "origin": "CN", "seized_on": NOON.date(), "serials": []}
    items = [
        common | {"number": at, "commodity": commodity, "hs_code": hs_code}
        for at, (commodity, hs_code, _) in enumerate(REPORTED)
    ]
    organization = {"id": "org_1", "kind": "customs", "name": "Customs", "created_at": NOON}
    return (organizations, [organization]), (seizures, [seizure]), (seizure_items, items)


@pytest.fixture
def engine(empty_url, project_root):
    """Of a database that was filled in the release before, and migrated."""
    config = Config()
    config.set_main_option("script_location", str(project_root / "partners" / "migrations"))
    engine = create_migration_engine(empty_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        for table, filled in rows():
            connection.execute(insert(table), filled)
    migrate(empty_url)
    yield engine
    engine.dispose()


def test_stored_items_are_told_by_their_numbers(engine):
    with engine.connect() as connection:
        told = list(connection.scalars(select(seizure_items.c.goods).order_by(seizure_items.c.number)))
        counts = count_similar(
            connection, {("footwear", "CN"), ("toys", "CN"), ("footwear", "VN")}, NOON.date()
        )
    assert told == [goods for _, _, goods in REPORTED]
    assert counts == {("footwear", "CN"): 1, ("toys", "CN"): 1}


def test_the_index_of_commodities_makes_room_for_that_of_goods(engine):
    found = inspect(engine)
    names = {index["name"] for index in found.get_indexes("seizure_items")}
    assert names == {"ix_seizure_items_goods"}
    [goods] = [column for column in found.get_columns("seizure_items") if column["name"] == "goods"]
    assert not goods["nullable"]


def test_stored_items_are_told_by_the_table_of_today():
    """Where this fails, the table changed: add a migration that tells stored items anew, then its new sum."""
    table = "\n".join(f"{prefix} {goods}" for prefix, goods in sorted(COMMODITY_OF_PREFIX.items()))
    assert (
        hashlib.sha256(table.encode()).hexdigest()
        == "596d16c7a5b31d9a3b5c71bc6fe49cec643626bde3a2c4346273172327e62c39"
    )
