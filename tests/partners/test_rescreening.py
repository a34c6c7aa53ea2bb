from __future__ import annotations

import threading
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select
from structlog.testing import capture_logs

from partners.records.feeds import last_place
from partners.records.jobs import jobs
from partners.records.listings import ListingFields, get_listing, listings
from partners.records.matches import get_match, list_matches
from partners.records.trademarks import delete_trademark, put_trademarks
from partners.registry import Registry
from partners.rescreening import RETRO_SCREENED, Rescreening
from partners.rounds import TRIES
from partners.screening import Draft, Screener
from partners.sequencing import Sequencer

REPLICA = Draft(reference="A-1", fields=ListingFields(title="Nike Air Max 1:1 replica shoes"))
CHAIR = Draft(reference="A-2", fields=ListingFields(title="Wooden chair with four legs"))


@pytest.fixture
def rescreening(desk, registry, now):
    return Rescreening(desk, registry, lambda: now)


@pytest.fixture
def rescreen(rescreening):
    """Do all the retro-screening that is due."""

    def rescreen():
        while rescreening.work():
            pass

    return rescreen


@pytest.fixture
def unregister(database, registry, now):
    def unregister(claims, key):
        database.writing(claims, lambda c, p: delete_trademark(c, p, key, now))
        Sequencer(database).place()
        registry.refresh()

    return unregister


def rows_of(database, table):
    with database.surveying("jobs") as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def test_a_new_registration_meets_the_listings_stored_before(
    screener, shop, owner, register, nike, rescreen, read, told
):
    screener.keep(shop, [REPLICA, CHAIR])
    register(owner, nike)
    rescreen()
    listing = read(shop, get_listing, key="A-1")
    assert (listing.revision, listing.screening.verdict) == (1, "alert")
    assert [type_ for type_, _ in told(shop)] == ["listing.verdict_changed", "match.found"]
    [(_, first), _] = told(shop)
    assert (first["reference"], first["verdict"], first["previous_verdict"]) == ("A-1", "alert", "clear")
    assert [type_ for type_, _ in told(owner)] == ["match.found"]
    assert len(read(owner, list_matches, after=None, limit=9)) == 1


def test_it_is_done_once_and_says_so(screener, shop, owner, register, nike, rescreen, database):
    screener.keep(shop, [REPLICA, CHAIR])
    register(owner, nike)
    rescreen()
    rescreen()
    [job] = rows_of(database, jobs)
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    with database.surveying("jobs") as connection:
        assert last_place(connection, RETRO_SCREENED) == 1


def test_a_deleted_registration_takes_its_matches_and_verdicts_with_it(
    screener, shop, owner, nike_mark, unregister, rescreen, read, told
):
    rescreen()
    screener.keep(shop, [REPLICA])
    [match] = read(owner, list_matches, after=None, limit=9)
    unregister(owner, "EM-1")
    rescreen()
    assert read(shop, get_listing, key="A-1").screening.verdict == "clear"
    assert read(owner, list_matches, after=None, limit=9) == []
    assert read(owner, get_match, key=match.id).withdrawn_at is not None
    type_, data = told(owner)[-1]
    assert (type_, data["verdict"], data["previous_verdict"]) == ("match.verdict_changed", "clear", "alert")


def test_a_registration_whose_mark_is_replaced_is_met_as_it_is_now(
    screener, shop, owner, register, nike, rescreen, read
):
    screener.keep(shop, [REPLICA])
    register(owner, nike)
    rescreen()
    register(owner, replace(nike, mark="PUMA"))
    rescreen()
    assert read(shop, get_listing, key="A-1").screening.matches == ()


def test_a_registration_that_changes_no_verdict_tells_nobody(
    screener, shop, owner, register, nike, rescreen, told
):
    register(owner, nike)
    rescreen()
    screener.keep(shop, [REPLICA])
    before = told(shop)
    register(owner, replace(nike, reference="2", mark="Zubrowka"))
    rescreen()
    assert told(shop) == before


def test_another_process_goes_on_where_one_died(
    desk, registry, screener, shop, owner, register, nike, database, read, told, now
):
    drafts = [replace(REPLICA, reference=f"A-{number}") for number in range(5)]
    screener.keep(shop, drafts)
    register(owner, nike)
    dying = Rescreening(desk, registry, lambda: now, batch=2)
    assert [dying.work(), dying.work()] == [True, True]  # planned, and one batch done
    early = Rescreening(desk, registry, lambda: now + timedelta(seconds=5), batch=2)
    assert early.work() is False  # the dead one's lease still runs
    heir = Rescreening(desk, registry, lambda: now + timedelta(seconds=90), batch=2)
    while heir.work():
        pass
    verdicts = {read(shop, get_listing, key=draft.reference).screening.verdict for draft in drafts}
    assert verdicts == {"alert"}
    assert len(told(owner)) == 5
    [job] = rows_of(database, jobs)
    assert (job.state, job.done) == ("done", 5)


