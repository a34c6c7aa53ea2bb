from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from msgspec import Struct
from sqlalchemy import insert, select

from matching.model import Address, Party
from partners.db import to_struct, upsert
from partners.enrolling import SellerDraft, enroll_sellers
from partners.ids import new_id
from partners.principal import Claims
from partners.records.clients import revoked_tokens
from partners.records.events import events
from partners.records.flags import Flag, flags
from partners.records.listings import ListingFields, listings
from partners.records.matches import list_matches, matches
from partners.records.reports import RouteStep, SeizureReport
from partners.records.screenings import screenings
from partners.records.seizures import Item, Persons
from partners.records.trademarks import TrademarkFields, put_trademarks
from partners.registry import Registry
from partners.reporting import report_seizures
from partners.screening import Draft, Screener
from partners.sequencing import Sequencer
from partners.tracing import Desk

MARKS = ("NIKE", "ADIDAS", "LACOSTE")
TITLES = ("{} 1:1 replica shoes", "shoes in the style of {}", "{} shoes", "case for {}")
TRUE_OF_TEN = (10, 7, 4, 1)
"""How many of ten listings of each title people confirm."""


class Met(Struct):
    """A listing and a registration that met, with their two sides."""

    shop: Claims
    owner: Claims
    match_id: str


@pytest.fixture
def met(database, shop, owner, nike_mark, screener):
    """A disguised NIKE, submitted by a shop."""
    fields = ListingFields(title="N1KE shoes 1:1 replica", url="https://shop.example/a-1")
    screener.keep(shop, [Draft(reference="A-1", fields=fields, seller="S-1")])
    with database.reading(owner) as (connection, principal):
        (match,) = list_matches(connection, principal, after=None, limit=2)
    return Met(shop, owner, match.id)


@pytest.fixture
def desk(database, keyring):
    return Desk(database, keyring)


@pytest.fixture
def bright():
    """A seller as a marketplace describes it."""
    return Party(
        display_name="bright_trading",
        legal_name="Shenzhen Bright Trading Co., Ltd",
        address=Address(
            lines=("88 Huaqiang North Road",), city="Shenzhen", postal_code="518031", country="CN"
        ),
        email="sales@bright-trading.example",
        phone="+86 755 8320 1234",
    )


@pytest.fixture
def bright_consignor():
    """The same company as a customs declaration spells it."""
    return Party(
        legal_name="SHENZHEN BRIGHT TRADING COMPANY LIMITED",
        address=Address(lines=("HUAQIANG NORTH RD 88",), city="SHENZHEN", country="CN"),
        phone="0086-755-83201234",
    )


@pytest.fixture
def seizure_report(now, bright_consignor):
    """Make a seizure report; fields given replace the usual ones."""

    def make(reference="FR-1", **fields):
        usual = {
            "reference": reference,
            "seizure_case_reference": "FR-CASE-1",
            "seized_on": now.date(),
            "administration": "FR",
            "channel": "express",
            "route": (RouteStep("origin", "CN"), RouteStep("destination", "FR")),
            "persons": Persons(consignor=bright_consignor),
            "items": (Item(commodity="footwear", quantity=Decimal(40), unit="pieces"),),
        }
        return SeizureReport(**(usual | fields))

    return make


@pytest.fixture
def enroll(desk, now):
    """Keep one seller; returns what was kept."""

    def make(claims, reference, party, at=now):
        [kept] = enroll_sellers(desk, claims, [SellerDraft(reference=reference, party=party)], at)
        return kept

    return make


@pytest.fixture
def seize(desk, now):
    """Report one seizure; returns what was kept."""

    def make(claims, report, at=now):
        [kept] = report_seizures(desk, claims, [report], at)
        return kept

    return make


@pytest.fixture
def flags_of(database):
    """All flags by pseudonym."""

    def find():
        with database.surveying("tracing") as connection:
            return [to_struct(row, Flag) for row in connection.execute(select(flags).order_by(flags.c.id))]

    return find


