"""Composition: what is started is stopped, in bounded time, and what cannot start says what to do."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from api import running
from api.opening import NotStarted
from partners.keyring import KeyRefused
from partners.keys import keep_master_key
from partners.settings import Settings


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(database_url=database_url, data_dir=str(tmp_path / "data"), threads=4)


def threads():
    return {thread.name for thread in threading.enumerate()}


def test_a_house_is_open_within_and_closed_after(settings):
    before = threads()
    with running.open_house(settings, with_worker=True) as house:
        assert {"registry", "sequencer", "webhooks"} <= threads()
        house.wake()
        assert house.signer.public_keys().keys
    assert threads() <= before


def test_without_worker_only_the_registry_is_followed(settings):
    with running.open_house(settings):
        assert "registry" in threads()
        assert not {"sequencer", "webhooks"} & threads()


def test_two_houses_on_one_database_share_their_keys(settings):
    with running.open_house(settings) as one, running.open_house(settings) as other:
        token = one.signer.sign({"sub": "cli_1"})
        assert one.signer.public_keys().as_dict() == other.signer.public_keys().as_dict()
        assert other.keyring.open(one.keyring.seal(b"x", "c"), "c") == b"x"
        assert token


def test_another_master_key_does_not_open_the_house(settings, tmp_path):
    with running.open_house(settings):
        pass
    stranger = Settings(database_url=settings.database_url, data_dir=str(tmp_path / "elsewhere"), threads=4)
    keep_master_key(stranger.keys_path, b"k" * 32)
    with pytest.raises(KeyRefused, match="another master key"), running.open_house(stranger):
        pass


def test_a_database_that_does_not_answer_is_said_to(tmp_path):
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with (
        pytest.raises(NotStarted, match="does not answer"),
        running.open_house(Settings(database_url=url, data_dir=str(tmp_path))),
    ):
        pass


def test_a_pool_larger_than_the_server_takes_is_refused_at_start(database_url, tmp_path):
    settings = Settings(database_url=database_url, data_dir=str(tmp_path / "data"), threads=200)
    if database_url.startswith("sqlite"):
        with running.open_house(settings):
            return
    with pytest.raises(NotStarted, match="lower TOUCHSTONE_THREADS"), running.open_house(settings):
        pass


def test_a_taken_port_is_found_before_anything_is_started():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotStarted, match=f"port {port}"):
            running.open_socket("127.0.0.1", port)


def test_a_worker_that_hangs_does_not_hold_up_the_others_for_long():
    class Worker:
        def __init__(self, seconds):
            self.seconds, self.is_stopped = seconds, False

        def stop(self):
            time.sleep(self.seconds)
            self.is_stopped = True

    hanging, quick = Worker(60), Worker(0)
    started = time.monotonic()
    running._stop([hanging, hanging, quick], 0.3)
    assert quick.is_stopped
    assert time.monotonic() - started < 5
