"""Postal addresses compared: country, postal code, house numbers and the words that are left."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from matching.folding import fold_words, sound_of, split_digits
from matching.model import Address

# What an address says about itself, not about the place.
_FRAME_WRITTEN = """
    street st str road rd avenue ave av boulevard blvd bd lane ln drive dr way square sq plaza place
    pl court ct strasse weg platz gasse allee rue chemin quai via viale piazza calle carrer avenida
    rua ulica ul prospekt sok sokak cad caddesi mah mahallesi no nr number num apt apartment flat
    suite ste unit room rm floor fl level block blk building bldg tower house hall zone area park
    industrial industry technology tech science center centre district dist city town village county
    province prov state region po box postfach the of de la le el und and north south east west n s
    e w china usa uk
"""
_FRAME = frozenset(_FRAME_WRITTEN.split())
# German, Dutch and Scandinavian streets carry their kind as an ending: Lindenstr., Lindenstrasse.
_STREET_ENDING = re.compile(
    r"(?<=\w{3})(?:strasse|strase|str|straat|gatan|gata|gade|vej|veien|weg|platz|gasse)$"
)


# Postal codes that begin alike are near each other.
_SAME_AREA = 0.4


class FoldedAddress(Struct, frozen=True):
    """An address ready to be compared; `words` are the place's own, by sound in `sounds`."""

    country: str = ""
    postal_code: str = ""
    city: str = ""
    numbers: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    sounds: frozenset[str] = frozenset()


class AddressAgreement(Struct, frozen=True):
    """How two addresses agree: each value 0 to 1, or None where one side does not say."""

    postal_code: float | None = None
    numbers: float | None = None
    words: float | None = None
    city: float | None = None

    @property
    def alike(self) -> float | None:
        """One figure, 0 to 1: the same door is 1, the same street about 0.7; None if no street is known."""
        known = [
            (value, weight)
            for value, weight in (
                (self.postal_code, 0.25),
                (self.numbers, 0.3),
                (self.words, 0.35),
                (self.city, 0.1),
            )
            if value is not None
        ]
        if self.words is None or not known:
            return None
        return sum(value * weight for value, weight in known) / sum(weight for _, weight in known)


@lru_cache(maxsize=65_536)
def fold_address(address: Address) -> FoldedAddress:
    """The parts of an address; a postal code or city repeated in the lines is not counted twice."""
    city_words = fold_words(address.city)
    postal = "".join(fold_words(address.postal_code))
    parts = split_digits(fold_words(" ".join(address.lines)))
    numbers = frozenset(part.lstrip("0") or "0" for part in parts if part.isdigit())
    postal_digits = frozenset(part.lstrip("0") for part in split_digits((postal,)) if part.isdigit())
    words = frozenset(
        _STREET_ENDING.sub("", part)
        for part in parts
        if len(part) > 1 and not part.isdigit() and part not in _FRAME
    ) - frozenset(city_words)
    return FoldedAddress(
        country=address.country.strip().upper(),
        postal_code=postal,
        city=" ".join(word for word in city_words if word not in _FRAME) or " ".join(city_words),
        numbers=numbers - postal_digits,
        words=words,
        sounds=frozenset(sound_of(word) for word in words),
    )


def compare_addresses(left: FoldedAddress, right: FoldedAddress) -> AddressAgreement:
    """Agreement part by part; words may be spelled apart as long as they sound alike."""
    return AddressAgreement(
        postal_code=_compare_postal_codes(left, right),
        numbers=_overlap(left.numbers, right.numbers),
        words=_overlap(left.sounds, right.sounds),
        city=_compare_cities(left, right),
    )


def _compare_postal_codes(left: FoldedAddress, right: FoldedAddress) -> float | None:
    mine, theirs = left.postal_code, right.postal_code
    if not mine or not theirs:
        return 1.0 if (mine or theirs) in (left.numbers | right.numbers) else None
    if mine == theirs:
        return 1.0
    return _SAME_AREA if mine[:3] == theirs[:3] else 0.0


def _compare_cities(left: FoldedAddress, right: FoldedAddress) -> float | None:
    if not left.city or not right.city:
        named = frozenset((left.city or right.city).split())
        return 1.0 if named and named <= (left.words | right.words) else None
    return float(left.city == right.city or sound_of(left.city) == sound_of(right.city))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float | None:
    """The share of the shorter side that the longer one holds too: a short address is no contradiction."""
    if not left or not right:
        return None
    return len(left & right) / min(len(left), len(right))
