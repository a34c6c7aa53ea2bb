"""Words between processes: they are heard, and a stop waits for nobody's silence."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import make_url, text

from partners.listening import CHANNEL, Listener

CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE query = :word AND datname = current_database()"
)


@pytest.fixture
def listener(database_url):
    heard = threading.Semaphore(0)
    listener = Listener(
        make_url(database_url).set(drivername="postgresql").render_as_string(False), heard.release
    )
    listener.start()
    assert heard.acquire(timeout=20)  # it listens now
    yield listener, heard
    listener.stop()


@pytest.mark.parametrize("owner_url", ["postgresql"], indirect=True)
def test_a_word_from_another_process_is_heard(listener, backstage):
    _, heard = listener
    for _ in range(3):
        with backstage.begin() as connection:
            connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
        assert heard.acquire(timeout=20)


@pytest.mark.parametrize("owner_url", ["postgresql"], indirect=True)
def test_a_stop_does_not_wait_for_a_word(listener):
    listener[0].stop()
    assert "listener" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("owner_url", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_is_opened_again(listener, backstage):
    _, heard = listener
    with backstage.begin() as connection:
        connection.execute(CUT, {"word": f"LISTEN {CHANNEL}"})
    assert heard.acquire(timeout=20)
