"""Endpoints of the release before go on as they were: signed by v1, and told what they asked for."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from partners.migrating import create_migration_engine, migrate

BEFORE = """
INSERT INTO organizations VALUES ('org_1', 'marketplace', 'Shop', '2026-11-21 12:00:00', NULL);
INSERT INTO endpoints
  (id, organization_id, url, event_types, labels, ordered, status, revision, created_at, updated_at)
  VALUES ('end_1', 'org_1', 'https://a.example/', '["*"]', '{"team": "trust"}', 0, 'enabled', 1,
    '2026-11-21 12:00:00', '2026-11-21 12:00:00');
INSERT INTO endpoint_secrets (id, endpoint_id, kind, ciphertext, created_at)
  VALUES ('whs_1', 'end_1', 'hmac', 'sealed', '2026-11-21 12:00:00');
INSERT INTO events (id, organization_id, type, subject, sequence, body, occurred_at)
  VALUES ('evt_1', 'org_1', 'listing.screened', 'lst_1', 1, '{}', '2026-11-21 12:00:00')
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """URL of a database without tables, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite+pysqlite:///{tmp_path / 'old.db'}"
        return
    with request.getfixturevalue("postgresql_server").temporary_database() as url:
        yield url


@pytest.fixture
def filled(empty_url, project_root):
    """A database of the first schema with an endpoint, its secret and an event."""
    config = Config()
    config.set_main_option("script_location", str(project_root / "partners" / "migrations"))
    engine = create_migration_engine(empty_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in BEFORE.split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    return empty_url


def test_endpoints_and_events_are_kept_and_get_what_is_new(filled):
    migrate(filled)
    engine = create_migration_engine(filled)
    with engine.connect() as connection:
        endpoint = connection.execute(text("SELECT * FROM endpoints")).one()
        secret = connection.execute(text("SELECT * FROM endpoint_secrets")).one()
        event = connection.execute(text("SELECT * FROM events")).one()
    engine.dispose()
    assert endpoint.signatures in ('["v1"]', ["v1"])
    assert endpoint.labels in ("{}", {})
    assert (endpoint.failing_since, secret.public_key, event.replay_of) == (None, None, None)
    assert (secret.endpoint_id, event.organization_id) == ("end_1", "org_1")
