"""pytest plugin: running services on each database: one of a test's own, and two that stand for many."""

from __future__ import annotations

import contextlib
import shutil
import socket

import pytest
from sqlalchemy import make_url

from tests.postgresql.server import LOGIN, PASSWORD
from tests.running.process import Service

SETTINGS = {"WEBHOOKS_ALLOW_HTTP": "true", "WEBHOOKS_ALLOW_PRIVATE": "true"}


def find_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@pytest.fixture
def service_settings():
    """Settings of the service beside where it lies, without their prefix; a story may override them."""
    return SETTINGS


@pytest.fixture
def stopped_service(database_url, owner_url, tmp_path, service_settings):
    """A service that is not started yet."""
    folder = tmp_path / "service"
    folder.mkdir(mode=0o700)
    service = Service(database_url, folder, find_port(), service_settings, owner_url)
    yield service
    service.end()


@pytest.fixture
def another_service(stopped_service):
    """A second process of the same service: the same data and keys, another port; not started yet."""
    service = stand_beside(stopped_service)
    yield service
    service.end()


def stand_beside(first):
    settings = first.settings | {"BASE_URL": first.base_url}
    return Service(first.database_url, first.folder, find_port(), settings, first.owner_url)


@pytest.fixture
def service(stopped_service):
    """A running service."""
    return stopped_service.start()


@pytest.fixture(scope="module")
def standing(request, tmp_path_factory):
    """Two processes of one service that go on from test to test, by database; a start costs seconds of work.

    They end with the file: nobody asks them any longer, and each would look for work until the run ends.

    For tests that only ask, each as partners of its own; who kills, rotates or counts takes `service`.
    """
    with contextlib.ExitStack() as stack:
        found = {}

        def stand(kind):
            folder = tmp_path_factory.mktemp(f"standing-{kind}")
            if kind == "sqlite":
                shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "touchstone.db")
                owner_url = database_url = f"sqlite+pysqlite:///{folder / 'touchstone.db'}"
            else:
                owner_url = stack.enter_context(request.getfixturevalue("lender").lend())
                as_login = make_url(owner_url).set(username=LOGIN, password=PASSWORD)
                database_url = as_login.render_as_string(hide_password=False)
            settings = SETTINGS | {"REQUESTS_PER_S": "0"}
            first = Service(database_url, folder, find_port(), settings, owner_url)
            stack.callback(first.end)
            return first.start()

        def lend(kind, place):
            services = found.setdefault(kind, [])
            if not services:
                services.append(stand(kind))
            if place == len(services):
                services.append(stand_beside(services[0]))
                stack.callback(services[1].end)
                services[1].start()
            return services[place]

        yield lend


@pytest.fixture(params=["sqlite", "postgresql"])
def standing_service(request, standing):
    return standing(request.param, 0)


@pytest.fixture
def second_standing_service(request, standing, standing_service):
    """Another process of the same service."""
    return standing("sqlite" if standing_service.database_url.startswith("sqlite") else "postgresql", 1)
