"""The heap of a process that serves: settled once, it is looked through seldom and still cleaned."""

import gc
import weakref

import pytest

from partners.heap import LOOK_AFTER, begin_heap, settle_heap


class Ring:
    """Refers to itself, so that counting references never frees it."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def undone():
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_was_made_before_is_looked_through_no_more():
    before = Ring()
    settle_heap()
    assert gc.get_threshold()[0] == LOOK_AFTER
    assert not any(one is before for one in gc.get_objects())


def test_garbage_made_afterwards_is_still_found():
    settle_heap()
    gone = weakref.ref(Ring())
    kept = [[] for _ in range(2 * LOOK_AFTER)]
    assert gone() is None, len(kept)


def test_garbage_made_before_is_not_kept_for_ever():
    gone = weakref.ref(Ring())
    settle_heap()
    assert gone() is None


def test_from_the_first_import_on_garbage_is_looked_for_seldom():
    begin_heap()
    assert gc.get_threshold()[0] == LOOK_AFTER
