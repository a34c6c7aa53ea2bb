"""Rows of files: each is read alone, with its line."""

from __future__ import annotations

import gzip

import pytest

from api.problems import Refusal
from api.rows import Row, UnreadableFile, in_batches, open_source, read_rows
from api.v1.trademarks import TrademarkIn


@pytest.fixture
def read(tmp_path):
    """Write a file and read its rows: (line, mark) of the good ones, (line, None) of the others."""

    def run(content, name="marks.csv", form=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with open_source(path, form) as source:
            rows = list(read_rows(source, TrademarkIn))
        return [(row.line, None if isinstance(row.item, Refusal) else row.item.mark) for row in rows]

    return run


HEAD = "reference,mark,office\n"
GOOD = '{"reference":"r1","mark":"NIKE","office":"EM"}'


def test_csv_and_ndjson_say_the_same(read):
    assert read(f"{HEAD}r1,NIKE,EM\n") == [(2, "NIKE")]
    assert read(f"{GOOD}\n", "marks.ndjson") == [(1, "NIKE")]


@pytest.mark.parametrize("name", ["marks.csv.gz", "MARKS.CSV.GZ"])
def test_a_gzipped_file_is_read_too(read, name):
    assert read(gzip.compress(f"{HEAD}r1,NIKE,EM\n".encode()), name) == [(2, "NIKE")]


def test_a_name_may_say_nothing_if_the_format_is_given(read):
    assert read(GOOD, "marks", "ndjson") == [(1, "NIKE")]
    with pytest.raises(UnreadableFile, match="--format"):
        read(GOOD, "marks")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(read):
    assert read(b"\xef\xbb\xbfreference,mark,office\r\nr1,NIKE,EM\r\n") == [(2, "NIKE")]


def test_blank_lines_are_skipped_but_counted(read):
    assert read(f"{HEAD}\n , ,\nr1,NIKE,EM\n") == [(4, "NIKE")]
    assert read(f"\n  \n{GOOD}\n", "m.ndjson") == [(3, "NIKE")]


def test_a_row_over_several_lines_has_the_line_it_begins_on(read):
    assert read(f'{HEAD}r1,"A\nB",EM\nr2,NIKE,EM\n') == [(2, "A\nB"), (4, "NIKE")]


@pytest.mark.parametrize(
    "row",
    [
        b"r1,NIKE",
        b"r1,NIKE,EM,more",
        b"r1,\xff\xfe,EM",
        b"r1,NI\x00KE,EM",
        b"r1,NIKE,europe",
        b",NIKE,EM",
        b"r1,,EM",
    ],
)
def test_a_bad_row_harms_no_other(read, row):
    assert read(HEAD.encode() + row + b"\nr2,PUMA,EM\n") == [(2, None), (3, "PUMA")]


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b"\xff", b'{"reference":"r1"}', b'{"mark":"A","x":1}', b"[" * 99_999]
)
def test_a_bad_line_harms_no_other(read, line):
    assert read(line + b"\n" + GOOD.encode(), "m.ndjson") == [(1, None), (2, "NIKE")]


@pytest.mark.parametrize("head", ["reference,mark,colour", "reference,mark,mark", "reference,,mark", ""])
def test_columns_that_are_no_fields_are_named_at_once(read, head):
    with pytest.raises(UnreadableFile):
        read(f"{head}\nr1,NIKE,EM\n")


def test_a_file_that_breaks_off_is_said_to(read):
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(gzip.compress(f"{HEAD}r1,NIKE,EM\n".encode() * 99)[:-20], "marks.csv.gz")


def test_what_is_no_gzip_is_said_to_be_none(read):
    with pytest.raises(UnreadableFile):
        read("plain", "marks.csv.gz")


def test_batches_keep_the_order_and_lose_nothing():
    rows = [Row(number, Refusal("malformed", "x")) for number in range(7)]
    assert [[row.line for row in batch] for batch in in_batches(rows, 3)] == [[0, 1, 2], [3, 4, 5], [6]]
