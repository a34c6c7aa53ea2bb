from __future__ import annotations

from datetime import timedelta

import pytest

from partners.records.jobs import (
    LEASE,
    MAX_TRIES,
    LeaseLost,
    add_job,
    fail_try,
    finish_job,
    has_open_job,
    hold_job,
    keep_progress,
    lease_job,
)


@pytest.fixture
def act(database):
    def act(question, *given):
        return database.acting("jobs", lambda connection, _: question(connection, *given))

    return act


@pytest.fixture
def job(act, now):
    return act(add_job, "counting", {"upto": 7}, 3, now)


def test_a_job_is_held_by_one_worker_until_its_lease_ends(act, job, now):
    held = act(lease_job, "counting", now)
    assert (held.id, held.document, held.tries) == (job.id, {"upto": 7}, 1)
    assert act(lease_job, "counting", now + LEASE / 2) is None
    assert act(lease_job, "counting", now + LEASE).lease_token != held.lease_token


def test_who_lost_the_lease_can_no_longer_write(act, job, now):
    late = act(lease_job, "counting", now)
    act(lease_job, "counting", now + LEASE)
    with pytest.raises(LeaseLost):
        act(keep_progress, late, {}, 1, now + LEASE)
    with pytest.raises(LeaseLost):
        act(finish_job, late, now + LEASE)


def test_a_job_that_begins_anew_is_held_longer_and_its_tries_stay_counted(act, job, now):
    for tries in range(1, MAX_TRIES + 1):
        held = act(lease_job, "counting", now + timedelta(days=tries))
        assert held.tries == tries
        act(hold_job, held, 1, now + timedelta(days=tries))
        act(fail_try, held, "ValueError", now + timedelta(days=tries))
    assert not act(has_open_job, "counting")


def test_progress_holds_the_job_longer_and_forgets_failures(act, job, now):
    held = act(lease_job, "counting", now)
    held = act(keep_progress, held, {"upto": 7, "after": "x"}, 2, now + LEASE / 2)
    assert (held.done, held.tries, held.due_at) == (2, 0, now + LEASE * 1.5)


def test_a_failed_try_is_due_again_later_and_later(act, job, now):
    first = act(lease_job, "counting", now)
    act(fail_try, first, "ValueError", now)
    assert act(lease_job, "counting", now + timedelta(seconds=1)) is None
    second = act(lease_job, "counting", now + timedelta(seconds=2))
    assert (second.tries, second.error) == (2, "ValueError")


def test_a_job_that_keeps_failing_is_left_as_failed(act, job, now):
    for _ in range(MAX_TRIES):
        held = act(lease_job, "counting", now)
        act(fail_try, held, "ValueError", now)
        now += timedelta(hours=1)
    assert act(lease_job, "counting", now) is None
    assert act(has_open_job, "counting") is False


def test_a_finished_job_is_open_no_more(act, job, now):
    assert act(has_open_job, "counting") is True
    act(finish_job, act(lease_job, "counting", now), now)
    assert act(has_open_job, "counting") is False


def test_workers_of_one_kind_leave_other_kinds_alone(act, job, now):
    assert act(lease_job, "sorting", now) is None
