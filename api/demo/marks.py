"""The marks of the demo: names used as stand-ins for marks, as a file that `touchstone import` takes."""

from __future__ import annotations

import csv
from pathlib import Path

from msgspec import Struct

from api.demo.listings import UnreadableFile, open_text
from partners.reference import brands

SHIPPED = "shipped brand names"


class Names(Struct, frozen=True):
    """A file of names, how many it holds, and what to call it."""

    path: Path
    count: int
    source: str


def shipped_names(folder: Path) -> Names:
    """Write the shipped brand names into a file in `folder`."""
    path = folder / "brands.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["mark", "source", "class", "country"])
        writer.writerows([brand.name, brand.source, "", ""] for brand in brands())
    return Names(path, len(brands()), SHIPPED)


def given_names(path: Path) -> Names:
    """Look a file over: CSV, gzipped or not, with a column mark.

    Raises:
        UnreadableFile: it is no such file.
    """
    try:
        with open_text(path) as text:
            reader = csv.reader(text)
            if "mark" not in next(reader, []):
                raise UnreadableFile(f"{path} has no column mark")
            return Names(path, sum(1 for _ in reader), path.name)
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}") from None
