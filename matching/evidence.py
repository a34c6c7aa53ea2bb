"""What two parties have in common: one function, one kind of evidence, and its docstring explains it.

Each answers a Finding, or None where one side is silent: silence is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from matching.addresses import compare_addresses, fold_address
from matching.contacts import (
    fold_email,
    fold_number,
    fold_phone,
    fold_site,
    fold_social,
    fold_tax_id,
    own_mail_host,
)
from matching.fingerprints import CREDIT_CODE_LENGTH, address_keys
from matching.folding import fold_words
from matching.model import Party
from matching.names import FoldedName, NameAgreement, compare_names, fold_name

_ROLE_MAILBOXES = frozenset(
    {"contact", "support", "service", "export", "office", "orders", "trading", "customer"}
)
_LEAST_MAILBOX = 6


class Finding(Struct, frozen=True):
    """One kind of evidence: `value` 0 (against) to 1 (for) and a sentence that repeats no personal value.

    `strength` scales what speaks for (a common name says less than a rare one); `keys` are the blocking keys
    it rests on, so that what very many sellers share can count less.
    """

    code: str
    value: float
    text: str
    strength: float = 1.0
    keys: tuple[str, ...] = ()


def compare_party_names(left: Party, right: Party) -> Finding | None:
    """The nearest two of the names shown and registered, legal forms aside, in any order and script."""
    pairs = [
        (compare_names(mine, theirs), mine)
        for mine in _names_of(left)
        for theirs in _names_of(right)
        if mine.words and theirs.words
    ]
    if not pairs:
        return None
    agreement, name = max(pairs, key=lambda pair: (pair[0].alike, pair[0].shared))
    value = agreement.alike * agreement.form
    key = f"name:sorted:{' '.join(sorted(name.words))}"
    return Finding("name", value, _name_text(agreement), _telling(agreement.shared), (key,))


def compare_party_addresses(left: Party, right: Party) -> Finding | None:
    """Postal code, house numbers, words of the street and town, however they are written."""
    mine, theirs = fold_address(left.address), fold_address(right.address)
    if mine.country and theirs.country and mine.country != theirs.country:
        return None  # counted once, as the country
    alike = compare_addresses(mine, theirs).alike
    if alike is None:
        return None
    text = (
        "The same address."
        if alike >= 0.9
        else "Addresses that agree in most parts."
        if alike >= 0.6
        else "Addresses that agree in some parts."
        if alike >= 0.3
        else "Different addresses."
    )
    shared = address_keys(left.address) & address_keys(right.address)
    return Finding("address", alike, text, keys=tuple(sorted(shared)))


def compare_countries(left: Party, right: Party) -> Finding | None:
    """The country of the address; a seller's goods often leave from another one, so it weighs little."""
    mine, theirs = left.address.country.strip().upper(), right.address.country.strip().upper()
    if not mine or not theirs:
        return None
    if mine == theirs:
        return Finding("country", 1.0, "Both are in the same country.")
    return Finding("country", 0.0, "They are in different countries.")


def compare_emails(left: Party, right: Party) -> Finding | None:
    """The mailbox, its tags and dots aside; the same mailbox name with another provider counts in part."""
    mine, theirs = fold_email(left.email), fold_email(right.email)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return Finding("email", 1.0, "The same e-mail address.", keys=(f"email:{mine}",))
    mailbox = mine.partition("@")[0]
    telling = len(mailbox) >= _LEAST_MAILBOX and mailbox not in _ROLE_MAILBOXES
    if telling and mailbox == theirs.partition("@")[0]:
        return Finding("email", 0.5, "The same mailbox name with another mail provider.")
    return Finding("email", 0.0, "Different e-mail addresses.")


def compare_phones(left: Party, right: Party) -> Finding | None:
    """The phone number as dialed from abroad; without a country code the national number counts in part."""
    mine = fold_phone(left.phone, left.address.country)
    theirs = fold_phone(right.phone, right.address.country)
    if not mine.national or not theirs.national:
        return None
    keys = (f"phone:{mine.national}",)
    if mine.e164 and mine.e164 == theirs.e164:
        return Finding("phone", 1.0, "The same phone number.", keys=keys)
    if mine.national == theirs.national and not (mine.e164 and theirs.e164):
        return Finding("phone", 0.7, "The same phone number, its country left open.", keys=keys)
    return Finding("phone", 0.0, "Different phone numbers.")


