"""Numbers that goods, places and accounts carry: `compact_*` cleans, `validate_*` checks, `is_valid_*` asks.

`validate_*` returns the clean form or raises ValueError with a sentence fit to be shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_SEPARATORS = re.compile(r"[\s.\-‐-―/]+")
_HS_CODE = re.compile(r"[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10}")
_UNLOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_GTIN_LENGTHS = (8, 12, 13, 14)
# A GTIN-8 filled up to 14 digits.
_SHORT = "000000"
# Prefixes of GTIN-13 that GS1 keeps for use inside a company, for coupons and refunds: they name no product.
_RESTRICTED = (*(f"{number:03}" for number in (*range(20, 30), *range(40, 50), *range(200, 300))), "98", "99")


def compact(number: str) -> str:
    """Without spaces, dots, dashes and slashes, in capitals and plain digits."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", number)).upper()


def validate_gtin(number: str) -> str:
    """A GTIN-8, -12, -13 or -14 with its check digit, as digits."""
    plain = compact(number)
    if not (plain.isascii() and plain.isdigit()) or len(plain) not in _GTIN_LENGTHS:
        raise ValueError("A GTIN has 8, 12, 13 or 14 digits.")
    if not int(plain):
        raise ValueError("A GTIN is not all zeros.")
    if plain[-1] != gtin_check_digit(plain[:-1]):
        raise ValueError("The GTIN's check digit is wrong.")
    return plain


def gtin_check_digit(digits: str) -> str:
    """The check digit that follows these digits (GS1: weights 3 and 1 from the right)."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def gtin_14(number: str) -> str:
    """A valid GTIN filled up to 14 digits, so that one product has one number."""
    return validate_gtin(number).zfill(14)


def is_restricted_gtin(number: str) -> bool:
    """Whether a valid GTIN is from a range that names no product outside one company."""
    full = gtin_14(number)
    if full.startswith(_SHORT):
        return full[len(_SHORT)] in "02"
    return full[1:].startswith(_RESTRICTED)


def validate_hs_code(number: str) -> str:
    """A code of the Harmonized System: 4 or 6 digits, or a national tariff line of 8 or 10."""
    plain = compact(number)
    if not _HS_CODE.fullmatch(plain):
        raise ValueError("An HS code has 4, 6, 8 or 10 digits.")
    chapter = int(plain[:2])
    if not 1 <= chapter <= 99 or chapter == 77:
        raise ValueError("The HS code's chapter does not exist.")
    return plain


def validate_unlocode(code: str) -> str:
    """The shape of a UN/LOCODE: a country and three letters or digits 2 to 9."""
    plain = compact(code)
    if not _UNLOCODE.fullmatch(plain):
        raise ValueError("A UN/LOCODE is two letters of a country and three letters or digits 2 to 9.")
    return plain


def validate_iban(number: str) -> str:
    """An IBAN with its check digits (ISO 13616, modulus 97)."""
    plain = compact(number)
    if not _IBAN.fullmatch(plain):
        raise ValueError("An IBAN is two letters, two digits and up to 30 letters or digits.")
    if int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 != 1:
        raise ValueError("The IBAN's check digits are wrong.")
    return plain


def is_valid_gtin(number: str) -> bool:
    """Whether this is a GTIN with a right check digit."""
    return _holds(validate_gtin, number)


def is_valid_hs_code(number: str) -> bool:
    """Whether this has the shape of an HS code in a chapter that exists."""
    return _holds(validate_hs_code, number)


def is_valid_nice_class(number: int) -> bool:
    """Whether this is a class of the Nice Classification."""
    return 1 <= number <= 45


def is_valid_unlocode(code: str) -> bool:
    """Whether this has the shape of a UN/LOCODE."""
    return _holds(validate_unlocode, code)


def is_valid_iban(number: str) -> bool:
    """Whether this is an IBAN with right check digits."""
    return _holds(validate_iban, number)


def _holds(validate: Callable[[str], str], value: str) -> bool:
    try:
        validate(value)
    except ValueError:
        return False
    return True
