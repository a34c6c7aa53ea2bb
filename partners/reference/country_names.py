"""The usual English names of countries; source: the time zone database (public domain)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from partners.reference.files import read_rows


@cache
def country_names() -> Mapping[str, str]:
    """Each ISO 3166-1 alpha-2 code with the country's usual English name."""
    return {code: name for code, name in read_rows("country_names.csv.gz")}  # noqa: C416 (rows are lists)
