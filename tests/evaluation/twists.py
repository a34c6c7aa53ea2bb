"""Disguises that are not of our making: dnstwist's, as a name without its domain."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from random import Random

import dnstwist

from tests.evaluation.sets import key_of

FOREIGN_TO_NAMES = frozenset({"*original", "tld-swap", "subdomain", "various", "dictionary"})
"""Kinds that change the domain around a name, not the name."""
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


@lru_cache(maxsize=64)
def _twists(key: str) -> dict[str, list[str]]:
    fuzzer = dnstwist.Fuzzer(f"{key}.com")
    fuzzer.generate()
    found: dict[str, list[str]] = defaultdict(list)
    for each in fuzzer.domains:
        kind, domain = each["fuzzer"], each["domain"]
        if kind not in FOREIGN_TO_NAMES and domain.endswith(".com"):
            found[kind].append(_shown(domain.removesuffix(".com")))
    return {kind: sorted(names) for kind, names in found.items()}


def _shown(name: str) -> str:
    return name.encode().decode("idna") if name.startswith("xn--") else name


def twist(kind: str, name: str, random: Random) -> str | None:
    """The name in one of dnstwist's forms, or None where that kind has none for it."""
    key = key_of(name)
    if not key.isascii() or not key.isalnum():
        return None
    names = _twists(key).get(kind, [])
    return random.choice(names) if names else None
