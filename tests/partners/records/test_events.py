from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import event, insert, select

from partners.errors import NotFound
from partners.records.endpoints import deliveries, endpoints
from partners.records.event_types import EVENT_TYPES
from partners.records.events import Fact, emit, emit_all, events, get_event, list_events
from partners.records.fanning import wants
from partners.records.feeds import place_rows

FACT = Fact(
    type="match.found",
    subject="mch_1",
    path="/v1/matches/mch_1",
    data={
        "listing_id": "lst_1",
        "listing_reference": "A-1",
        "trademark_id": "tm_1",
        "trademark_reference": "EM-1",
        "mark": "NIKE",
        "verdict": "alert",
        "score": 0.9,
        "use": "replica",
    },
)


def add_endpoint(database, now, organization_id, status="enabled", event_types=("*",)):
    row = {
        "id": f"end_{status}_{'_'.join(event_types)}",
        "organization_id": organization_id,
        "url": "https://partner.example/hooks",
        "event_types": list(event_types),
        "labels": {},
        "ordered": 0,
        "status": status,
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    database.acting("delivery", lambda c, _: c.execute(insert(endpoints).values(row)) and None)


def told(database, now, recipients, fact=FACT):
    return database.acting("screening", lambda c, _: emit(c, fact, recipients, now))


def test_each_recipient_reads_only_the_fields_of_its_kind(database, partner, now):
    shop, owner = partner("marketplace"), partner("rights_holder")
    recipients = [("marketplace", shop.organization_id), ("rights_holder", owner.organization_id)]
    for_shop, for_owner = [
        msgspec.json.decode(event.body)["data"] for event in told(database, now, recipients)
    ]
    assert "listing_reference" in for_shop
    assert "trademark_reference" not in for_shop
    assert "listing_reference" not in for_owner
    assert for_owner["trademark_reference"] == "EM-1"


def test_events_of_one_subject_are_numbered_from_one(database, partner, now):
    shop = partner("marketplace").organization_id
    numbers = [told(database, now, [("marketplace", shop)])[0].sequence for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_a_pending_endpoint_gets_its_deliveries_held_and_an_enabled_one_due(database, partner, now):
    shop = partner("marketplace").organization_id
    add_endpoint(database, now, shop, "pending")
    add_endpoint(database, now, shop, "enabled")
    told(database, now, [("marketplace", shop)])
    with database.surveying("delivery") as connection:
        states = connection.scalars(select(deliveries.c.state).order_by(deliveries.c.state)).all()
    assert states == ["due", "held"]


def test_an_endpoint_that_asked_for_other_types_gets_no_delivery(database, partner, now):
    shop = partner("marketplace").organization_id
    add_endpoint(database, now, shop, event_types=("case.*",))
    told(database, now, [("marketplace", shop)])
    with database.surveying("delivery") as connection:
        assert connection.scalars(select(deliveries.c.id)).all() == []


def test_data_that_do_not_fit_the_catalogue_write_nothing(database, partner, now):
    shop = partner("marketplace")
    broken = msgspec.structs.replace(FACT, data={**FACT.data, "score": "high"})
    with pytest.raises(msgspec.ValidationError):
        told(database, now, [("marketplace", shop.organization_id)], broken)
    with database.surveying("delivery") as connection:
        assert connection.scalars(select(events.c.id)).all() == []


def test_an_event_of_another_organization_does_not_exist_for_me(database, partner, now):
    mine, other = partner("marketplace"), partner("marketplace")
    (event,) = told(database, now, [("marketplace", other.organization_id)])
    with database.reading(mine) as (connection, principal), pytest.raises(NotFound):
        get_event(connection, principal, event.id)


def test_a_slow_writer_that_commits_last_is_not_missed_by_the_feed(database, partner, now):
    shop = partner("marketplace")
    later = [
        told(database, now + timedelta(seconds=n), [("marketplace", shop.organization_id)]) for n in (0, 1)
    ]
    database.acting("sequencing", lambda c, _: place_rows(c, events.c.position))
    early_id = "evt_00000000000000000000000000"  # made first, committed last
    row = msgspec.structs.asdict(later[0][0]) | {"id": early_id}
    database.acting("screening", lambda c, _: c.execute(insert(events).values(row)) and None)
    database.acting("sequencing", lambda c, _: place_rows(c, events.c.position))
    with database.reading(shop) as (connection, principal):
        assert [e.id for e in list_events(connection, principal, after=2, limit=10)] == [early_id]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [(["*"], True), (["match.found"], True), (["match.*"], True), (["matc*"], False), ([], False)],
)
def test_an_endpoint_asks_by_name_by_noun_or_for_everything(asked, wanted):
    assert wants(asked, "match.found") is wanted


def test_every_type_is_named_noun_dot_act_and_has_a_recipient():
    for name, kind in EVENT_TYPES.items():
        assert name.count(".") == 1
        assert kind.fields


def test_many_facts_are_told_in_few_statements_numbered_and_in_order(database, partner, now):
    shop, owner = partner("marketplace").organization_id, partner("rights_holder").organization_id
    add_endpoint(database, now, shop)
    facts = [msgspec.structs.replace(FACT, subject=f"mch_{number % 100}") for number in range(200)]
    sides = [("marketplace", shop), ("rights_holder", owner)]
    statements = []

    def work(connection, _principal):
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        return emit_all(connection, [(fact, sides) for fact in facts], now)

    found = [one for one in database.acting("screening", work) if one.organization_id == shop]
    assert [(one.subject, one.sequence) for one in found[98:102]] == [
        ("mch_98", 1),
        ("mch_99", 1),
        ("mch_0", 2),
        ("mch_1", 2),
    ]
    assert len(statements) <= 10
    with database.surveying("delivery") as connection:
        order = connection.scalars(select(deliveries.c.event_id).order_by(deliveries.c.id)).all()
    assert order == [one.id for one in found]


def test_many_facts_told_at_once_wait_in_their_order_for_an_ordered_endpoint(database, partner, now):
    shop = partner("marketplace").organization_id
    add_endpoint(database, now, shop)
    database.acting("delivery", lambda c, _: c.execute(endpoints.update().values(ordered=1)) and None)
    found = database.acting("screening", lambda c, _: emit_all(c, [(FACT, [("marketplace", shop)])] * 5, now))
    found += told(database, now, [("marketplace", shop)])
    with database.surveying("delivery") as connection:
        rows = connection.execute(select(deliveries.c.event_id, deliveries.c.ordinal)).all()
    assert sorted(rows, key=lambda row: row.ordinal) == [(e.id, n) for n, e in enumerate(found, start=1)]
