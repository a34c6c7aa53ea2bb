"""pytest plugin: one PostgreSQL server for the whole run, shared by all workers, and gone when the run ends.

Name it in tests/conftest.py: `pytest_plugins = ["tests.postgresql.plugin"]`. With `TEST_DATABASE_URL` set,
that server is used instead. Under pytest-xdist the controller starts the server and the workers inherit the
variable; without it the server is started by the first test that asks. A server that does not answer ends the
run: no test is ever skipped for want of PostgreSQL.
"""

from __future__ import annotations

import os
import signal

import psycopg
import pytest

from tests.postgresql.launcher import EmbeddedPostgreSQL, PostgreSQLFailed
from tests.postgresql.server import PostgreSQLServer

VARIABLE = "TEST_DATABASE_URL"
started = pytest.StashKey[EmbeddedPostgreSQL]()


def pytest_configure(config: pytest.Config) -> None:
    """In the controller of a parallel run: start the server before the workers are."""
    parallel = bool(config.getoption("tx", None)) and not hasattr(config, "workerinput")
    if parallel and not config.option.collectonly:
        _server(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, also after Ctrl-C or a failed start."""
    if server := config.stash.get(started, None):
        os.environ.pop(VARIABLE, None)
        server.close()


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> PostgreSQLServer:
    """The run's PostgreSQL server: `create_database`, `drop_database`, `temporary_database`, `url`."""
    return _server(pytestconfig)


def _server(config: pytest.Config) -> PostgreSQLServer:
    try:
        if address := os.environ.get(VARIABLE):
            server = PostgreSQLServer(address)
            server.check()
            return server
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the run as Ctrl-C does, cleanly
        embedded = EmbeddedPostgreSQL()
        config.stash[started] = embedded
        embedded.start()
    except (PostgreSQLFailed, psycopg.OperationalError) as error:
        pytest.exit(f"PostgreSQL is part of the gate and cannot be used: {error}", returncode=3)
    os.environ[VARIABLE] = embedded.url("postgres")
    return embedded
