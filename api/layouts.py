"""Layouts: how the columns of a CSV file become the fields of what the API takes.

A column is named like its field, one within another with a point (`address.country`); a list is
divided by semicolons; a cell that begins with `[` or `{` is JSON. An empty cell is a field left out.
Two other layouts are known by their columns: names with their source, and product data with labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, inspect

from partners.reference.currencies import DECIMALS, round_to_currency

Fields = dict[str, Any]
Layout = Callable[[Mapping[str, str]], Fields]
_NAMES = ("mark", "source")  # and class, country: of where the name comes from, not of its protection
_PRODUCTS = ("id", "title", "brand_label")
_LONGEST_REFERENCE = 400
_LARGEST_AMOUNT = Decimal(10) ** 12


class UnknownColumns(Exception):
    """The file has columns that are no fields of what it should hold; the message names them."""


def choose_layout(kind: type[Struct], columns: Sequence[str]) -> Layout:
    """Find out how to read a file by its columns.

    Raises:
        UnknownColumns: some are not fields of `kind`.
    """
    known = dict(_columns(inspect.type_info(kind), ""))
    if set(_NAMES) <= set(columns) and "mark" in known:
        return _read_name
    if set(_PRODUCTS) <= set(columns) and "title" in known:
        return _read_product
    if unknown := [column for column in columns if column not in known]:
        shown = ", ".join(repr(column) for column in unknown[:5])
        raise UnknownColumns(f"no such fields: {shown}; there are {', '.join(known)}")
    return lambda row: _read_own(row, known)


def _columns(info: inspect.Type, prefix: str) -> list[tuple[str, bool]]:
    """The columns that a struct may have, and whether each is a list."""
    found: list[tuple[str, bool]] = []
    for field in _fields(info):
        name = prefix + field.encode_name
        parts = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        plain = [part.type if isinstance(part, inspect.Metadata) else part for part in parts]
        found.append((name, any(isinstance(part, inspect.ListType) for part in plain)))
        for part in plain:
            found += _columns(part, f"{name}.")
    return found


def _fields(info: inspect.Type) -> Sequence[inspect.Field]:
    return info.fields if isinstance(info, inspect.StructType) else ()


def _read_own(row: Mapping[str, str], known: Mapping[str, bool]) -> Fields:
    fields: Fields = {}
    for column, cell in row.items():
        if not cell:
            continue
        *path, name = column.split(".")
        place = fields
        for step in path:
            place = place.setdefault(step, {})
        place[name] = _read_cell(cell, is_list=known[column])
    return fields


def _read_cell(cell: str, *, is_list: bool) -> object:
    if cell[0] in "[{":
        try:
            return msgspec.json.decode(cell)
        except msgspec.DecodeError:
            return cell
    return [part for part in (each.strip() for each in cell.split(";")) if part] if is_list else cell


def _read_name(row: Mapping[str, str]) -> Fields:
    """A name that stands for a mark: nobody has looked at a register, and its reference is the row's hash."""
    digest = sha256("\x1f".join(row.values()).encode("utf-8", "surrogatepass")).hexdigest()
    fields: Fields = {
        "reference": digest[:32],
        "mark": row["mark"],
        "office": "XX",
        "status": "unverified",
    }
    number = row.get("class", "")
    if number.isdecimal() and 1 <= int(number) <= 45:
        fields["nice_classes"] = [int(number)]
    return fields


def _read_product(row: Mapping[str, str]) -> Fields:
    """Product data: its brand label is what the seller said the brand is; a price fits its currency."""
    key = row["id"]
    shown = {
        "reference": key if len(key) <= _LONGEST_REFERENCE else sha256(key.encode()).hexdigest(),
        "title": row["title"],
        "brand": row["brand_label"],
        "category": row.get("category", ""),
        "language": row.get("lang", ""),
        "seller": row.get("seller", ""),
        "description": row.get("description", ""),
    }
    fields: Fields = {name: text for name, text in shown.items() if text}
    if price := _read_price(row.get("price", ""), row.get("currency", "")):
        fields["price"] = price
    return fields


def _read_price(amount: str, currency: str) -> Fields | None:
    """A price that is none is not guessed at."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    if currency not in DECIMALS or not value.is_finite() or not 0 <= value < _LARGEST_AMOUNT:
        return None
    return {"amount": format(round_to_currency(value, currency), "f"), "currency": currency}
