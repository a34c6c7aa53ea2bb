from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace

from partners.records.feeds import last_place
from partners.records.marks import list_changes
from partners.records.trademarks import TrademarkFields, put_trademarks
from partners.sequencing import Sequencer

NIKE = TrademarkFields(reference="1", mark="NIKE", office="EM")


@pytest.fixture
def put(database, now):
    def put(claims, *rows, before_commit=lambda: None):
        def work(connection, principal):
            put_trademarks(connection, principal.organization_id, rows, now)
            before_commit()

        database.writing(claims, work)

    return put


def changes(database, after):
    with database.surveying("registry") as connection:
        return list_changes(connection, after, 1000)


def test_rows_are_placed_in_one_gap_free_order(put, database, partner):
    owner, sequencer = partner("rights_holder"), Sequencer(database)
    put(owner, NIKE, replace(NIKE, reference="2"))
    assert sequencer.place() == 2
    put(owner, replace(NIKE, reference="3"))
    assert (sequencer.place(), sequencer.place()) == (1, 0)
    assert [change.position for change in changes(database, 0)] == [1, 2, 3]


def test_a_replaced_row_takes_a_new_place(put, database, partner):
    owner, sequencer = partner("rights_holder"), Sequencer(database)
    put(owner, NIKE)
    sequencer.place()
    put(owner, replace(NIKE, mark="PUMA"))
    sequencer.place()
    assert [(change.position, change.mark.text) for change in changes(database, 0)] == [(2, "PUMA")]
    with database.surveying("registry") as connection:
        assert last_place(connection, "trademarks") == 2


def test_a_slow_writer_that_commits_after_a_fast_one_is_missed_by_nobody(put, database, partner):
    """The slow row has the smaller id; its place comes after the fast one's all the same."""
    if database.dialect == "sqlite":
        return  # one writer at a time: nothing commits out of order
    owner, sequencer = partner("rights_holder"), Sequencer(database)
    written, go_on = threading.Event(), threading.Event()

    def linger():
        written.set()
        go_on.wait(20)

    slow = threading.Thread(target=put, args=(owner, NIKE), kwargs={"before_commit": linger})
    slow.start()
    written.wait(20)
    put(owner, replace(NIKE, reference="2", mark="FAST"))
    sequencer.place()
    [fast] = changes(database, 0)
    go_on.set()
    slow.join()
    sequencer.place()
    assert [change.mark.text for change in changes(database, fast.position)] == ["NIKE"]


def test_the_sequencers_of_two_processes_place_each_row_once(put, database, partner):
    owner = partner("rights_holder")
    put(owner, *(replace(NIKE, reference=str(number)) for number in range(200)))
    placers = [threading.Thread(target=Sequencer(database).place) for _ in range(4)]
    for placer in placers:
        placer.start()
    for placer in placers:
        placer.join()
    assert [change.position for change in changes(database, 0)] == list(range(1, 201))
