"""Shipped tables: equal rows give equal bytes, and every one is named in NOTICE."""

from pathlib import Path

from partners.reference.files import write_rows

REFERENCE = Path(__file__).parents[3] / "partners" / "reference"


def test_equal_rows_give_equal_bytes(tmp_path):
    for name in ("one.csv.gz", "two.csv.gz"):
        write_rows(tmp_path / name, ("a", "b"), [("x", "ü"), ("y", "1")])
    assert (tmp_path / "one.csv.gz").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()


def test_every_shipped_table_is_named_in_the_notice():
    notice = (REFERENCE.parents[1] / "NOTICE").read_text("utf-8")
    for table in REFERENCE.glob("*.gz"):
        assert f"partners/reference/{table.name}" in notice
