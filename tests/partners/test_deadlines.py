"""A deadline expires or a commit begins: never both."""

import threading

import pytest
from sqlalchemy import func, select

from partners.deadlines import Deadline, under_deadline
from partners.errors import NotReady
from partners.records.organizations import add_organization, organizations


def count(database):
    with database.surveying("access") as connection:
        return connection.scalar(select(func.count()).select_from(organizations))


def test_a_write_in_time_is_committed_and_cannot_be_refused_after(database, now):
    deadline = Deadline(30)
    with under_deadline(deadline):
        database.acting("access", lambda c, _: add_organization(c, "customs", "Douane", now))
    assert count(database) == 1
    assert not deadline.expire()


def test_a_write_whose_time_ran_out_while_it_worked_is_rolled_back(database, now):
    deadline = Deadline(30)

    def slow(connection, _principal):
        add_organization(connection, "customs", "Douane", now)
        assert deadline.expire()

    with under_deadline(deadline), pytest.raises(NotReady):
        database.acting("access", slow)
    assert count(database) == 0


def test_a_write_whose_time_is_up_is_not_begun(database, now):
    deadline = Deadline(0)
    with under_deadline(deadline), pytest.raises(NotReady):
        database.acting("access", lambda c, _: pytest.fail("it was begun"))
    assert deadline.remaining == 0


def test_a_query_does_not_outlive_its_request_on_postgresql(database):
    if database.dialect == "sqlite":
        return  # a file has no server that could be told
    with (
        under_deadline(Deadline(0.1)),
        pytest.raises(Exception, match="statement timeout"),
        database.surveying("access") as connection,
    ):
        connection.execute(select(func.pg_sleep(20)))


def test_of_expiry_and_commit_exactly_one_wins():
    for _ in range(300):
        deadline, outcomes = Deadline(30), []

        def commit(deadline=deadline, outcomes=outcomes):
            try:
                deadline.begin_commit()
            except NotReady:
                outcomes.append("refused")
            else:
                outcomes.append("committed")

        thread = threading.Thread(target=commit)
        thread.start()
        expired = deadline.expire()
        thread.join()
        assert outcomes == ["refused" if expired else "committed"]


def test_bookkeeping_in_a_request_does_not_count_as_its_commit(database, now):
    deadline = Deadline(30)
    with under_deadline(deadline), under_deadline(None):
        database.acting("access", lambda c, _: add_organization(c, "customs", "Douane", now))
    assert deadline.expire()
