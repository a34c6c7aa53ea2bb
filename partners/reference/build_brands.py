"""Make brands.csv.gz: `python -m partners.reference.build_brands NSI_FOLDER SIMPLE_ICONS_FOLDER`.

The folders are the unpacked npm packages `name-suggestion-index` and `simple-icons` (`npm pack`, then tar).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from partners.reference.files import write_rows

NSI = "name-suggestion-index"
SIMPLE_ICONS = "simple-icons"
# Tags of the index that hold another name of the brand: brand:ja, brand:en and so on.
_NAME_TAG = "brand"
_NOT_A_NAME = frozenset({"brand:wikidata", "brand:wikipedia", "brand:website", "brand:short"})


class Shop(msgspec.Struct):
    """An entry of the index: its tags as OpenStreetMap writes them."""

    tags: dict[str, str]


class Category(msgspec.Struct):
    """A category of the index, such as brands/shop/shoes."""

    items: list[Shop] = []


class Index(msgspec.Struct):
    """The whole index: category path to entries."""

    nsi: dict[str, Category]


class Aliases(msgspec.Struct):
    """Other names of an icon's brand."""

    aka: list[str] = []


class Icon(msgspec.Struct):
    """An icon: its brand's name and other names."""

    title: str
    aliases: Aliases = msgspec.field(default_factory=Aliases)


def read_index(folder: Path) -> Iterator[tuple[str, str]]:
    """Every brand name of the name-suggestion-index with what kind of business uses it."""
    index = msgspec.json.decode((folder / "dist/json/nsi.min.json").read_bytes(), type=Index)
    for path, category in sorted(index.nsi.items()):
        if not path.startswith("brands/"):
            continue
        for shop in category.items:
            for tag, name in sorted(shop.tags.items()):
                if tag.partition(":")[0] == _NAME_TAG and tag not in _NOT_A_NAME:
                    yield name, path.removeprefix("brands/")


def read_icons(folder: Path) -> Iterator[tuple[str, str]]:
    """Every brand name of Simple Icons; their kind of business is not known."""
    icons = msgspec.json.decode((folder / "data/simple-icons.json").read_bytes(), type=list[Icon])
    for icon in icons:
        for name in (icon.title, *icon.aliases.aka):
            yield name, ""


def collect_brands(index_folder: Path, icons_folder: Path) -> list[tuple[str, str, str]]:
    """Name, kind and source of each brand, each name once, sorted by name; single letters are left out."""
    found: dict[str, tuple[str, str, str]] = {}
    for source, names in ((NSI, read_index(index_folder)), (SIMPLE_ICONS, read_icons(icons_folder))):
        for name, kind in names:
            for spelling in name.split(";"):
                text = " ".join(spelling.split())
                if sum(letter.isalnum() for letter in text) > 1:
                    found.setdefault(text, (text, kind, source))
    return sorted(found.values())


def main(index_folder: str, icons_folder: str) -> None:
    """Write the table beside this module."""
    rows = collect_brands(Path(index_folder), Path(icons_folder))
    write_rows(Path(__file__).with_name("brands.csv.gz"), ("name", "kind", "source"), rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
