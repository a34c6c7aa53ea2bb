"""A service on each database, in which nobody is held up, and a play in it."""

from __future__ import annotations

import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.house import House
from api.rights import RIGHTS
from openapi.examples import EXAMPLES
from partners.records.clients import admit
from partners.registry import Registry
from partners.settings import Settings
from partners.signing import Signer, mint_access_token
from tests.contract import CONTRACT
from tests.isolation.audience import Audience
from tests.isolation.loosening import LooseDatabase

BODIES = {
    **EXAMPLES,
    "verify_webhook_endpoint": {"challenge": "guess"},
    "disclose_flag": {"purpose": "inspection", "reference": "X-1"},
}


@pytest.fixture
def database(database_url, owner_url):
    """The database of the service; a test may let its reading door loose."""
    database = LooseDatabase(database_url, owner_url, admit, pool_size=8, clock="host")
    yield database
    database.close()


@pytest.fixture
def play(database, keyring, partner, now):
    registry = Registry(database, clock=lambda: now)
    registry.refresh()
    house = House(
        settings=Settings(requests_per_s=0, bulk_lines_per_s=0, bulk_limit_lines=1),
        database=database,
        keyring=keyring,
        signer=Signer(database, keyring, lambda: now),
        registry=registry,
        clock=lambda: now,
        wake=lambda: None,
    )

    def token(claims):
        text = mint_access_token(house.signer, house.settings.base_url, claims, now, 300)
        return {"Authorization": f"Bearer {text}"}

    with TestClient(create_app(house)) as client:
        yield Audience(house, client, partner, token)


@pytest.fixture(scope="session")
def operations():
    """Every operation on one thing: method, path, operation id, and a body that fits."""
    return [
        (method.upper(), path, operation["operationId"], BODIES.get(operation["operationId"]))
        for path, methods in CONTRACT["paths"].items()
        for method, operation in methods.items()
        if "{key}" in path and RIGHTS[operation["operationId"]].scope
    ]
