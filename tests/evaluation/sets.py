"""Reading labelled sets: gzipped CSV with a header; missing files are named, extra columns ignored.

A file that cannot be read is named with the reason, and what it would have measured is left out.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from matching.market import NO_MARKET, Market, lesson_of
from matching.model import Mark, Offer
from matching.normalization import canonical_text

SCREENED_ON = date(2026, 1, 1)
BATCH = 5_000
MOST_TITLES = 60_000
"""No more titles are learned from and planted in; of larger sets as many are drawn."""


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
YES = frozenset(["1", "1.0", "yes", "y", "true", "t"])
NO = frozenset(["0", "0.0", "no", "n", "false", "f"])


UNREADABLE = "unreadable: "
LONGEST_FIELD = 131_072
"""A longer field is a quotation mark that nothing closes."""
"""How a notice begins on a file that is there, but cannot be read."""


class Unreadable(Exception):
    """A file whose rows cannot be read; it says where and why."""


def notice_of(lacking: str) -> str:
    """What is said of a file that `read_set` noted."""
    return lacking if lacking.startswith(UNREADABLE) else f"missing: {lacking}"


def label_of(text: str) -> bool | None:
    """What a labelled column says; None where it says neither yes nor no."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def read_set(folder: Path, name: str, missing: list[str]) -> list[dict[str, str]]:
    """The rows of `name`.csv.gz or `name`.csv; a missing file or column is added to `missing`, once, and so
    is a file that cannot be read.
    """
    lacking = ""
    try:
        rows = _read(folder, name)
    except Unreadable as error:
        rows, lacking = None, f"{UNREADABLE}{error}"
    if rows is not None:
        columns = COLUMNS.get(name, ("title",))
        absent = [column for column in columns if rows and column not in rows[0]]
        lacking = f"{name}.csv.gz: column {', '.join(absent)}" if absent else ""
    elif not lacking:
        lacking = f"{name}.csv.gz"
    if lacking and lacking not in missing:
        missing.append(lacking)
    return rows if rows is not None and not lacking else []


def _read(folder: Path, name: str) -> list[dict[str, str]] | None:
    """The rows of a set; None where there is no file.

    Raises:
        Unreadable: it is no such file, is damaged, or not in UTF-8.
    """
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.exists():
            return _rows_of(path.name, _text_of(path))
    return None


def _text_of(path: Path) -> str:
    try:
        packed = path.read_bytes()
        unpacked = gzip.decompress(packed) if path.suffix == ".gz" else packed
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name}: {error}") from None
    try:
        return unpacked.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = unpacked.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{path.name}: line {line}: not UTF-8 ({error.reason})") from None


def _rows_of(name: str, text: str) -> list[dict[str, str]]:
    csv.field_size_limit(LONGEST_FIELD)
    lines = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        return [{key: value for key, value in row.items() if key} for row in lines]
    except csv.Error as error:
        raise Unreadable(f"{name}: line {lines.line_num + 1}: {error}") from None


class Title(NamedTuple):
    """A title, its label, whom it is counted under (the label, or a brand it names, or its first words),
    and the set it is from.
    """

    text: str
    label: str
    group: str
    source: str = ""


def read_titles(folder: Path, missing: list[str], names: Iterable[str] | None = None) -> list[Title]:
    """All distinct titles of a folder's sets of listings, or of some; at most 60,000, drawn from all."""
    rows: dict[str, tuple[str, str]] = {}
    for name in listing_sets(folder) if names is None else names:
        for row in read_set(folder, name, missing):
            if row.get("title"):
                rows[row["title"]] = (row.get("brand_label", ""), name)
    if len(rows) > MOST_TITLES:
        drawn = Random("titles").sample(sorted(rows), MOST_TITLES)  # noqa: S311 - repeatable
        rows = {title: rows[title] for title in drawn}
    labels = frozenset(key_of(label) for label, _ in rows.values() if len(key_of(label)) > 2)
    return [Title(text, label, _group_of(text, label, labels), name) for text, (label, name) in rows.items()]


def _group_of(title: str, label: str, labels: frozenset[str]) -> str:
    words = canonical_text(title).split()
    named = next((word for word in words if word in labels), "")
    return key_of(label) or named or "".join(words[:2])


def market_of(titles: Iterable[Title]) -> Market:
    """A marketplace that has learned from these titles, each group counted once; where brands are compared
    with words, each title counts as a seller of its own.
    """
    market = NO_MARKET
    told = list(titles)
    for start in range(0, len(told), BATCH):
        batch = told[start : start + BATCH]
        lesson: dict[int, int] = {}
        for title in batch:
            for window, bit in _taught(title):
                lesson[window] = lesson.get(window, 0) | bit
        market = market.taught(lesson, len(batch))
    return market


def _taught(title: Title) -> Iterator[tuple[int, int]]:
    windows = lesson_of(title.text, "", title.group)
    yield from windows.items()
    for window, bit in lesson_of(title.text, title.label, title.text).items():
        if window not in windows:
            yield window, bit


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