@pytest.fixture
def told(database):
    """What an organization was told: pairs of event type and data, oldest first."""

    def find(claims):
        statement = select(events.c.body).where(events.c.organization_id == claims.organization_id)
        with database.surveying("delivery") as connection:
            bodies = [
                msgspec.json.decode(body) for body in connection.scalars(statement.order_by(events.c.id))
            ]
        return [(body["type"], body["data"]) for body in bodies]

    return find


@pytest.fixture
def registry(database, now):
    """A loaded registry that follows only when a test says so."""
    registry = Registry(database, lambda: now)
    registry.refresh()
    return registry


@pytest.fixture
def register(database, registry, now):
    """Register marks, and let the registry know them."""

    def register(claims, *rows):
        done = database.writing(claims, lambda c, p: put_trademarks(c, p.organization_id, rows, now))
        Sequencer(database).place()
        registry.refresh()
        return [trademark for trademark, _ in done]

    return register


@pytest.fixture
def nike():
    return TrademarkFields(reference="EM-1", mark="NIKE", office="EM", nice_classes=(18, 25))


@pytest.fixture
def read(database):
    """Ask a record's query as a partner."""

    def read(claims, question, **asked):
        with database.reading(claims) as (connection, principal):
            return question(connection, principal, **asked)

    return read


@pytest.fixture
def screener(desk, registry, now):
    return Screener(desk, registry, lambda: now)


@pytest.fixture
def shop(partner):
    return partner("marketplace", "Shop")


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner")


@pytest.fixture
def nike_mark(register, owner, nike):
    """NIKE, registered and known to the registry."""
    return register(owner, nike)[0]


@pytest.fixture
def revoke_token(database, now):
    """Take a token back."""

    def act(claims):
        row = {"token_id": claims.token_id, "expires_at": now}
        database.acting("access", lambda c, _: upsert(c, revoked_tokens, [row], ["token_id"]))

    return act


@pytest.fixture
def owners(partner):
    return [partner("rights_holder", f"Owner of {mark}") for mark in MARKS]


@pytest.fixture
def met_all(screener, shop, owners, register):
    """Listings of every kind with every mark, each with a match of its own."""
    for owner, mark in zip(owners, MARKS, strict=True):
        register(owner, TrademarkFields(reference="EM-1", mark=mark, office="EM", nice_classes=(18, 25)))
    titles = [title.format(mark) for title in TITLES for mark in MARKS]
    return screener.keep(
        shop,
        [Draft(reference=title, fields=ListingFields(title=title), seller="S-1") for title in titles],
    )


def copied(table, row, listing_id, **judged):
    """A row again, of a copy of its listing."""
    if table is listings:
        return {**row, "id": listing_id, "reference": listing_id}
    prefix, more = ("scr", {}) if table is screenings else ("mch", judged)
    return {**row, "id": new_id(prefix), "listing_id": listing_id, **more}


@pytest.fixture
def judge_copies(backstage, met_all, now):
    """Copy every listing with its screening and match some times, judged; tells how many judgements that is.

    `says` is asked with the place of a title and the number of the copy.
    """
    titles = {each.listing.id: place // len(MARKS) for place, each in enumerate(met_all)}

    def act(times, says=lambda title, copy: "confirmed" if copy % 10 < TRUE_OF_TEN[title] else "rejected"):
        with backstage.begin() as connection:
            for table in (listings, screenings, matches):
                key = "id" if table is listings else "listing_id"
                mine = select(table).where(table.c[key].in_(titles)).order_by(table.c.id)
                rows = [dict(row._mapping) for row in connection.execute(mine)]
                made = [
                    copied(
                        table,
                        row,
                        f"lst_{times:04}{copy:04}{row[key][12:]}",
                        judgement=says(titles[row[key]], copy),
                        judged_at=now,
                    )
                    for copy in range(times)
                    for row in rows
                ]
                connection.execute(insert(table), made)
        return len(made)

    return act
