"""Rows of a file: CSV or NDJSON, gzipped or not, each row read alone, so that a bad one harms no other."""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Generic, Literal, TypeVar, cast

import msgspec
from msgspec import Struct

from api.decoding import decode, place_of
from api.layouts import Layout, UnknownColumns, choose_layout
from api.problems import FieldError, Refusal

In = TypeVar("In", bound=Struct)
T = TypeVar("T")
Format = Literal["csv", "ndjson"]
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
}
_LONGEST_CELL = 1_000_000


class UnreadableFile(Exception):
    """The file is not what it should be from its beginning; the message says why."""


class Row(Struct, Generic[In], frozen=True):
    """A row by its line, counted from 1: what it holds, or why that cannot be read."""

    line: int
    item: In | Refusal


class Source(Struct, frozen=True):
    """An open file: `raw` tells how far we have come, of `size` bytes."""

    raw: IO[bytes]
    stream: IO[bytes]
    size: int
    form: Format


@contextmanager
def open_source(path: Path, form: Format | None = None) -> Iterator[Source]:
    """Open a file; its name says what it is, unless `form` does.

    Raises:
        UnreadableFile: it cannot be opened, or its name does not say what it is.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    named = suffixes[-2:-1] if packed else suffixes[-1:]
    found = form or (_FORMATS.get(named[0]) if named else None)
    if found is None:
        raise UnreadableFile(f"{path.name} is named neither .csv nor .ndjson: say which with --format")
    try:
        with path.open("rb") as raw:
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw
            yield Source(raw, stream, path.stat().st_size, found)
    except (OSError, EOFError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}") from None


def read_rows(source: Source, kind: type[In]) -> Iterator[Row[In]]:
    """Read the rows in order; blank ones are skipped.

    Raises:
        UnreadableFile: the columns of a CSV file are not fields of `kind`.
    """
    return _read_csv(source, kind) if source.form == "csv" else _read_ndjson(source, kind)


def in_batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in order, so many at a time."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_ndjson(source: Source, kind: type[In]) -> Iterator[Row[In]]:
    for number, line in enumerate(source.stream, start=1):
        if line.strip():
            yield Row(number, _try_decode(line, kind))


def _try_decode(line: bytes, kind: type[In]) -> In | Refusal:
    try:
        return decode(line, kind)
    except Refusal as refusal:
        return refusal


def _read_csv(source: Source, kind: type[In]) -> Iterator[Row[In]]:
    csv.field_size_limit(min(sys.maxsize, _LONGEST_CELL))
    # bytes that are no UTF-8 become lone surrogates, which make their own row a bad one
    text = TextIOWrapper(source.stream, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        reader = csv.reader(text)
        columns = [column.strip() for column in next(reader, [])]
        layout = _choose_layout(kind, columns)
        for number, cells in _cells(reader):
            if isinstance(cells, csv.Error) or any(cell.strip() for cell in cells):
                yield Row(number, _convert(columns, cells, layout, kind))
    finally:
        text.detach()  # whoever opened the file closes it


def _choose_layout(kind: type[Struct], columns: list[str]) -> Layout:
    if not columns or not all(columns) or len(set(columns)) != len(columns):
        raise UnreadableFile("the first line must name the columns, each once")
    try:
        return choose_layout(kind, columns)
    except UnknownColumns as error:
        raise UnreadableFile(str(error)) from None


def _cells(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each row with the line it begins on: a quoted cell may hold line feeds."""
    while True:
        number = cast("int", reader.line_num) + 1  # type: ignore[attr-defined] # csv's reader has it
        try:
            yield number, next(reader)
        except csv.Error as error:
            yield number, error
        except StopIteration:
            return


def _convert(
    columns: list[str], cells: list[str] | csv.Error, layout: Layout, kind: type[In]
) -> In | Refusal:
    if isinstance(cells, csv.Error):
        return Refusal("malformed", f"The row is not CSV: {cells}.")
    if len(cells) != len(columns):
        return Refusal("malformed", f"The row has {len(cells)} cells; there are {len(columns)} columns.")
    row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
    text = "".join(cells)
    if "\x00" in text:
        return Refusal("malformed", "The row has a NUL character.")
    if not text.isascii() and not _is_unicode(text):
        return Refusal("malformed", "The row is not valid UTF-8.")
    try:
        return msgspec.convert(layout(row), kind, strict=False)
    except msgspec.ValidationError as error:
        place: FieldError = place_of(str(error))
        return Refusal("invalid", "The row does not fit.", [place])


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
