"""How the shipped tables are read and written: gzipped CSV beside this module, equal bytes for equal rows."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path


def read_rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a shipped table without its header line."""
    packed = resources.files("partners.reference").joinpath(name).read_bytes()
    with gzip.open(io.BytesIO(packed), "rt", encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        yield from rows


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table so that equal rows give equal bytes: no file name, no time of writing."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
