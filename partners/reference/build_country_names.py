"""Make country_names.csv.gz: `python -m partners.reference.build_country_names ISO3166_TAB`.

ISO3166_TAB is the iso3166.tab of the time zone database, as in the Debian package `tzdata`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from partners.reference.files import write_rows


def main(table: str) -> None:
    """Write the table beside this module."""
    lines = Path(table).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    write_rows(Path(__file__).with_name("country_names.csv.gz"), ("code", "name"), rows)


if __name__ == "__main__":
    main(sys.argv[1])
