"""Make frequencies.csv.gz from wordfreq: `python -m partners.reference.build_frequencies FOLDER`.

FOLDER is the data folder of the wordfreq package. Words of the Latin script in the languages below are
kept from
a frequency on, in canonical spelling. A word that many languages share and no dictionary lists is a name.
"""

from __future__ import annotations

import gzip
import sys
from collections import defaultdict
from pathlib import Path

import msgspec

from matching.normalization import canonical_text
from partners.reference.files import write_rows
from partners.reference.words import word_sizes

LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "tr",
    "id",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "ro",
    "hu",
    "ms",
    "fil",
    "ca",
]
LEAST = {"en": 3.0}
LEAST_ELSEWHERE = 3.4
SHARED_BY = 7
"""A word listed by this many languages is international; one that no dictionary lists is then a name."""


def read_language(folder: Path, language: str) -> dict[str, float]:
    """Each word of a language with its Zipf frequency: buckets of hundredths of a bel below once in one
    word.
    """
    large = folder / f"large_{language}.msgpack.gz"
    path = large if large.exists() else folder / f"small_{language}.msgpack.gz"
    header, *buckets = msgspec.msgpack.decode(gzip.decompress(path.read_bytes()))
    if header.get("format") != "cB":
        raise ValueError(f"{path.name} is not in the format known here")
    return {word: 9 - place / 100 for place, words in enumerate(buckets) for word in words}


def collect(folder: Path) -> list[tuple[str, str, str]]:
    """Rows of word, Zipf frequency in tenths, and 1 for a name."""
    best: dict[str, float] = {}
    shared: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for word, zipf in read_language(folder, language).items():
            if zipf < 3.0 or not word.replace("'", "").isalpha():
                continue
            key = canonical_text(word)
            if not key or " " in key:
                continue
            shared[key].add(language)
            if zipf >= LEAST.get(language, LEAST_ELSEWHERE):
                best[key] = max(zipf, best.get(key, 0.0))
    listed = word_sizes()
    return [
        (word, str(round(zipf * 10)), str(int(len(shared[word]) >= SHARED_BY and word not in listed)))
        for word, zipf in sorted(best.items())
    ]


if __name__ == "__main__":
    rows = collect(Path(sys.argv[1]))
    write_rows(Path(__file__).with_name("frequencies.csv.gz"), ("word", "zipf_tenths", "name"), rows)
