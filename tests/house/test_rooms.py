"""Rooms stay small, are named for a noun or an act, and are finished."""

import re
from pathlib import PurePosixPath

DRAWERS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "base",
    "misc",
    "manager",
    "service",
    "services",
    "lib",
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
LEFT_OUT = re.compile(
    r"mark\.(skip|skipif|xfail)\b|pytest\.(skip|xfail|importorskip)\(|monkeypatch\.setattr|\bmock\b"
)
LINES = 300


def test_no_module_is_longer_than_a_room(sources):
    """Migrations are exempt: they are written once and never read as a whole."""
    lengths = {
        path: text.count("\n") for path, text in sources.items() if "/migrations/versions/" not in path
    }
    assert {path: length for path, length in lengths.items() if length > LINES} == {}


def test_no_module_is_a_drawer(sources):
    assert [
        path
        for path in sources
        if DRAWERS & {part.lower() for part in PurePosixPath(path.removesuffix(".py")).parts}
    ] == []


def test_nothing_is_left_unfinished(sources):
    found = [
        path
        for path, text in sources.items()
        if path != "tests/house/test_rooms.py" and UNFINISHED.search(text)
    ]
    assert found == []


def test_no_test_is_skipped_and_none_replaces_our_own_parts(sources):
    found = [
        path
        for path, text in sources.items()
        if path.startswith("tests/") and path != "tests/house/test_rooms.py"
    ]
    assert [path for path in found if LEFT_OUT.search(sources[path])] == []
