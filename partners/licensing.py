"""Licensing: a rights holder names the sellers that may use a mark, and what is stored is advised anew.

The marketplace is named as a customs report names it, by name or id, and the seller by that marketplace's own
reference. No answer depends on whether we know such a seller: a license holds once there is one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.db import Database, hold
from partners.errors import Conflict, RuleBroken
from partners.ids import looks_like_id, new_id
from partners.planning import plan_round
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.licensees import (
    Account,
    Licensee,
    add_licensee,
    change_licensee,
    count_licensees,
    delete_licensees,
    find_account,
    find_of_account,
    get_licensee,
    list_lapsed,
    set_lapsed,
)
from partners.records.organizations import find_marketplaces
from partners.records.trademarks import get_trademark

MOST_LICENSEES: Final = 10_000
Outcome = Literal["created", "replaced", "equal"]


class License(Struct, frozen=True, kw_only=True):
    """What a rights holder says of a licensee; `until` is the last day, None while there is no end."""

    marketplace: str
    seller: str
    until: date | None = None


class Licensed(Struct, frozen=True, kw_only=True):
    """A license that is kept now."""

    licensee: Licensee
    outcome: Outcome


def license_seller(database: Database, claims: Claims, key: str, given: License, now: datetime) -> Licensed:
    """Keep that a seller is licensed under a registration; a known one is replaced, the same is no change.

    The matches of its stored listings with the mark are advised anew by a job soon after.

    Raises:
        NotFound: there is no such registration, or it is somebody else's.
        RuleBroken: no marketplace is called so, or several are; or the license is over already.
        Conflict: the registration has `MOST_LICENSEES` already.
    """

    def work(connection: Connection, principal: Principal) -> Licensed:
        hold_licenses(connection, principal.organization_id)
        trademark = get_trademark(connection, principal, key)
        account = Account(_find_marketplace(connection, given, now.date()), given.seller)
        before = find_account(connection, trademark.id, account)
        if before is None and count_licensees(connection, trademark.id) >= MOST_LICENSEES:
            raise Conflict(f"a registration has {MOST_LICENSEES:,} licensees at most")
        kept = _next(before, principal, trademark.id, account, given, now)
        if kept == before:
            return Licensed(licensee=kept, outcome="equal")
        (change_licensee if before else add_licensee)(connection, kept)
        _note(connection, principal, "trademark.licensed", kept, now)
        revisit_licensee(connection, kept, now)
        return Licensed(licensee=kept, outcome="replaced" if before else "created")

    return database.acting("licensing", work, claims)


def end_license(database: Database, claims: Claims, key: str, licensee: str, now: datetime) -> None:
    """Take a seller off the licensees of a registration, and have its stored listings advised anew.

    Raises:
        NotFound: there is no such registration or licensee, or it is somebody else's.
    """

    def work(connection: Connection, principal: Principal) -> None:
        hold_licenses(connection, principal.organization_id)
        trademark = get_trademark(connection, principal, key)
        gone = get_licensee(connection, principal, trademark.id, licensee)
        delete_licensees(connection, [gone.id])
        _note(connection, principal, "trademark.license_ended", gone, now)
        revisit_licensee(connection, gone, now)

    database.acting("licensing", work, claims)


def hold_licenses(connection: Connection, organization_id: str) -> None:
    """Let those who change a rights holder's licenses take turns, until the transaction ends."""
    hold(connection, f"licenses of {organization_id}")


def forget_licenses(connection: Connection, account: Account, now: datetime) -> None:
    """Take along the licenses of a seller that goes: whoever has its reference next has none."""
    gone = find_of_account(connection, account)
    delete_licensees(connection, [each.id for each in gone])
    for each in gone:
        revisit_licensee(connection, each, now)


def lapse_licenses(connection: Connection, now: datetime, limit: int) -> int:
    """Have what is stored advised anew after licenses that are over; returns how many were due."""
    over = list_lapsed(connection, now.date(), limit)
    set_lapsed(connection, [each.id for each in over], now)
    for each in over:
        revisit_licensee(connection, each, now)
    return len(over)


def revisit_licensee(connection: Connection, licensee: Licensee, now: datetime) -> None:
    """Have the matches of a seller's stored listings with the mark advised anew: see revisiting.py.

    Whether there are any is found out by the job, for by then the seller may be known.
    """
    plan: dict[str, object] = {
        "trademark": licensee.trademark_id,
        "marketplace": licensee.marketplace_id,
        "seller": licensee.seller,
    }
    plan_round(connection, plan, now)


def _find_marketplace(connection: Connection, given: License, today: date) -> str:
    found = find_marketplaces(connection, given.marketplace)
    broken = []
    if len(found) != 1:
        many = "several marketplaces are called so: name it by its id"
        broken.append(("/marketplace", many if found else "no marketplace that takes part is called so"))
    if looks_like_id(given.seller):
        broken.append(("/seller", "name the seller by the marketplace's own reference, not by an id of ours"))
    if given.until and given.until < today:
        broken.append(("/until", "the license is over already"))
    if broken:
        raise RuleBroken(broken)
    return found[0]


def _next(
    before: Licensee | None,
    principal: Principal,
    trademark_id: str,
    account: Account,
    given: License,
    now: datetime,
) -> Licensee:
    if before and (before.until, before.marketplace) == (given.until, given.marketplace):
        return before
    if before:
        return replace(
            before, marketplace=given.marketplace, until=given.until, updated_at=now, lapsed_at=None
        )
    return Licensee(
        id=new_id("lic"),
        organization_id=principal.organization_id,
        trademark_id=trademark_id,
        marketplace_id=account.marketplace_id,
        marketplace=given.marketplace,
        seller=account.seller,
        created_at=now,
        updated_at=now,
        until=given.until,
    )


def _note(connection: Connection, principal: Principal, act: str, licensee: Licensee, now: datetime) -> None:
    """A license lets a seller pass: who entered and who ended it is on record."""
    detail: dict[str, object] = {
        "marketplace": licensee.marketplace,
        "seller": licensee.seller,
        "until": licensee.until.isoformat() if licensee.until else None,
    }
    audit.record(connection, principal, act, licensee.trademark_id, detail, now)
