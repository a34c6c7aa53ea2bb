"""Names and titles to measure with: generated, or read from a folder of data (TOUCHSTONE_BENCH_DATA).

Generated names are the shipped brands filled up with synthetic ones; titles are made of common words and of
those names, every fourth name disguised. A folder gives names in `marks.csv.gz` (column `mark`), then
`marks_filler_names.csv.gz` (column `name`), then synthetic ones, and titles in `listings_*.csv.gz` (column
`title`).
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from partners.reference.brand_names import brands
from partners.reference.frequencies import lexicon

SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"] + [
    "an",
    "er",
    "is",
    "ol",
    "un",
]
LETTERS = str.maketrans("oie", "013")
MARK_FILES = {"marks.csv.gz": "mark", "marks_filler_names.csv.gz": "name"}
DESCRIPTION = 145
"""Words of a description, which has 160 with its title and brand."""


def data_folder() -> Path | None:
    """Where real names and titles are, if anywhere."""
    folder = os.environ.get("TOUCHSTONE_BENCH_DATA", "")
    return Path(folder) if folder else None


def make_names(random: Random, count: int) -> list[str]:
    """So many distinct names."""
    folder = data_folder()
    names = dict.fromkeys(_read(folder, MARK_FILES)) if folder else {}
    names = names or dict.fromkeys(brand.name for brand in brands())
    if folder and count < len(names):
        return random.sample(list(names), count)
    while len(names) < count:
        words = (
            "".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(random.randint(1, 3))
        )
        names.setdefault(" ".join(words).title())
    return list(names)[:count]


def make_titles(names: list[str], random: Random, count: int) -> list[str]:
    """So many titles: real ones where there is a folder of them, else with six to eleven words and a name."""
    folder = data_folder()
    if folder is None:
        return _made_up(names, random, count, (6, 11))
    files = sorted(each.name for each in folder.glob("listings_*.csv.gz"))
    titles = list(_read(folder, dict.fromkeys(files, "title")))
    random.shuffle(titles)
    return titles[:count]


def make_descriptions(names: list[str], random: Random, count: int) -> list[str]:
    """So many descriptions of common words with a name in each."""
    return _made_up(names, random, count, (DESCRIPTION, DESCRIPTION))


def _made_up(names: list[str], random: Random, count: int, sizes: tuple[int, int]) -> list[str]:
    words = [word for word, often in lexicon().frequency.items() if often >= 4.5 and len(word) > 2]
    titles = []
    for place in range(count):
        title = random.choices(words, k=random.randint(*sizes))
        name = random.choice(names)
        title.insert(random.randint(0, 3), name.lower().translate(LETTERS) if place % 4 == 0 else name)
        titles.append(" ".join(title))
    return titles


def _read(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for name, column in files.items():
        path = folder / name
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                yield from (row[column] for row in csv.DictReader(file) if row[column].strip())