def compare_sites(left: Party, right: Party) -> Finding | None:
    """The website's host or shop page, or the host of an e-mail address of the party's own domain."""
    mine = {fold_site(left.website), own_mail_host(left.email)} - {""}
    theirs = {fold_site(right.website), own_mail_host(right.email)} - {""}
    if fold_email(left.email) == fold_email(right.email):
        mine.discard(own_mail_host(left.email))  # already counted, as the e-mail address
    shared = sorted(mine & theirs)
    if not shared:
        return None
    return Finding(
        "website", 1.0, "The same website or mail domain.", keys=tuple(f"site:{s}" for s in shared)
    )


def compare_socials(left: Party, right: Party) -> Finding | None:
    """A shared handle on a social network or messenger."""
    mine = {fold_social(handle) for handle in left.social} - {""}
    theirs = {fold_social(handle) for handle in right.social} - {""}
    shared = sorted(mine & theirs)
    if not shared:
        return None
    return Finding("social", 1.0, "The same social media handle.", keys=tuple(f"social:{h}" for h in shared))


def compare_registrations(left: Party, right: Party) -> Finding | None:
    """The number in a business register; two numbers in one register are two companies."""
    mine, theirs = fold_number(left.registration.number), fold_number(right.registration.number)
    if not mine or not theirs:
        return None
    registers = (fold_words(left.registration.register), fold_words(right.registration.register))
    same_register = bool(registers[0]) and registers[0] == registers[1]
    if mine == theirs:
        value = 1.0 if same_register else 0.8 if not all(registers) else 0.6
        text = (
            "The same register number." if value > 0.6 else "The same number, registers written differently."
        )
        return Finding("register_number", value, text, keys=(f"register:{mine}",))
    if not same_register:
        return None
    return Finding("register_number", 0.0, "Different numbers in the same business register.")


def compare_tax_ids(left: Party, right: Party) -> Finding | None:
    """The tax number, with or without country letters; a Chinese credit code counts in either field."""
    mine, theirs = _tax_ids(left), _tax_ids(right)
    if not mine or not theirs:
        return None
    shared = sorted(mine & theirs)
    if shared:
        return Finding(
            "tax_id", 1.0, "The same tax number.", keys=tuple(f"tax:{number}" for number in shared)
        )
    if left.address.country.upper() != right.address.country.upper():
        return None
    return Finding("tax_id", 0.0, "Different tax numbers in the same country.")


def compare_bank_accounts(left: Party, right: Party) -> Finding | None:
    """The bank account; one seller may have several, so a different one says little."""
    mine, theirs = fold_number(left.bank_account), fold_number(right.bank_account)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return Finding("bank_account", 1.0, "The same bank account.", keys=(f"bank:{mine}",))
    return Finding("bank_account", 0.0, "Different bank accounts.")


EVIDENCE: tuple[Callable[[Party, Party], Finding | None], ...] = (
    compare_party_names,
    compare_party_addresses,
    compare_countries,
    compare_emails,
    compare_phones,
    compare_sites,
    compare_socials,
    compare_registrations,
    compare_tax_ids,
    compare_bank_accounts,
)


def _names_of(party: Party) -> list[FoldedName]:
    return [fold_name(name) for name in sorted({party.display_name, party.legal_name} - {""})]


def _name_text(agreement: NameAgreement) -> str:
    if agreement.alike >= 0.99:
        if agreement.form < 1.0:
            return "The same name with another legal form."
        return "The same name, legal form and order of words aside."
    if agreement.alike >= 0.85:
        return "Names that differ in spelling only."
    if agreement.alike >= 0.65:
        return "Names that share their telling words."
    return "Different names."


def _telling(shared: float) -> float:
    """How far a shared name carries: half as far for one common word, further than one rare word for two."""
    return min(1.2, 0.5 + 0.5 * shared)


def _tax_ids(party: Party) -> set[str]:
    number = fold_number(party.registration.number)
    credit_code = number if len(number) == CREDIT_CODE_LENGTH else ""
    return {fold_tax_id(party.tax_id), credit_code} - {""}
