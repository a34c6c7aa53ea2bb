"""A whole house on each database, a client of its app, and tokens for any partner."""

import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.house import House
from partners.registry import Registry
from partners.settings import Settings
from partners.signing import Signer, mint_access_token


@pytest.fixture
def house(database, keyring, now):
    """The house of a test: its clock stands still, its registry is loaded, nothing runs in it."""
    registry = Registry(database, clock=lambda: now)
    registry.refresh()
    return House(
        settings=Settings(),
        database=database,
        keyring=keyring,
        signer=Signer(database, keyring, lambda: now),
        registry=registry,
        clock=lambda: now,
        wake=lambda: None,
    )


@pytest.fixture
def client(house):
    with TestClient(create_app(house)) as client:
        yield client


@pytest.fixture
def token(house, now):
    """Make the headers of a partner's request from its Claims."""

    def make(claims):
        text = mint_access_token(house.signer, house.settings.base_url, claims, now, 300)
        return {"Authorization": f"Bearer {text}"}

    return make
