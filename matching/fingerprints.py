"""The keys under which two records of one seller meet; callers keep only a keyed hash of each.

A key is text with its kind in front ("email:...", "name:..."). Several name keys stand for one name, so that
another order, another spelling, another script or one more word still meets in one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matching.addresses import fold_address
from matching.contacts import (
    fold_email,
    fold_number,
    fold_phone,
    fold_site,
    fold_social,
    fold_tax_id,
    own_mail_host,
)
from matching.folding import sound_of
from matching.model import Address, Party
from matching.names import GENERIC_WEIGHT, fold_name, word_weight

_PAIRED_WORDS = 4
_LONE_WORDS = 3
_LEAST_SOUND = 3
_HOUSE_NUMBERS = 2
# A Chinese unified social credit code serves as register number and tax number both.
CREDIT_CODE_LENGTH = 18


def party_keys(party: Party) -> frozenset[str]:
    """Every blocking key of a party; empty values give none. The same party always gives the same keys."""
    return frozenset(
        [*_contact_keys(party), *_number_keys(party), *_all_name_keys(party), *address_keys(party.address)]
    )


def _contact_keys(party: Party) -> Iterator[str]:
    if email := fold_email(party.email):
        yield f"email:{email}"
    if phone := fold_phone(party.phone, party.address.country).national:
        yield f"phone:{phone}"
    for site in {fold_site(party.website), own_mail_host(party.email)} - {""}:
        yield f"site:{site}"
    for handle in {fold_social(handle) for handle in party.social} - {""}:
        yield f"social:{handle}"


def _number_keys(party: Party) -> Iterator[str]:
    if tax_id := fold_tax_id(party.tax_id):
        yield f"tax:{tax_id}"
    if number := fold_number(party.registration.number):
        yield f"register:{number}"
        if len(number) == CREDIT_CODE_LENGTH:
            yield f"tax:{number}"
    if account := fold_number(party.bank_account):
        yield f"bank:{account}"


def _all_name_keys(party: Party) -> Iterator[str]:
    for name in {party.display_name, party.legal_name} - {""}:
        yield from _name_keys(name, party.address.country.strip().lower())


def _name_keys(name: str, country: str) -> Iterator[str]:
    words = fold_name(name).words
    if not words:
        return
    yield f"name:joined:{''.join(words)}"
    yield f"name:sorted:{' '.join(sorted(words))}"
    if country and len(words) > 1:
        yield f"name:first:{country}:{words[0]} {words[1]}"
    telling = [word for word in words if word_weight(word) > GENERIC_WEIGHT and len(word) > 1]
    longest_first = sorted(set(telling), key=lambda word: (-len(word), word))
    sounds = sorted({sound_of(word) for word in telling})
    if sum(map(len, sounds)) >= _LEAST_SOUND:
        yield f"name:sound:{' '.join(sounds)}"
    for pair in combinations(longest_first[:_PAIRED_WORDS], 2):
        yield f"name:pair:{' '.join(sorted(map(sound_of, pair)))}"
    rare = [sound_of(word) for word in longest_first if word_weight(word) == 1.0]
    for sound in {*rare[:_LONE_WORDS], *_with_one_letter_lost(rare[0] if rare else "")}:
        if len(sound) >= _LEAST_SOUND:
            yield f"name:word:{country}:{sound}"


def _with_one_letter_lost(sound: str) -> Iterator[str]:
    """A misspelled word meets its right spelling where each has lost the letter they differ in."""
    for at in range(1, len(sound)):
        yield sound[:at] + sound[at + 1 :]


def address_keys(address: Address) -> frozenset[str]:
    """Keys of one door: its house numbers with postal code or town, and with the street's longest word."""
    folded = fold_address(address)
    country = folded.country.lower()
    numbers = sorted(folded.numbers, key=lambda number: (-len(number), number))[:_HOUSE_NUMBERS]
    place = folded.postal_code or folded.city.replace(" ", "")
    keys = {f"addr:{country}:{place}:{number}" for number in numbers if place}
    if folded.words:
        street = sound_of(min(folded.words, key=lambda word: (-len(word), word)))
        keys |= {f"addr:{country}:{street}:{number}" for number in numbers}
    return frozenset(keys)
