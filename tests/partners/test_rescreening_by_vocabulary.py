"""A new mark meets the listings that the vocabulary names, and no other is read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from matching.lexicon import NO_WORDS
from partners.records.jobs import jobs
from partners.records.listings import ListingFields, get_listing
from partners.records.matches import list_matches
from partners.records.trademarks import delete_trademark
from partners.rescreening import Rescreening
from partners.screening import Draft
from partners.sequencing import Sequencer
from partners.stocking import Stock

REPLICA = Draft(reference="A-1", fields=ListingFields(title="Nike Air Max 1:1 replica shoes"))
CHAIR = Draft(reference="A-2", fields=ListingFields(title="Wooden chair with four legs"))


@pytest.fixture
def stock(database):
    """The vocabulary of what is stored so far."""
    Sequencer(database).place()
    stock = Stock(database, lambda: NO_WORDS)
    stock.refresh()
    return stock


def rescreen_with(stock, desk, registry, now, batch=250):
    rescreening = Rescreening(desk, registry, lambda: now, batch, stock)
    while rescreening.work():
        pass


def rows_of(database, table):
    with database.surveying("jobs") as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def test_only_listings_that_may_name_a_new_mark_are_read(
    screener, shop, owner, register, nike, desk, registry, now, database, read, told
):
    chairs = [replace(CHAIR, reference=f"C-{number}") for number in range(40)]
    screener.keep(shop, [REPLICA, *chairs, replace(REPLICA, reference="A-9")])
    Sequencer(database).place()
    stock = Stock(database, lambda: NO_WORDS)
    stock.refresh()
    register(owner, nike)
    rescreen_with(stock, desk, registry, now, batch=1)
    assert read(shop, get_listing, key="A-1").screening.verdict == "alert"
    assert len(told(owner)) == 2
    [job] = rows_of(database, jobs)
    assert (job.state, job.done, job.total) == ("done", 2, 2)


def test_listings_that_the_vocabulary_does_not_know_yet_are_read(
    stock, screener, shop, owner, register, nike, desk, registry, now, told
):
    screener.keep(shop, [REPLICA, CHAIR])
    register(owner, nike)
    rescreen_with(stock, desk, registry, now)
    assert [type_ for type_, _ in told(owner)] == ["match.found"]


def test_with_a_vocabulary_a_deleted_mark_still_lets_go_of_its_listings(
    screener, shop, owner, nike_mark, stock, desk, registry, now, read, database
):
    screener.keep(shop, [REPLICA])
    rescreen_with(stock, desk, registry, now)
    database.writing(owner, lambda c, p: delete_trademark(c, p, "EM-1", now))
    Sequencer(database).place()
    registry.refresh()
    rescreen_with(stock, desk, registry, now)
    assert read(owner, list_matches, after=None, limit=9) == []


def test_a_job_begun_with_the_vocabulary_is_ended_without_it(
    screener, shop, owner, register, nike, desk, registry, now, database, told
):
    screener.keep(shop, [replace(REPLICA, reference=f"B-{number}") for number in range(4)] + [CHAIR])
    Sequencer(database).place()
    stock = Stock(database, lambda: NO_WORDS)
    stock.refresh()
    register(owner, nike)
    begun = Rescreening(desk, registry, lambda: now, 1, stock)
    assert [begun.work() for _ in range(3)] == [True] * 3  # planned, and two listings done
    begun.stop()
    rescreen_with(None, desk, registry, now)
    assert len(told(owner)) == 4
