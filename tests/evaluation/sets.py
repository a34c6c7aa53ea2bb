"""Reading labelled sets: gzipped CSV with a header; missing files are named, extra columns ignored."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from matching.model import Mark, Offer

SCREENED_ON = date(2026, 1, 1)


def read_set(folder: Path, name: str, missing: list[str]) -> list[dict[str, str]]:
    """The rows of `name`.csv.gz or `name`.csv; a missing file is added to `missing`."""
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.exists():
            packed = path.read_bytes()
            text = gzip.decompress(packed) if path.suffix == ".gz" else packed
            return list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    missing.append(f"{name}.csv.gz")
    return []


def listing_sets(folder: Path) -> list[str]:
    """The names of all sets of listings in a folder."""
    return sorted({path.name.split(".")[0] for path in folder.glob("listings_*.csv*")})


def marks_of(names: Iterable[str], prefix: str = "m") -> list[Mark]:
    """Names as marks, equal names once."""
    distinct = dict.fromkeys(name.strip() for name in names if name.strip())
    return [
        Mark(id=f"{prefix}{n}", text=name, rights_holder="", office="XX") for n, name in enumerate(distinct)
    ]


def offer_of(title: str, **fields: object) -> Offer:
    """A title as an offer on a fixed day."""
    return Offer(title=title, screened_on=SCREENED_ON, **fields)
