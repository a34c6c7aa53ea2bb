"""`touchstone demo` on a small file of names: it plays everything, reports it, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RUN = [sys.executable, "-c", "from api.cli import main; main()"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Run the demo once, piped; returns the finished process and the folder it had for its data."""
    folder = tmp_path_factory.mktemp("demo")
    marks, listings = folder / "marks.csv", folder / "listings.csv"
    marks.write_text("mark,source,class,country\nGucci,x,,\nadidas,x,25,DE\nSamsung,x,,\n")
    listings.write_text(
        "id,title,brand_label,price,currency\n"
        "1,Gucci belt 1:1 replica,,10,EUR\n"
        "2,Case for Samsung Galaxy,,5,EUR\n"
        "3,Wooden spoon,,2,EUR\n"
    )
    (folder / "tmp").mkdir()
    done = subprocess.run(
        [*RUN, "demo", "--marks", str(marks), "--listings", str(listings)],
        env={"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder / "tmp")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    return done, folder / "tmp"


def test_all_promises_are_kept(demo):
    done, _ = demo
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 listings screened; 0 signatures failed." in done.stdout
    assert "BROKEN" not in done.stdout


def test_the_report_shows_where_the_mark_stands_and_why(demo):
    assert "[Gucci] belt 1:1 replica" in demo[0].stdout
    assert "The text says that it is an imitation" in demo[0].stdout


def test_the_piped_report_is_plain_and_narrow(demo):
    assert "\x1b" not in demo[0].stdout
    assert max(len(line) for line in demo[0].stdout.splitlines()) <= 80


def test_nothing_is_left_behind(demo):
    _, folder = demo
    assert list(folder.iterdir()) == []


def test_an_unreadable_file_is_one_sentence(tmp_path):
    path = tmp_path / "listings.csv"
    path.write_text("name\nspoon\n")
    done = subprocess.run(
        [*RUN, "demo", "--listings", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "has no column id and no column title" in done.stderr
    assert "Traceback" not in done.stderr
