"""More than 20,000 brand names to try the service with: names, not registered marks.

Sources: the name-suggestion-index of OpenStreetMap (BSD-3-Clause) and Simple Icons (CC0); see NOTICE.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from partners.reference.files import read_rows


class Brand(Struct, frozen=True):
    """A brand's name; `kind` is the sort of business as OpenStreetMap tags it, such as shop/shoes, or ""."""

    name: str
    kind: str
    source: str


@cache
def brands() -> tuple[Brand, ...]:
    """Every shipped brand name once, sorted by name."""
    return tuple(Brand(*row) for row in read_rows("brands.csv.gz"))
