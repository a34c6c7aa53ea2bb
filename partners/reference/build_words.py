"""Make words.csv.gz from SCOWL: `python -m partners.reference.build_words FOLDER`.

FOLDER holds the lists english-words.10, american-words.10 and so on, as in the Debian package `scowl`
(usr/share/dict/scowl).
"""

from __future__ import annotations

import sys
from pathlib import Path

from partners.reference.files import write_rows

SPELLINGS = ("english", "american", "british")
SIZES = (10, 20, 35, 40, 50, 55, 60, 70)


def collect_words(folder: Path) -> dict[str, int]:
    """Each plain word with the smallest size that lists it; possessives are left out."""
    words: dict[str, int] = {}
    for size in SIZES:
        for spelling in SPELLINGS:
            listed = (folder / f"{spelling}-words.{size}").read_text(encoding="utf-8").split()
            for word in listed:
                if word.isalpha() and len(word) > 1:
                    words.setdefault(word.lower(), size)
    return words


def main(folder: str) -> None:
    """Write the table beside this module."""
    words = sorted((size, word) for word, size in collect_words(Path(folder)).items())
    rows = [(word, str(size)) for size, word in words]
    write_rows(Path(__file__).with_name("words.csv.gz"), ("word", "size"), rows)


if __name__ == "__main__":
    main(sys.argv[1])
