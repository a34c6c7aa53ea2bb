from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace

from partners.errors import NotFound
from partners.records.flags import Flag, get_flag, keep_flag, list_flags
from partners.sequencing import Sequencer


@pytest.fixture
def flag(now):
    def make(number):
        return Flag(
            id=f"flag_{number:026}",
            pseudonym=f"psn_{number}",
            country="CN",
            level="medium",
            score=0.6,
            score_in_bands=0.6,
            reasons=[],
            reasons_in_bands=[],
            seizures=1,
            alerts=0,
            administrations=[],
            revision=1,
            raised_at=now,
            updated_at=now,
            expires_at=now + timedelta(days=365),
            seen_revision=1,
            seen_at=now,
        )

    return make


@pytest.fixture
def customs(partner):
    return partner("customs")


@pytest.fixture
def pull(database, customs):
    """What the feed holds behind a place, as pairs of place and id."""

    def ask(after=0):
        with database.reading(customs) as (connection, principal):
            return [
                (flag.position, flag.id) for flag in list_flags(connection, principal, after=after, limit=100)
            ]

    return ask


def test_a_writer_that_commits_late_is_missed_by_nobody(database, flag, pull):
    """The slow one took its id first and commits last; the reader has gone on in between."""
    written, go_on = threading.Event(), threading.Event()

    def slowly(connection, _principal):
        keep_flag(connection, flag(1))
        written.set()
        assert go_on.wait(20)

    slow = threading.Thread(target=database.acting, args=("flagging", slowly))
    slow.start()
    assert written.wait(20)
    if database.dialect == "postgresql":
        database.acting("flagging", lambda c, _: keep_flag(c, flag(2)))
        fast = None
    else:  # one writer at a time: the second waits in the queue
        fast = threading.Thread(target=database.acting, args=("flagging", lambda c, _: keep_flag(c, flag(2))))
        fast.start()
    seen = []
    sequencer = Sequencer(database)
    if fast is None:
        sequencer.place()
        seen += pull()
        assert [key for _, key in seen] == [flag(2).id]
    go_on.set()
    for thread in filter(None, (slow, fast)):
        thread.join()
    sequencer.place()
    seen += pull(max((place for place, _ in seen), default=0))
    assert sorted(key for _, key in seen) == [flag(1).id, flag(2).id]


def test_a_changed_flag_leaves_its_place_for_a_new_one_at_the_end(database, flag, pull):
    for number in (1, 2):
        database.acting("flagging", lambda c, _, number=number: keep_flag(c, flag(number)))
    sequencer = Sequencer(database)
    sequencer.place()
    changed = replace(flag(1), level="high", revision=2, position=1)
    database.acting("flagging", lambda c, _: keep_flag(c, changed))
    assert [key for _, key in pull()] == [flag(2).id]
    sequencer.place()
    assert pull() == [(2, flag(2).id), (3, flag(1).id)]


@pytest.mark.parametrize("kind", ["rights_holder", "marketplace", "operator"])
def test_strangers_see_no_flag(database, partner, flag, kind):
    database.acting("flagging", lambda c, _: keep_flag(c, flag(1)))
    with database.reading(partner(kind)) as (connection, principal), pytest.raises(NotFound):
        get_flag(connection, principal, flag(1).id)
