"""The databases of the tests: each test that asks for `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url

from partners.engines import create_database_engine
from partners.heap import begin_heap, settle_heap
from partners.ids import new_id
from partners.keys import open_keyring
from partners.migrating import migrate
from partners.principal import Claims
from partners.records.clients import admit, clients
from partners.records.organizations import add_organization
from partners.signing import Signer, mint_access_token
from tests.backstage import WatchedDatabase
from tests.postgresql.lending import Lender
from tests.postgresql.server import LOGIN, PASSWORD

pytest_plugins = ["tests.postgresql.plugin", "tests.running.plugin"]
WAITING = {"stories", "stateful", "torture"}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def pytest_configure() -> None:
    begin_heap()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Some start services and wait: each worker has whole files of them, evenly between its other tests.

    Whole, for what a file shares is made once; between, for few services ought to start at one time.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    waiting = [item for item in items if item.nodeid.split("/")[1] in WAITING]
    others = iter([item for item in items if item.nodeid.split("/")[1] not in WAITING])
    files = [list(file) for _, file in groupby(waiting, key=lambda item: item.path)]
    files.sort(key=len, reverse=True)
    shares = []
    for worker in range(workers):
        own = files[worker::workers]
        room = (len(items) - len(shares)) // (workers - worker) - sum(map(len, own))
        for file in own:
            shares += [*islice(others, max(0, room) // (len(own) + 1)), *file]
        shares += islice(others, max(0, room) - max(0, room) // (len(own) + 1) * len(own))
    items[:] = [*shares, *others]


def pytest_collection_finish() -> None:
    """Modules and tests live as long as the run: the collector need not look through them again and again."""
    settle_heap()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    path = tmp_path_factory.mktemp("migrated") / "touchstone.db"
    migrate(f"sqlite+pysqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server):
    name = f"template_{secrets.token_hex(6)}"
    postgresql_server.create_database(name)
    postgresql_server.create_login()
    migrate(postgresql_server.url(name), postgresql_server.login_url(name))
    yield name
    postgresql_server.drop_database(name)


@pytest.fixture(scope="session")
def lender(postgresql_server, migrated_postgresql):
    lender = Lender(postgresql_server, migrated_postgresql)
    yield lender
    lender.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def owner_url(request, tmp_path):
    """URL of a freshly migrated database, once on each kind: on PostgreSQL as the tables' owner."""
    if request.param == "sqlite":
        path = tmp_path / "touchstone.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite+pysqlite:///{path}"
        return
    with request.getfixturevalue("lender").lend() as url:
        yield url


@pytest.fixture
def database_url(owner_url):
    """URL of the same database as the service has it: on PostgreSQL its login role owns nothing."""
    if owner_url.startswith("sqlite"):
        return owner_url
    return make_url(owner_url).set(username=LOGIN, password=PASSWORD).render_as_string(hide_password=False)


@pytest.fixture
def backstage(owner_url):
    """The engine of the tables' owner, past every door: for what only tests do, to look and to meddle."""
    engine = create_database_engine(owner_url, 2)
    yield engine
    engine.dispose()


@pytest.fixture
def database(database_url, owner_url):
    """Due by the clock that a test hands down; in production PostgreSQL goes by its own."""
    database = WatchedDatabase(database_url, owner_url, admit, pool_size=8, clock="host")
    yield database
    database.close()


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def keyring(database, now):
    return open_keyring(database, b"m" * 32, now)


@pytest.fixture
def partner(database, now):
    """Make an organization of a kind with one client; returns its Claims with all scopes asked for."""

    def make(kind, name="Acme", scopes=()):
        def work(connection, _principal):
            organization = add_organization(connection, kind, name, now)
            client_id = new_id("cli")
            connection.execute(
                insert(clients).values(
                    id=client_id,
                    organization_id=organization.id,
                    name=name,
                    scopes=sorted(scopes),
                    auth_method="client_secret_basic",
                    created_at=now,
                )
            )
            return Claims(
                client_id=client_id,
                organization_id=organization.id,
                kind=kind,
                scopes=frozenset(scopes),
                token_id=secrets.token_hex(8),
            )

        return database.acting("access", work)

    return make


@pytest.fixture
def signer(database, keyring, now):
    return Signer(database, keyring, lambda: now)


@pytest.fixture
def mint(signer, now):
    """Make the access token of some Claims, as `/oauth/token` would."""

    def make(claims, issuer="http://localhost:8000", at=now, seconds=300):
        return mint_access_token(signer, issuer, claims, at, seconds)

    return make


@pytest.fixture
def project_root():
    return Path(__file__).parent.parent
