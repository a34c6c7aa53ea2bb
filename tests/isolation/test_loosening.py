"""The oracle is no decoration: take one condition out, of the code or of the database, and it says so."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from partners.records.schema import metadata
from partners.tenancy.rights import RIGHTS
from tests.isolation.play import Leak

EVERYTHING = frozenset(metadata.tables)
# Whose condition is taken out of the code, one after the other.
IN_CODE = (
    *("audit", "cases", "clients", "deliveries", "endpoints", "events", "jobs", "listings", "matches"),
    *("invitations", "notices", "people", "policies", "screenings", "seizures", "sellers", "trademarks"),
)
# Which policies are opened, one after the other; where a list joins two tables, the other one still holds.
POLICIES = (
    *(("marketplace", (table,)) for table in ("sellers", "notices", "cases", "events", "endpoints", "jobs")),
    *(("marketplace", (table,)) for table in ("screenings", "clients", "invitations", "people")),
    ("marketplace", ("listings", "screenings")),
    ("marketplace", ("matches", "listings")),
    ("marketplace", ("deliveries", "events")),
    *(
        ("rights_holder", (table,))
        for table in ("trademarks", "matches", "notices", "cases", "audit", "policies")
    ),
    *(("customs", (table,)) for table in ("seizures", "audit", "events", "endpoints")),
)


@pytest.fixture
def cast(play):
    """Two organizations of each kind, which have done all that there is to do."""
    kinds = ("marketplace", "rights_holder", "customs")
    made = {kind: [play.organization(kind), play.organization(kind)] for kind in kinds}
    for number in range(2):
        play.register(made["rights_holder"][number], number)
    first, second = play.oracle.trademarks
    for number, shop in enumerate(made["marketplace"]):
        seller = play.enroll(shop, number)
        play.submit(shop, [(first, second)[number]], seller)
        play.submit(shop, [], None)
        play.defer(shop)
    for match in list(play.oracle.matches):
        play.judge(match, "confirmed")
    for number, holder in enumerate(made["rights_holder"]):
        play.draw(holder, 6 + number)
        play.license(holder, made["marketplace"][number], 0)
    for number, customs in enumerate(made["customs"]):
        play.seize(customs, number)
    everybody = [each for pair in made.values() for each in pair]
    for who in everybody:
        play.subscribe(who)
        play.invite(who)
        play.employ(who)
    play.settle()
    return everybody


@pytest.fixture
def check(play, cast, operations):
    """Let everybody ask for everything; what is told of others is an error."""
    reading = [operation for operation in operations if operation[0] == "GET"]

    def run(*kinds):
        for who in cast:
            if who.kind in kinds or not kinds:
                play.check(who)
                play.check_foreign(who, reading, each=1)

    return run


def notices(check, *kinds):
    try:
        check(*kinds)
    except Leak:
        return True
    return False


def loosen_code(check, database):
    """SQLite has no other conditions. Returns the tables where nothing was noticed."""
    unnoticed = []
    for table in IN_CODE:
        database.loose = frozenset([table])
        if not notices(check):
            unnoticed.append(table)
    database.loose = frozenset()
    return unnoticed


def set_policies(backstage, kind, tables, rows=None):
    with backstage.begin() as connection:
        for table in tables:
            condition = rows or RIGHTS[table][kind].rows
            connection.execute(text(f"ALTER POLICY {kind} ON {table} USING ({condition})"))


def loosen_policies(check, backstage):
    """Returns the kinds and tables where nothing was noticed."""
    unnoticed = []
    for kind, tables in POLICIES:
        set_policies(backstage, kind, tables, "true")
        if not notices(check, kind):
            unnoticed.append((kind, tables))
        set_policies(backstage, kind, tables)
    return unnoticed


def test_one_condition_less_is_noticed_at_once(check, database, backstage):
    """On PostgreSQL the code's conditions are all taken out first: row-level security alone keeps apart."""
    check()
    if database.dialect == "sqlite":
        assert loosen_code(check, database) == []
    else:
        database.loose = EVERYTHING
        check()
        assert loosen_policies(check, backstage) == []
    check()
