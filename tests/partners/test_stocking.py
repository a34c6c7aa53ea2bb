"""The stored listings as a vocabulary: it follows what is stored, and survives whatever happens to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from matching.lexicon import NO_WORDS
from matching.model import Mark
from partners.filing import remove_listing
from partners.records.listings import ListingFields
from partners.records.stock import list_unread
from partners.screening import Draft
from partners.sequencing import Sequencer
from partners.stocking import Stock

ZORGLUB = Mark(id="tm_1", text="Zorglub", rights_holder="h", office="EM")


@pytest.fixture
def place(database):
    return Sequencer(database).place


@pytest.fixture
def open_stock(database, tmp_path, place):
    """A process's stock, up to date."""

    def make(kept_from=2, folder=tmp_path):
        place()
        stock = Stock(database, lambda: NO_WORDS, folder, kept_from)
        while stock.refresh():
            pass
        return stock

    return make


@pytest.fixture
def submit(screener, shop):
    def make(*titles, first=0):
        drafts = [
            Draft(reference=f"A-{first + number}", fields=ListingFields(title=title))
            for number, title in enumerate(titles)
        ]
        return [kept.listing.id for kept in screener.keep(shop, drafts)]

    return make


def named(stock):
    return stock.stocked.vocabulary.find([ZORGLUB])


def test_listings_are_found_by_what_they_say(submit, open_stock):
    ids = submit("a Z0rglub bag", "a chair", "Zor glub")
    assert named(open_stock()) == sorted([ids[0], ids[2]])


def test_it_learns_what_is_stored_changed_and_deleted_since(submit, open_stock, place, desk, shop, now):
    submit("a Zorglub bag", "a chair")
    stock = open_stock()
    submit("a table", "Zorglub again")
    remove_listing(desk, shop, "A-1", now)
    [third] = submit("Zorglubs", first=7)
    place()
    stock.refresh()
    assert named(stock) == [third]


def test_what_it_does_not_know_yet_is_told_as_unread(submit, open_stock, database, place):
    submit("a chair")
    stock = open_stock()
    waiting = submit("a Zorglub bag", first=5)
    for _ in range(2):  # without a place, and with one
        with database.surveying("registry") as connection:
            assert list_unread(connection, stock.stocked.position, 9) == waiting
        place()
    stock.refresh()
    with database.surveying("registry") as connection:
        assert list_unread(connection, stock.stocked.position, 9) == []


def test_a_listing_that_is_only_screened_anew_is_not_read_again(submit, open_stock, database, screener, shop):
    submit("a Zorglub bag")
    stock = open_stock()
    screener.keep(shop, [Draft(reference="A-0", fields=ListingFields(title="a Zorglub bag"))])
    with database.surveying("registry") as connection:
        assert list_unread(connection, stock.stocked.position, 9) == []


def test_a_new_process_goes_on_with_the_files(submit, open_stock, tmp_path):
    ids = submit("a Zorglub bag", "a chair", "a table")
    known = open_stock().stocked
    [path] = tmp_path.glob("listings-*.volume")
    assert path.name == f"listings-0-{known.position}.volume"
    more = submit("Zorglub shoes", first=8)
    again = open_stock()
    assert named(again) == sorted([ids[0], *more])
    assert again.stocked.position == known.position + 1


@pytest.mark.parametrize("harm", [b"", b"no volume", None])
def test_a_damaged_or_missing_file_is_read_anew_from_the_database(submit, open_stock, tmp_path, harm):
    ids = submit("a Zorglub bag", "a chair", "a table")
    open_stock()
    [path] = tmp_path.glob("listings-*.volume")
    if harm is None:
        path.unlink()
    else:
        path.write_bytes(harm + path.read_bytes()[len(harm) + 1 :])
    assert named(open_stock()) == ids[:1]


def test_files_of_more_than_the_database_knows_are_not_trusted(submit, open_stock, tmp_path):
    ids = submit("a Zorglub bag", "a chair")
    open_stock()
    [path] = tmp_path.glob("listings-*.volume")
    path.rename(path.with_name("listings-0-900.volume"))
    assert named(open_stock()) == ids[:1]


def test_files_that_were_merged_are_taken_away(submit, open_stock, tmp_path):
    for number in range(4):
        submit("a Zorglub bag", f"chair {number}", first=10 * number)
        open_stock()
    stock = open_stock()
    assert len(named(stock)) == 4
    assert len(list(tmp_path.glob("listings-*.volume"))) == len(stock.stocked.vocabulary.volumes)


def test_processes_may_share_the_files(submit, open_stock):
    submit(*(f"a Zorglub bag {number}" for number in range(30)))
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: named(open_stock()), range(3)))
    assert [len(each) for each in found] == [30, 30, 30]