def test_another_process_goes_on_at_once_where_one_stopped(
    desk, registry, screener, shop, owner, register, nike, told, now
):
    screener.keep(shop, [replace(REPLICA, reference=f"A-{number}") for number in range(5)])
    register(owner, nike)
    stopping = Rescreening(desk, registry, lambda: now, batch=2)
    assert [stopping.work(), stopping.work()] == [True, True]  # planned, and one batch done
    stopping.stop()
    heir = Rescreening(desk, registry, lambda: now, batch=2)
    while heir.work():
        pass
    stopping.stop()
    assert len(told(owner)) == 5


def test_a_listing_that_always_fails_is_skipped_and_named_and_the_others_are_screened(
    desk, registry, screener, shop, owner, register, nike, database, told, now
):
    kept = screener.keep(shop, [replace(REPLICA, reference=f"A-{number}") for number in range(7)])
    broken = kept[3].listing.id
    spoil = listings.update().where(listings.c.id == broken).values(document={"title": 5})
    database.acting("screening", lambda c, _: c.execute(spoil))
    register(owner, nike)
    hours = iter(range(1000))
    rescreening = Rescreening(desk, registry, lambda: now + timedelta(hours=next(hours)), batch=3)
    failures, more = 0, True
    with capture_logs() as logs:
        while more:
            try:
                more = rescreening.work()
            except msgspec.ValidationError:
                failures += 1
    assert failures == TRIES + 1  # once in the run that had come so far, and so often when taken up again
    assert len(told(owner)) == 6
    assert [line["listing"] for line in logs if line["event"] == "listing_skipped"] == [broken]
    [job] = rows_of(database, jobs)
    assert (job.state, job.done) == ("done", 7)


def test_one_whose_lease_was_lost_writes_nothing_more(
    desk, registry, screener, shop, owner, register, nike, told, now
):
    screener.keep(shop, [replace(REPLICA, reference=f"A-{number}") for number in range(4)])
    register(owner, nike)
    slow = Rescreening(desk, registry, lambda: now, batch=2)
    slow.work()
    slow.work()
    heir = Rescreening(desk, registry, lambda: now + timedelta(seconds=90), batch=2)
    heir.work()
    slow.work()
    while heir.work():
        pass
    assert len(told(owner)) == 4


def test_advice_older_than_a_retro_screening_that_has_begun_is_given_again(
    desk, database, shop, owner, nike, read, now
):
    """Two processes: the one that takes the listing has not heard of the mark yet."""
    mine, theirs = Registry(database, lambda: now), Registry(database, lambda: now)
    mine.refresh()
    database.writing(owner, lambda c, p: put_trademarks(c, p.organization_id, [nike], now))
    Sequencer(database).place()
    theirs.refresh()
    rescreening = Rescreening(desk, theirs, lambda: now)
    while rescreening.work():
        pass
    assert mine.version == 0
    Screener(desk, mine, lambda: now).keep(shop, [REPLICA])
    assert read(shop, get_listing, key="A-1").screening.verdict == "alert"


def test_a_listing_being_written_while_a_retro_screening_begins_is_met_by_it(
    desk, database, shop, owner, nike, read, now
):
    """The writer has asked which retro-screening has begun, and commits late."""
    if database.dialect == "sqlite":
        return  # one writer at a time: nothing begins while a listing is being written
    mine, theirs = Registry(database, lambda: now), Registry(database, lambda: now)
    mine.refresh()
    written, go_on = threading.Event(), threading.Event()

    def linger(_revision):
        written.set()
        go_on.wait(20)

    slow = threading.Thread(target=Screener(desk, mine, lambda: now).keep, args=(shop, [REPLICA], linger))
    slow.start()
    assert written.wait(20)
    database.writing(owner, lambda c, p: put_trademarks(c, p.organization_id, [nike], now))
    Sequencer(database).place()
    theirs.refresh()
    rescreening = Rescreening(desk, theirs, lambda: now)
    planner = threading.Thread(target=rescreening.work)
    planner.start()
    planner.join(0.5)
    assert planner.is_alive()  # it waits for the one who writes
    go_on.set()
    slow.join()
    planner.join()
    while rescreening.work():
        pass
    assert read(shop, get_listing, key="A-1").screening.verdict == "alert"
