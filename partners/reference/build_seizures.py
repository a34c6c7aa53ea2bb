"""Make seizure_statistics.csv.gz: `python -m partners.reference.build_seizures LINES ISO_3166`.

LINES is the table of intellectual property rights seizures of the US Department of Homeland Security: a CSV,
gzipped or not, with fiscal_year, product, conveyance, origin and count_of_lines. ISO_3166 is the
iso_3166-1.json of the Debian package iso-codes, read for the countries' official names only.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from partners.reference.files import write_rows

COMMODITIES: Mapping[str, str] = {
    "Clothing": "clothing",
    "Purse/Wallets": "bags_wallets",
    "Luggage": "bags_wallets",
    "Footwear": "footwear",
    "Jewelry": "jewelry",
    "Electronics": "electronics",
    "Computer Chips": "electronics",
    "Watch": "watches",
    "Drug": "medicines",
    "Label/Emblems": "labels_tags",
    "Toys": "toys",
    "Movies Music Media": "recorded_media",
    "Computer Software": "recorded_media",
    "Computer/Computer Parts": "computer_equipment",
    "Household Appliances": "household_appliances",
    "Golf": "sports_equipment",
    "Office Equipment": "office_stationery",
    "other": "other",
}
CHANNELS: Mapping[str, str] = {
    "Express Consignment": "express",
    "Mail": "mail",
    "Commercial Air": "air_cargo",
    "Commercial Vessel": "sea",
    "Vessel": "sea",
    "Auto": "road",
    "Commercial Truck": "road",
    "Truck": "road",
    "Van": "road",
    "Bus": "road",
    "Motorcycle": "road",
    "Train": "rail",
    "Pedestrian": "passenger",
    "Private Aircraft": "passenger",
}
# Names that the statistics write in a way of their own.
ORIGINS: Mapping[str, str] = {
    "Republic of Turkiye": "TR",
    "Taiwan": "TW",
    "Hong Kong Special Administrative Region": "HK",
    "Union of Burma": "MM",
    "Gaza Strip": "PS",
    "Kingdom of Bahrain": "BH",
    "Land Curacao": "CW",
    "Sint Maarten": "SX",
    "Republic of Cote d'Ivoire": "CI",
    "Republic of The Gambia": "GM",
    "Republic of Korea": "KR",
    "Plurinational State of Bolivia": "BO",
    "Bolivarian Republic of Venezuela": "VE",
    "United Republic of Tanzania": "TZ",
    "Democratic Republic of the Congo": "CD",
    "Republic of the Congo": "CG",
    "United States Virgin Islands": "VI",
    "British Virgin Islands": "VG",
    "Territory of Guam": "GU",
    "Commonwealth of Puerto Rico": "PR",
    "Territory of Cocos (Keeling) Islands": "CC",
    "Kingdom of the Netherlands": "NL",
    "State of Israel": "IL",
    "Republic of Moldova": "MD",
    "Republic of Ecuador": "EC",
    "Lebanese Republic": "LB",
    "Czech Republic": "CZ",
    "Federal Democratic Republic of Ethiopia": "ET",
    "State of Eritrea": "ER",
    "Commonwealth of Australia": "AU",
    "Republic of Malawi": "MW",
    "Kingdom of Eswatini": "SZ",
    "Republic of Belarus": "BY",
    "Republic of San Marino": "SM",
    "Co-operative Republic of Guyana": "GY",
    "Antigua and Barbuda": "AG",
    "Republic of Haiti": "HT",
    "Socialist Republic of Vietnam": "VN",
    "Republic of Rwanda": "RW",
    "Republic of Niger": "NE",
    "Commonwealth of The Bahamas": "BS",
    "Coral Sea Islands Territory": "AU",
    "Baker Island": "UM",
    "US Minor Outlying Islands": "UM",
}


def read_origins(path: Path) -> dict[str, str]:
    """Official and common country names with their ISO 3166-1 alpha-2 codes."""
    entries = json.loads(path.read_text(encoding="utf-8"))["3166-1"]
    names: dict[str, str] = {}
    for entry in entries:
        for field in ("name", "official_name", "common_name"):
            if field in entry:
                names[entry[field]] = entry["alpha_2"]
    return {**names, **ORIGINS}


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    """The rows of the statistics as they were published."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    yield from csv.DictReader(text.splitlines())


def collect_counts(lines: Path, countries: Path) -> tuple[list[tuple[str, ...]], Counter[str]]:
    """Lines by fiscal year, commodity, origin and channel, and the lines of origins that have no code."""
    origins = read_origins(countries)
    counts: Counter[tuple[str, str, str, str]] = Counter()
    unplaced: Counter[str] = Counter()
    for row in read_lines(lines):
        number = int(row["count_of_lines"] or 0)
        origin = origins.get(row["origin"], "")
        if not origin:
            unplaced[row["origin"]] += number
        channel = CHANNELS.get(row["conveyance"], "")
        counts[row["fiscal_year"], COMMODITIES[row["product"]], origin, channel] += number
    return [(*key, str(number)) for key, number in sorted(counts.items()) if number], unplaced


def main(lines: str, countries: str) -> None:
    """Write the table beside this module and say which origins could not be placed."""
    rows, unplaced = collect_counts(Path(lines), Path(countries))
    header = ("fiscal_year", "commodity", "origin", "channel", "lines")
    write_rows(Path(__file__).with_name("seizure_statistics.csv.gz"), header, rows)
    sys.stdout.write("".join(f"no code: {name} ({number} lines)\n" for name, number in unplaced.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
