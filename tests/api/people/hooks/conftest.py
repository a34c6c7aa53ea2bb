"""An organization's endpoint, its page in an admin's browser, and what is behind it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select, update

from partners.destinations import AddressRules
from partners.ids import new_id
from partners.principal import Principal
from partners.records.endpoints import attempts, deliveries
from partners.sealing import Desk
from partners.subscribing import Subscription, register_endpoint

URL = "http://127.0.0.1:9/in"
RULES = AddressRules(allow_private=True, allow_http=True)


@pytest.fixture
def house(house):
    """A trial house, in which a private address is its own consent."""
    settings = replace(house.settings, webhooks_allow_http=True, webhooks_allow_private=True)
    return replace(house, settings=settings)


@pytest.fixture
def register(database, keyring, now):
    """Register an endpoint of an organization."""

    def make(organization_id, url=URL, kind="rights_holder"):
        who = Principal(organization_id=organization_id, kind=kind, client_id="test")
        desk = Desk(keyring=keyring, rules=RULES, now=now)
        wanted = Subscription(url=url, event_types=["*"], signatures=["v1"], labels={}, metadata={})
        return database.acting(
            "access", lambda c, _: register_endpoint(c, who, wanted, "whsec_" + "A" * 32, desk)
        ).id

    return make


@pytest.fixture
def endpoint(member, register):
    return register(member.organization_id)


@pytest.fixture
def page(member, endpoint):
    """Open the endpoint's page in the admin's browser."""
    return lambda: member.browser.get(f"/hooks/{endpoint}")


@pytest.fixture
def change(database):
    def make(table, **values):
        database.acting("access", lambda c, _: c.execute(update(table).values(**values)))

    return make


@pytest.fixture
def column(database):
    """What a column holds, in the order of the rows' making."""

    def read(of):
        with database.surveying("access") as connection:
            return connection.scalars(select(of).order_by(of.table.c.id)).all()

    return read


@pytest.fixture
def attempt(database, member, now):
    """Write an attempt of the first delivery."""

    def make(**values):
        def work(connection, _):
            row = {"id": new_id("att"), "organization_id": member.organization_id, "number": 1}
            row |= {"milliseconds": 3.0, "phase": "headers", "trigger": "auto", "sent_at": now}
            delivery = connection.scalar(select(deliveries.c.id))
            connection.execute(insert(attempts).values(**row | {"delivery_id": delivery} | values))

        database.acting("access", work)

    return make
