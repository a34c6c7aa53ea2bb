from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from partners.errors import NotFound
from partners.records.trademarks import (
    TrademarkFields,
    delete_trademark,
    find_broken_rules,
    get_trademark,
    is_in_force,
    list_trademarks,
    put_trademarks,
    trademarks,
)

NIKE = TrademarkFields(reference="EM-1", mark="NIKE", office="EM", nice_classes=(18, 25), territories=("EU",))


@pytest.fixture
def put(database, now):
    def put(claims, *rows):
        return database.writing(claims, lambda c, p: put_trademarks(c, p.organization_id, rows, now))

    return put


@pytest.fixture
def read(database):
    def read(claims, question, **asked):
        with database.reading(claims) as (connection, principal):
            return question(connection, principal, **asked)

    return read


def test_a_new_reference_is_created_and_found_by_id_and_by_reference(put, read, partner):
    owner = partner("rights_holder")
    [(made, outcome)] = put(owner, NIKE)
    assert (outcome, made.revision, made.position) == ("created", 1, None)
    assert read(owner, get_trademark, key=made.id) == made
    assert read(owner, get_trademark, key="EM-1") == made


def test_equal_content_makes_no_new_revision(put, partner):
    owner = partner("rights_holder")
    [(made, _)] = put(owner, NIKE)
    assert put(owner, NIKE) == [(made, "equal")]


def test_other_content_is_a_new_revision_that_waits_for_its_place(put, database, partner, now):
    owner = partner("rights_holder")
    put(owner, NIKE)
    database.acting("sequencing", lambda c, _: c.execute(update(trademarks).values(position=7)))
    [(made, outcome)] = put(owner, replace(NIKE, spellings=("N1KE",)))
    assert (outcome, made.revision, made.spellings) == ("replaced", 2, ("N1KE",))
    with database.surveying("registry") as connection:
        row = connection.execute(select(trademarks)).one()
    assert (row.position, row.spellings) == (None, ["N1KE"])


def test_one_batch_may_name_a_reference_twice_and_the_later_line_holds(put, read, partner):
    owner = partner("rights_holder")
    outcomes = [outcome for _, outcome in put(owner, NIKE, replace(NIKE, mark="NIKE AIR"), NIKE)]
    assert outcomes == ["created", "replaced", "replaced"]
    assert read(owner, get_trademark, key="EM-1").mark == "NIKE"
    assert read(owner, get_trademark, key="EM-1").revision == 3


def test_a_deleted_registration_is_gone_until_its_reference_comes_again(put, read, database, partner, now):
    owner = partner("rights_holder")
    [(first, _)] = put(owner, NIKE)
    database.writing(owner, lambda c, p: delete_trademark(c, p, "EM-1", now))
    with pytest.raises(NotFound):
        read(owner, get_trademark, key=first.id)
    [(again, outcome)] = put(owner, NIKE)
    assert (again.id, again.revision, outcome) == (first.id, 3, "created")


def test_another_rights_holders_registration_looks_like_none(put, read, partner):
    [(made, _)] = put(partner("rights_holder"), NIKE)
    stranger = partner("rights_holder", "Stranger")
    with pytest.raises(NotFound):
        read(stranger, get_trademark, key=made.id)
    assert read(stranger, list_trademarks, after=None, limit=10) == []


def test_lists_go_on_behind_an_id_and_filter(put, read, partner):
    owner = partner("rights_holder")
    put(owner, *(replace(NIKE, reference=f"R-{number}") for number in range(3)), replace(NIKE, office="US"))
    first, second, _ = read(owner, list_trademarks, after=None, limit=3, office="EM")
    assert [t.id for t in read(owner, list_trademarks, after=first.id, limit=1)] == [second.id]
    assert read(owner, list_trademarks, after=None, limit=9, status="expired") == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"nice_classes": (18, 46)}, "/nice_classes/1"),
        ({"office": "QQ"}, "/office"),
        ({"territories": ("EU", "XZ")}, "/territories/1"),
        ({"filed_on": date(2020, 2, 1), "registered_on": date(2020, 1, 1)}, "/registered_on"),
        ({"filed_on": date(2020, 2, 1), "expires_on": date(2020, 1, 1)}, "/expires_on"),
        ({"mark": " \u200b"}, "/mark"),
    ],
)
def test_a_broken_rule_is_named_by_its_pointer(change, pointer):
    assert [where for where, _ in find_broken_rules(replace(NIKE, **change))] == [pointer]


def test_a_registration_is_in_force_up_to_the_day_it_expires():
    day = date(2026, 1, 1)
    dated = replace(NIKE, registered_on=day, expires_on=day + timedelta(days=2))
    in_force = [is_in_force(dated, day + timedelta(days=step)) for step in range(-1, 4)]
    assert in_force == [False, True, True, True, False]
    assert not is_in_force(replace(NIKE, status="applied"), day)
