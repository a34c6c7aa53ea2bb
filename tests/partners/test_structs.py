from __future__ import annotations

import threading

import msgspec
import pytest

from partners.db import Database
from partners.records.clients import admit
from partners.structs import learn_structs

readings: list[threading.Thread] = []


def watched():
    readings.append(threading.current_thread())
    return int


@pytest.fixture
def fresh():
    """A Struct nobody used yet; whenever its annotations are read, that is noted."""
    readings.clear()

    class Fresh(msgspec.Struct):
        value: watched()

    return Fresh


def use(kind):
    thread = threading.Thread(target=msgspec.convert, args=({"value": 1}, kind))
    thread.start()
    thread.join()


def test_a_struct_that_was_not_learned_is_read_by_the_thread_that_meets_it(fresh):
    use(fresh)
    assert threading.main_thread() not in readings
    assert readings


def test_a_learned_struct_is_not_read_again(fresh):
    learn_structs()
    learn_structs()
    use(fresh)
    assert readings == [threading.main_thread()]


def test_an_open_database_has_learned_the_structs_its_rows_become(fresh, tmp_path):
    Database(f"sqlite+pysqlite:///{tmp_path / 'touchstone.db'}", admit).close()
    use(fresh)
    assert readings == [threading.main_thread()]


def test_a_struct_no_message_can_be_read_into_is_passed_over():
    class Held(msgspec.Struct):
        either: bytes | threading.Thread

    learn_structs()
    with pytest.raises(TypeError):
        msgspec.json.Decoder(Held)


def test_a_struct_that_names_what_is_not_there_is_passed_over():
    class Held(msgspec.Struct):
        what: Nowhere  # noqa: F821 - that is the point

    learn_structs()
    with pytest.raises(NameError):
        msgspec.json.Decoder(Held)
