"""What grows without end is read by index, whatever the size of its table."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from partners.principal import Principal
from partners.records.approvals import approved_texts
from partners.records.attempts import acknowledge
from partners.records.licensees import Account, licenses_of
from partners.records.outbox import Claim, claim_due, has_due
from partners.records.purging import find_purgeable, purge_attempts
from partners.records.seizures import list_seizures
from partners.records.sellers import list_sellers
from partners.records.similar import count_similar, find_seized
from partners.records.switching import hold_deliveries, resume_deliveries


@pytest.fixture
def plans(database):
    """The plans of what some work asks for; PostgreSQL may read a table whole only where it has to."""

    def explain(work, *, helped=True, act="delivery"):
        prefix = "EXPLAIN " if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
        asked = []

        def note(_connection, _cursor, statement, parameters, _context, many):
            asked.append((statement, parameters[0] if many else parameters))

        def run(connection, _principal):
            if helped and database.dialect == "postgresql":
                connection.execute(text("SET LOCAL enable_seqscan = off"))
            event.listen(connection, "before_cursor_execute", note)
            work(connection)
            event.remove(connection, "before_cursor_execute", note)
            return [
                " ".join(str(row) for row in connection.exec_driver_sql(prefix + statement, parameters))
                for statement, parameters in asked
                if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
            ]

        return database.acting(act, run)

    return explain


def reads_whole(plan, table):
    return f"Seq Scan on {table}" in plan or any(
        line.endswith(f"SCAN {table}") for line in plan.replace("')", "").split(" (")
    )


@pytest.mark.parametrize("step", [hold_deliveries, resume_deliveries])
def test_an_endpoint_is_switched_without_reading_all_deliveries(plans, endpoint, step, now):
    one = endpoint()
    found = plans(lambda c: step(c, one.id, now))
    assert found
    assert not [plan for plan in found if reads_whole(plan, "deliveries")]


@pytest.fixture
def sudden_backlog(database, act, endpoint, fill):
    """What came since the planner last looked at a small outbox."""
    quiet, loud = endpoint(), endpoint()
    fill(quiet, 3, state="ok")
    if database.dialect == "postgresql":
        act(lambda c: c.execute(text("ANALYZE deliveries")))
    return [*fill(loud, 400), *fill(quiet, 1)]


def test_a_sudden_backlog_is_claimed_from_without_being_read(plans, sudden_backlog, now):
    wanted = Claim(token="w.1", now=now, lease=timedelta(seconds=60), limit=9, per_endpoint=8)
    found = plans(lambda c: (has_due(c, now), claim_due(c, wanted)), helped=False)
    about = [plan for plan in found if "deliveries" in plan]
    assert len(about) == 5  # is anything due, for whom, what is under way, the first few, their lease
    assert ["ix_deliveries_first" in plan for plan in about] == [True, True, False, True, False]
    assert not [plan for plan in about if reads_whole(plan, "deliveries") or "hashed" in plan]
    assert "ix_deliveries_state" not in "".join(about)


def test_outcomes_are_written_without_reading_a_sudden_backlog(plans, sudden_backlog, claim, outcome, now):
    told = [outcome(leased) for leased in claim(limit=9)]
    found = plans(lambda c: acknowledge(c, told, now), helped=False)
    assert len([plan for plan in found if "deliveries" in plan]) == 2
    assert not [plan for plan in found if reads_whole(plan, "deliveries")]


def test_what_is_purged_is_found_without_reading_all_deliveries_or_attempts(plans, now):
    found = plans(lambda c: (find_purgeable(c, "case.opened", now, 10), purge_attempts(c, now, 10)))
    assert len(found) == 2
    assert not [plan for plan in found if reads_whole(plan, "deliveries") or reads_whole(plan, "attempts")]


@pytest.mark.parametrize(
    ("listing", "kind", "table"),
    [(list_sellers, "marketplace", "sellers"), (list_seizures, "customs", "seizures")],
)
def test_a_partner_pages_through_its_own_without_sorting_them_all(plans, partner, listing, kind, table):
    who = partner(kind)
    own = Principal(organization_id=who.organization_id, kind=kind, client_id=who.client_id)
    found = plans(lambda c: listing(c, own, after="x", limit=5))
    assert f"ix_{table}_organization" in found[0]


def test_what_every_screening_asks_of_sellers_and_texts_is_read_by_index(plans, now):
    def ask(connection):
        licenses_of(connection, {Account("org_1", "S-1"), Account("org_1", "S-2")}, now.date())
        approved_texts(connection, {("org_1", "A-1"), ("org_1", "A-2")})

    found = plans(ask, act="screening")
    assert len(found) == 2
    tables = ("licensees", "listings", "approvals")
    assert [plan for plan in found if any(reads_whole(plan, table) for table in tables)] == []


@pytest.mark.parametrize(("question", "act"), [(count_similar, "screening"), (find_seized, "tracing")])
def test_seizures_of_similar_goods_are_read_by_what_they_are_and_whence_they_came(plans, now, question, act):
    asked = {("footwear", "CN"), ("other", "CN"), ("toys", "VN")}
    found = plans(lambda c: question(c, asked, now.date()), act=act)
    sought = r"(Index Cond: |ix_seizure_items_goods )\(+goods\W.+? AND \(*origin\W.+? AND \(*seized_on ?>"
    assert found
    assert [plan for plan in found if not re.search(sought, plan)] == []
