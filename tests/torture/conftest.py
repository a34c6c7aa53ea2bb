"""Fault tests with real processes on loopback; the long ones are marked, and end in a report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from partners.migrating import migrate
from tests.postgresql.launcher import EmbeddedPostgreSQL
from tests.torture.report import Report
from tests.torture.sink import Sink
from tests.torture.stage import Stage

kept = pytest.StashKey[Report]()


@pytest.fixture(scope="session")
def report(pytestconfig):
    return pytestconfig.stash.setdefault(kept, Report())


def pytest_terminal_summary(config):
    """`make torture` ends with the table; the gate stays silent."""
    report = config.stash.get(kept, None)
    if report and report.lines and config.option.markexpr != "not torture":
        report.show()
        report.write(Path(config.rootpath) / "var" / "torture.json")


@pytest.fixture(scope="session")
def sink_process():
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def sink(sink_process):
    sink_process.ask("forget")
    return sink_process


@pytest.fixture
def stage(database_url, owner_url, sink, tmp_path):
    stage = Stage(database_url, sink, tmp_path, owner_url)
    yield stage
    stage.close()


@pytest.fixture
def sqlite_stage(migrated_sqlite, sink, tmp_path):
    path = tmp_path / "alone.db"
    shutil.copy(migrated_sqlite, path)
    stage = Stage(f"sqlite+pysqlite:///{path}", sink, tmp_path)
    yield stage
    stage.close()


@pytest.fixture
def own_server():
    """A PostgreSQL of the test's own, to be stopped as it likes."""
    with EmbeddedPostgreSQL() as server:
        server.create_database("torture")
        server.create_login()
        migrate(server.url("torture"), server.login_url("torture"))
        yield server


@pytest.fixture
def postgresql_stage(own_server, sink, tmp_path):
    stage = Stage(own_server.login_url("torture"), sink, tmp_path, own_server.url("torture"))
    yield stage
    stage.close()
