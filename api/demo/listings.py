"""The listings of the demo: product data from a CSV file, brought to the shape that a marketplace submits."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import TextIO, cast

from msgspec import Struct

from partners.reference.currencies import DECIMALS, round_to_currency

SAMPLE = "our own sample, written for the demo"
_LONGEST_REFERENCE = 200
_LONGEST = 400
_LARGEST_PRICE = Decimal(10) ** 12
_OPTIONAL = {"brand_label": "brand", "category": "category", "seller": "seller"}


class UnreadableFile(Exception):
    """A file of listings or marks that is not what the demo reads; the message says why."""


class Product(Struct, frozen=True):
    """A listing as it is submitted, and where it was taken from."""

    body: Mapping[str, object]
    source: str


def sample_listings() -> list[Product]:
    """The shipped sample: titles of our own writing that name real brands as real listings do."""
    text = resources.files("api.demo").joinpath("sample.csv").read_text("utf-8")
    return list(_products(csv.DictReader(text.splitlines())))


def read_listings(path: Path) -> list[Product]:
    """Read a file of listings: CSV, gzipped or not.

    Its columns are id and title and, as known, brand_label, category, price, currency, seller, source, lang.

    Raises:
        UnreadableFile: it is no such file.
    """
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(open_text(path))
            reader = csv.DictReader(lines)
            missing = {"id", "title"}.difference(reader.fieldnames or ())
            if missing:
                raise UnreadableFile(f"{path} has no column {' and no column '.join(sorted(missing))}")
            return list(_products(reader))
        except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
            raise UnreadableFile(f"{path} cannot be read: {error}") from None


def open_text(path: Path) -> TextIO:
    """Open a text file, gzipped or not."""
    if path.suffix == ".gz":
        return cast("TextIO", gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")


def _products(rows: Iterable[Mapping[str, str | None]]) -> Iterator[Product]:
    """Rows without an id or a title are left out: there is nothing to submit."""
    for row in rows:
        clean = {name: _clean(value) for name, value in row.items() if isinstance(name, str)}
        if clean.get("id") and clean.get("title"):
            yield Product(_body(clean), clean.get("source", ""))


def _body(row: Mapping[str, str]) -> dict[str, object]:
    body: dict[str, object] = {"reference": _reference(row["id"]), "title": row["title"][:_LONGEST]}
    for column, field in _OPTIONAL.items():
        if row.get(column):
            body[field] = row[column][:_LONGEST]
    if price := _price(row.get("price", ""), row.get("currency", "")):
        body["price"] = price
    if language := row.get("lang"):
        body["language"] = language
    return body


def _reference(text: str) -> str:
    """The row's own id; one that is too long gives way to its hash."""
    return text if len(text) <= _LONGEST_REFERENCE else sha256(text.encode()).hexdigest()


def _price(amount: str, currency: str) -> dict[str, str] | None:
    """The price as money of its currency; what is no price is not guessed at."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    if currency not in DECIMALS or not value.is_finite() or not 0 <= value < _LARGEST_PRICE:
        return None
    return {"amount": format(round_to_currency(value, currency), "f"), "currency": currency}


def _clean(text: str | None) -> str:
    """Text on one line, without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())
