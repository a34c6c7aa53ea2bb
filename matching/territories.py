"""Countries and the unions a mark may cover, and whether a mark covers where goods come from and go to."""

from __future__ import annotations

from typing import Final

from matching.model import Mark

UNIONS: Final[dict[str, frozenset[str]]] = {
    "EU": frozenset(
        [
            "AT",
            "BE",
            "BG",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "ES",
            "FI",
            "FR",
            "GR",
            "HR",
            "HU",
            "IE",
            "IT",
            "LT",
            "LU",
            "LV",
            "MT",
            "NL",
            "PL",
            "PT",
            "RO",
            "SE",
            "SI",
            "SK",
        ]
    ),
    "BX": frozenset(["BE", "NL", "LU"]),
    "OA": frozenset(
        ["BF", "BJ", "CF", "CG", "CI", "CM", "GA", "GN", "GQ", "GW", "KM", "ML", "MR", "NE", "SN", "TD", "TG"]
    ),
    "AP": frozenset(
        [
            "BW",
            "CV",
            "GM",
            "GH",
            "KE",
            "LR",
            "LS",
            "MW",
            "MZ",
            "NA",
            "RW",
            "SC",
            "SD",
            "SL",
            "ST",
            "SZ",
            "TZ",
            "UG",
            "ZM",
            "ZW",
        ]
    ),
}
"""Union codes of WIPO ST.3 with their members: European Union, Benelux, OAPI, ARIPO."""

OFFICE_UNIONS: Final = {"EM": "EU", "EU": "EU", "BX": "BX", "OA": "OA", "AP": "AP"}
UNKNOWN_OFFICES: Final = frozenset({"", "XX", "WO", "IB"})
"""Offices that tell nothing of the territory: WO registrations name theirs one by one."""


def covered_countries(mark: Mark) -> frozenset[str] | None:
    """The countries a mark covers; None where nothing limits it.

    A mark that names no territory covers that of its office.
    """
    named = mark.territories
    if not named:
        if mark.office in UNKNOWN_OFFICES:
            return None
        named = frozenset({OFFICE_UNIONS.get(mark.office, mark.office)})
    countries: set[str] = set()
    for code in named:
        countries |= UNIONS.get(OFFICE_UNIONS.get(code, code), frozenset({code}))
    return frozenset(countries)


def covers(mark: Mark, ships_from: str | None, ships_to: frozenset[str]) -> bool:
    """Whether a mark is protected where goods go, or, if that is unknown, whether it may be.

    Goods in mere transit from a country infringe nothing there, so the origin counts only beside a
    destination.
    """
    countries = covered_countries(mark)
    if countries is None or not ships_to:
        return True
    reached: set[str] = set()
    for code in ships_to | ({ships_from} if ships_from else set()):
        reached |= UNIONS.get(code, frozenset({code}))
    return bool(countries & reached)
