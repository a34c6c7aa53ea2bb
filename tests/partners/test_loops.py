from __future__ import annotations

import threading
import time

import pytest

from partners.loops import Loop


def test_work_is_done_at_once_while_there_is_more_and_then_at_its_pace():
    answers, enough = iter([True, True, False]), threading.Event()
    done = []

    def work():
        done.append(time.monotonic())
        more = next(answers, False)
        if not more:
            enough.set()
        return more

    loop = Loop("test", work, 60)
    loop.start()
    assert enough.wait(20)
    loop.stop()
    assert len(done) == 3


def test_a_wake_brings_work_forward():
    worked = threading.Semaphore(0)
    loop = Loop("test", lambda: bool(worked.release()), 60)
    loop.start()
    assert worked.acquire(timeout=20)
    loop.wake()
    assert worked.acquire(timeout=20)
    loop.stop()


@pytest.mark.parametrize(("seconds", "rest"), [(0.01, 0.02), (0.4, 0.1), (60, 0.25)])
def test_a_loop_rests_a_part_of_its_pace_however_often_it_is_woken(seconds, rest):
    assert Loop("test", lambda: False, seconds).rest == pytest.approx(rest)


def test_failing_work_is_tried_again():
    tries, done = [], threading.Event()

    def work():
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("broken")
        done.set()
        return False

    loop = Loop("test", work, 0.01)
    loop.start()
    assert done.wait(20)
    loop.stop()


def test_a_loop_that_was_never_started_can_be_stopped():
    loop = Loop("test", lambda: False, 60)
    loop.stop()
    assert loop.is_stopping
