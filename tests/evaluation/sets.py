"""Reading labelled sets: gzipped CSV with a header; missing files are named, extra columns ignored."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from matching.model import Mark, Offer
from matching.normalization import canonical_text

SCREENED_ON = date(2026, 1, 1)


COLUMNS = {
    "marks": ("mark",),
    "replica_listings": ("title", "truth_brands"),
    "masked_brands": ("as_written", "brand_label"),
    "nominative_use": ("title", "mentioned_brand", "is_nominative"),
    "conflicts": ("mark_a", "mark_b", "similar"),
    "entity_pairs": ("kind", "left_name", "right_name", "match"),
    "org_names_addresses_ieee": ("org_name", "address", "country"),
}
"""The columns a set needs; a set of listings needs a title. Other columns are used where they are there."""


def read_set(folder: Path, name: str, missing: list[str]) -> list[dict[str, str]]:
    """The rows of `name`.csv.gz or `name`.csv; a missing file or column is added to `missing`, once."""
    rows = _read(folder, name)
    if rows is None:
        lacking = f"{name}.csv.gz"
    else:
        columns = COLUMNS.get(name, ("title",))
        absent = [column for column in columns if rows and column not in rows[0]]
        lacking = f"{name}.csv.gz: column {', '.join(absent)}" if absent else ""
    if lacking and lacking not in missing:
        missing.append(lacking)
    return rows if rows is not None and not lacking else []


def _read(folder: Path, name: str) -> list[dict[str, str]] | None:
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.exists():
            packed = path.read_bytes()
            text = gzip.decompress(packed) if path.suffix == ".gz" else packed
            lines = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), restval="")
            return [{key: value for key, value in row.items() if key} for row in lines]
    return None


def key_of(text: str) -> str:
    """The letters of a name, without spaces and case."""
    return canonical_text(text).replace(" ", "")


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
