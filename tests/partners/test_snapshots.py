"""Snapshot files: read where they lie, or not at all."""

import pytest

from matching.index import build_index, from_image, to_image
from matching.lexicon import NO_WORDS
from matching.model import Mark
from partners.snapshots import open_snapshot, write_snapshot


def mark(name):
    return Mark(id=name, text=name, rights_holder="h", office="EM", nice_classes=frozenset({9}))


INDEX = build_index(
    [mark("Zorglub"), mark("Quintavo"), mark("Brixolan of the Northern Big Sea Makers")], seed=5
)
TITLES = ["a Zorlgub b", "quin tavo", "Brixolan of the Nothern Big Sea Makers", "Z⭐rglub"]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "index" / "registry.index"
    write_snapshot(path, "mine", 7, to_image(INDEX))
    return path


def answers(index):
    return [repr(index.search({"title": title}).candidates) for title in TITLES]


def test_an_opened_index_answers_as_the_one_that_was_kept(path):
    image, version = open_snapshot(path, "mine")
    opened = from_image(image, NO_WORDS)
    assert (version, len(opened)) == (7, 3)
    assert answers(opened) == answers(INDEX)
    assert opened.mark("Zorglub") == mark("Zorglub")


def test_an_opened_index_can_be_changed_and_the_file_stays_as_it_was(path):
    before = path.read_bytes()
    changed = from_image(open_snapshot(path, "mine")[0], NO_WORDS).changed([mark("Kardemil")], ["Zorglub"])
    assert {each.id for each in changed.rebuilt()} == {each.id for each in INDEX} - {"Zorglub"} | {"Kardemil"}
    assert path.read_bytes() == before


def test_the_snapshot_of_another_registry_is_not_opened(path):
    assert open_snapshot(path, "theirs") is None


@pytest.mark.parametrize("place", [3, 12, 40, 9_000, -5_000])
def test_a_damaged_file_is_not_opened(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert open_snapshot(path, "mine") is None


@pytest.mark.parametrize("size", [0, 10, 5_000, 60_000])
def test_a_cut_file_is_not_opened(path, size):
    path.write_bytes(path.read_bytes()[:size])
    assert open_snapshot(path, "mine") is None


def test_a_file_that_is_not_there_is_not_opened(tmp_path):
    assert open_snapshot(tmp_path / "none", "mine") is None


def test_nothing_is_left_of_a_failed_attempt(path):
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_snapshot(path, "mine", 8, to_image(INDEX))
    assert [each.name for each in path.parent.iterdir()] == [path.name]
