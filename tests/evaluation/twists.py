"""Disguises that are not of our making: dnstwist's, as a name without its domain.

One kind is asked for at a time: all forms of all kinds are tens of thousands for a long name, and dnstwist
writes each as a domain, which takes seconds. A form that two kinds share counts for the kind asked for.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

import dnstwist
import idna

from tests.evaluation.sets import key_of

KINDS = (
    "addition",
    "bitsquatting",
    "cyrillic",
    "homoglyph",
    "hyphenation",
    "insertion",
    "omission",
    "plural",
    "repetition",
    "replacement",
    "transposition",
    "vowel-swap",
)
"""Those that change a name; dnstwist's other kinds change the domain around it."""
TRIES = 5


@lru_cache(maxsize=64)
def _twists(key: str, kind: str) -> tuple[str, ...]:
    forms = getattr(dnstwist.Fuzzer(f"{key}.com"), f"_{kind.replace('-', '_')}")()
    return tuple(sorted(set(forms) - {key}))


def _as_registered(name: str) -> str | None:
    """The name as a registry of domains would have it, or None where none would."""
    try:
        domain = idna.encode(f"{name}.com").decode()
    except idna.IDNAError:
        return None
    return idna.decode(domain).removesuffix(".com") if dnstwist.VALID_FQDN_REGEX.match(domain) else None


def twist(kind: str, name: str, random: Random) -> str | None:
    """The name in one of dnstwist's forms, or None where that kind has none for it."""
    key = key_of(name)
    if not key.isascii() or not key.isalnum():
        return None
    forms = _twists(key, kind)
    drawn = random.sample(forms, min(TRIES, len(forms)))
    return next((form for each in drawn if (form := _as_registered(each))), None)
