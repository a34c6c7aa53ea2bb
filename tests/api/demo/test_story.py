import pytest

from api.demo.story import Story, StoryFailed


def test_a_story_keeps_its_steps_with_their_times():
    ticks = iter([10.0, 10.5, 12.0])
    story = Story("A story", lambda: next(ticks))
    story.check("first", {"id": 1}, "seen")
    story.check("second", came_true=True)
    assert [(step.promise, step.at) for step in story.steps] == [("first", 0.5), ("second", 2.0)]
    assert story.went_as_promised


def test_a_broken_promise_ends_the_story():
    story = Story("A story", lambda: 0.0)
    with pytest.raises(StoryFailed):
        story.check("never", None)
    assert not story.went_as_promised


def test_a_story_without_steps_proves_nothing():
    assert not Story("A story", lambda: 0.0).went_as_promised
