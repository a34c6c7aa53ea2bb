from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from partners.db import create_database_engine
from partners.writer import Writer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "writer.db"


@pytest.fixture
def writer(path):
    writer = Writer(create_database_engine(f"sqlite+pysqlite:///{path}", 1))
    writer.submit(lambda connection: connection.execute(text("create table kept (n integer)")) and None)
    writer.submit(lambda connection: connection.execute(text("pragma busy_timeout = 50")) and None)
    yield writer
    writer.close()


def keep(n):
    return lambda connection: connection.execute(text("insert into kept values (:n)"), {"n": n}) and None


def count(writer):
    return writer.submit(lambda connection: connection.scalar(text("select count(*) from kept")))


def test_a_write_that_cannot_begin_is_answered_and_the_writer_goes_on(writer, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        writer.submit(keep(1))
    other.execute("ROLLBACK")
    other.close()
    writer.submit(keep(2))
    assert count(writer) == 1


def test_everybody_is_answered_while_nobody_can_write(writer, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers = []

    def submit(n):
        try:
            answers.append(writer.submit(keep(n)))
        except OperationalError as error:
            answers.append(error)

    threads = [threading.Thread(target=submit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    other.close()
    assert len(answers) == 8


def test_what_is_queued_is_finished_before_the_writer_stops(writer):
    threads = [threading.Thread(target=writer.submit, args=(keep(n),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert count(writer) == 20


def test_a_closed_writer_refuses_instead_of_waiting_forever(path):
    writer = Writer(create_database_engine(f"sqlite+pysqlite:///{path}", 1))
    writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(keep(1))
