"""What grows without end is read by index, whatever the size of its table."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from partners.principal import Principal
from partners.records.purging import find_purgeable, purge_attempts
from partners.records.seizures import list_seizures
from partners.records.sellers import list_sellers
from partners.records.switching import hold_deliveries, resume_deliveries


@pytest.fixture
def plans(database):
    """The plans of what some work asks for; PostgreSQL may read a table whole only where it has to."""

    def explain(work):
        prefix = "EXPLAIN " if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
        asked = []

        def note(_connection, _cursor, statement, parameters, *_rest):
            asked.append((statement, parameters))

        def run(connection, _principal):
            if database.dialect == "postgresql":
                connection.execute(text("SET LOCAL enable_seqscan = off"))
            event.listen(connection, "before_cursor_execute", note)
            work(connection)
            event.remove(connection, "before_cursor_execute", note)
            return [
                " ".join(str(row) for row in connection.exec_driver_sql(prefix + statement, parameters))
                for statement, parameters in asked
                if statement.startswith(("SELECT", "UPDATE", "DELETE"))
            ]

        return database.acting("delivery", run)

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
