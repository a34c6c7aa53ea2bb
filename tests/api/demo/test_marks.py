import csv

import pytest

from api.demo.listings import UnreadableFile
from api.demo.marks import given_names, shipped_names


def test_the_shipped_names_are_written_as_a_file_to_import(tmp_path):
    names = shipped_names(tmp_path)
    with names.path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert names.count == len(rows) >= 20_000
    assert set(rows[0]) == {"mark", "source", "class", "country"}


def test_a_given_file_is_counted(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text('mark,source\n"One, two",x\nThree,y\n')
    assert given_names(path).count == 2


def test_a_file_without_marks_is_refused(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("name\nOne\n")
    with pytest.raises(UnreadableFile, match="no column mark"):
        given_names(path)
