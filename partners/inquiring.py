"""Inquiring: customs ask who a sender is, or for a flag's persons; the question is on record first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection

from matching.model import Link, Party
from partners.errors import Conflict, RuleBroken
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.flags import Flag, find_flags, get_flag
from partners.records.organizations import get_organization
from partners.records.parties import find_broken_rules, open_party
from partners.records.sellers import (
    Seller,
    count_marketplaces,
    find_by_pseudonym,
    find_sellers,
    seal_context,
)
from partners.tracing import Desk, trace_party

Answer = Literal["unknown", "clear", "flagged"]


class Grounds(Struct, frozen=True, kw_only=True):
    """For which purpose customs ask, and in which matter of their own."""

    purpose: str
    reference: str


class Inquiry(Grounds, frozen=True, kw_only=True):
    """A party customs ask about."""

    party: Party


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody who is probably the party: nothing personal, the flag where one stands."""

    pseudonym: str
    country: str | None
    marketplaces: int
    link: Link
    flag: Flag | None


class Finding(Struct, frozen=True, kw_only=True):
    """unknown: we know nobody like that; clear: we do, and no flag stands."""

    answer: Answer
    candidates: tuple[Candidate, ...]


class Disclosed(Struct, frozen=True, kw_only=True):
    """One account of a flagged seller, its person in clear text."""

    marketplace: str
    reference: str
    party: Party


def look_up(
    desk: Desk, claims: Claims, inquiries: Sequence[Inquiry], now: datetime
) -> list[Finding | RuleBroken]:
    """Find the sellers that parties probably are, once the questions are on record."""
    broken = [find_broken_rules(inquiry.party, "/party") for inquiry in inquiries]
    good = [inquiry for inquiry, rules in zip(inquiries, broken, strict=True) if not rules]

    def put_on_record(connection: Connection, principal: Principal) -> None:
        for inquiry in good:
            detail = {"purpose": inquiry.purpose, "reference": inquiry.reference}
            audit.record(connection, principal, "flag.looked_up", "flags", detail, now)

    desk.database.writing(claims, put_on_record)
    with desk.database.surveying("tracing") as connection:
        found = iter([_find(connection, desk, inquiry.party) for inquiry in good])
    return [RuleBroken(rules) if rules else next(found) for rules in broken]


def _find(connection: Connection, desk: Desk, party: Party) -> Finding:
    links = trace_party(connection, desk.keyring, "consignor", party, {})
    accounts = {seller.id: seller for seller in find_sellers(connection, [link.seller_id for link in links])}
    surest: dict[str, Link] = {}
    for link in links:
        surest.setdefault(accounts[link.seller_id].pseudonym, link)
    flags = {key: flag for key, flag in find_flags(connection, surest).items() if flag.lifted_at is None}
    marketplaces = count_marketplaces(connection, surest)
    candidates = tuple(
        Candidate(
            pseudonym=pseudonym,
            country=_country_of(pseudonym, accounts),
            marketplaces=marketplaces.get(pseudonym, 0),
            link=link,
            flag=flags.get(pseudonym),
        )
        for pseudonym, link in surest.items()
    )
    answer: Answer = "unknown" if not candidates else "flagged" if flags else "clear"
    return Finding(answer=answer, candidates=candidates)


def _country_of(pseudonym: str, accounts: Mapping[str, Seller]) -> str | None:
    known = (account.country for account in accounts.values() if account.pseudonym == pseudonym)
    return next((country for country in known if country), None)


def disclose(desk: Desk, claims: Claims, key: str, grounds: Grounds, now: datetime) -> list[Disclosed]:
    """Open the persons behind a flag, in the transaction that puts the disclosure on record.

    Raises:
        NotFound: there is no such flag.
        Conflict: the flag was lifted, so nothing asks for the person any longer.
    """

    def work(connection: Connection, principal: Principal) -> list[Disclosed]:
        flag = get_flag(connection, principal, key)
        if flag.lifted_at is not None:
            raise Conflict("the flag was lifted: its persons are no longer disclosed", "flag-lifted")
        detail = {"purpose": grounds.purpose, "reference": grounds.reference}
        audit.record(connection, principal, "flag.disclosed", flag.id, detail, now)
        return [
            Disclosed(
                marketplace=get_organization(connection, account.organization_id).name,
                reference=account.reference,
                party=open_party(desk.keyring, account.party, seal_context(account.id)),
            )
            for account in find_by_pseudonym(connection, flag.pseudonym)
            if account.party  # an erased person is nobody's any more
        ]

    return desk.database.acting("flagging", work, claims)
