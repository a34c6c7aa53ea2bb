"""Flagging: the history of a seller, across its accounts, raises, keeps or lifts the flag on its risk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from matching.model import Risk, RiskLevel
from matching.risk import RiskHistory, assess_risk, risk_in_bands
from partners.db import hold_all
from partners.ids import new_id
from partners.planning import plan_round
from partners.records.events import Fact, Telling, emit_all
from partners.records.flags import Flag, find_expired, find_flags, in_bands, keep_flags
from partners.records.histories import History, find_seller_of, histories_of
from partners.records.links import find_linked
from partners.records.listings import list_of_sellers
from partners.records.sellers import Seller, accounts_of, erase_sellers, pseudonyms_of

FLAG_DAYS = 365
_WEIGHTY: Final = {"medium": 1, "high": 2}
_EXPIRED_AT_ONCE = 200


class Assessment(Struct, frozen=True, kw_only=True):
    """What a seller's history comes to, as customs and as marketplaces may read it."""

    risk: Risk
    in_bands: Risk
    history: History
    expires_at: datetime | None


def reassess(connection: Connection, seller_id: str, now: datetime, flag_days: int = FLAG_DAYS) -> None:
    """Bring the flag of a seller up to its history; call it in the transaction that changed the history."""
    reassess_all(connection, [seller_id], now, flag_days)


def reassess_seller_of(
    connection: Connection, listing_id: str, now: datetime, flag_days: int = FLAG_DAYS
) -> None:
    """Like `reassess`, for whoever offers a listing; it may be nobody we know."""
    if seller_id := find_seller_of(connection, listing_id):
        reassess(connection, seller_id, now, flag_days)


def reassess_all(
    connection: Connection, seller_ids: Collection[str], now: datetime, flag_days: int = FLAG_DAYS
) -> None:
    """Like `reassess`, for many sellers at once."""
    reassess_pseudonyms(connection, pseudonyms_of(connection, seller_ids), now, flag_days)


def reassess_pseudonym(
    connection: Connection,
    pseudonym: str,
    now: datetime,
    flag_days: int = FLAG_DAYS,
    newcomers: Collection[str] = (),
) -> Flag | None:
    """Bring one flag up to date and tell whom it concerns; returns it while it stands."""
    return reassess_pseudonyms(connection, [pseudonym], now, flag_days, newcomers).get(pseudonym)


def reassess_pseudonyms(
    connection: Connection,
    pseudonyms: Collection[str],
    now: datetime,
    flag_days: int = FLAG_DAYS,
    newcomers: Collection[str] = (),
) -> dict[str, Flag]:
    """Bring flags up to date and tell whom they concern; returns those that stand, by pseudonym.

    `newcomers` are accounts that were found to be such a seller just now: their marketplaces hear of a flag
    that others know already. The persons of deleted accounts go with what they were kept for.
    """
    if not pseudonyms:
        return {}
    # those who assess one seller take turns, and see each other's work
    hold_all(connection, [f"flag {pseudonym}" for pseudonym in pseudonyms])
    accounts, histories = accounts_of(connection, pseudonyms), histories_of(connection, pseudonyms)
    known = find_flags(connection, pseudonyms)
    news = News(newcomers=frozenset(newcomers), now=now)
    found = {
        each: _reassess(
            connection, known.get(each), accounts[each], assess(histories[each], now, flag_days), news
        )
        for each in sorted(pseudonyms)
    }
    keep_flags(connection, news.kept)
    emit_all(connection, news.tellings, now)
    return {pseudonym: flag for pseudonym, flag in found.items() if flag}


class News(Struct):
    """What an assessment comes to, to be written and told at once."""

    newcomers: frozenset[str]
    now: datetime
    kept: list[Flag] = []
    tellings: list[Telling] = []


def _reassess(
    connection: Connection, flag: Flag | None, accounts: Sequence[Seller], found: Assessment, news: News
) -> Flag | None:
    """Bring the flag of one seller up to date; returns it while it stands."""
    standing = flag if flag and flag.lifted_at is None else None
    if found.expires_at is None:
        if standing:
            news.kept.append(_count_up(replace(standing, lifted_at=news.now), news.now, is_seen=True))
            news.tellings += _tell("seller.flag_lifted", standing, accounts, standing.administrations)
            _revisit(connection, standing.level, "unknown", accounts, news)
        _erase_deleted(connection, accounts, is_flagged=False)
        return None
    _erase_deleted(connection, accounts, is_flagged=True)
    raised = _raise(flag, accounts, found, news)
    if standing is None or standing.level != raised.level:
        news.tellings += _tell("seller.flagged", raised, accounts, raised.administrations)
    else:
        joined = [account for account in accounts if account.id in news.newcomers]
        others = [name for name in raised.administrations if name not in standing.administrations]
        news.tellings += _tell("seller.flagged", raised, joined, others)
    _revisit(connection, standing.level if standing else "unknown", raised.level, accounts, news)
    return raised


def _revisit(
    connection: Connection, before: RiskLevel, after: RiskLevel, accounts: Collection[Seller], news: News
) -> None:
    """Have stored listings screened anew where the risk counts otherwise than when they were screened."""
    weight = _WEIGHTY.get(after, 0)
    is_changed = weight != _WEIGHTY.get(before, 0)
    concerned = [
        account.id for account in accounts if is_changed or (weight and account.id in news.newcomers)
    ]
    if concerned and list_of_sellers(connection, concerned, "", 1):
        plan_round(connection, {"sellers": sorted(concerned)}, news.now)


def assess(history: History, now: datetime, flag_days: int = FLAG_DAYS) -> Assessment:
    """The risk of one seller's accounts together; `expires_at` is None where it asks for no flag."""
    known = RiskHistory(
        seizures=history.seizures,
        alerts=history.alerts,
        confirmed=history.confirmed,
        removed=history.removed,
        rejected=history.rejected,
    )
    risk = assess_risk(known, now.date())
    expires_at = history.evidence_at and history.evidence_at + timedelta(days=flag_days)
    speaks_against = any(reason.weight > 0 for reason in risk.reasons)
    return Assessment(
        risk=risk,
        in_bands=risk_in_bands(risk, known),
        history=history,
        expires_at=expires_at if expires_at and expires_at > now and speaks_against else None,
    )


def expire_flags(connection: Connection, now: datetime, flag_days: int = FLAG_DAYS) -> int:
    """Reassess the flags that have outlived their evidence; returns how many were due."""
    due = find_expired(connection, now, _EXPIRED_AT_ONCE)
    reassess_pseudonyms(connection, due, now, flag_days)
    return len(due)


def _raise(before: Flag | None, accounts: Sequence[Seller], found: Assessment, news: News) -> Flag:
    """The flag as it is to be, written unless it says what it said before: the feed tells of changes."""
    now = news.now
    fresh = before is None or before.lifted_at is not None
    told = [] if before is None or fresh else before.administrations
    flag = msgspec.convert(
        {
            "id": before.id if before else new_id("flag"),
            "pseudonym": accounts[0].pseudonym,
            "country": next((account.country for account in accounts if account.country), None),
            "level": found.risk.level,
            "score": found.risk.score,
            "score_in_bands": found.in_bands.score,
            "reasons": msgspec.to_builtins(found.risk.reasons),
            "reasons_in_bands": msgspec.to_builtins(found.in_bands.reasons),
            "seizures": len(found.history.seizures),
            "alerts": found.history.alerts,
            "administrations": sorted(found.history.administrations.union(told)),
            "revision": before.revision if before else 0,
            "raised_at": now if before is None or fresh else before.raised_at,
            "updated_at": before.updated_at if before else now,
            "expires_at": found.expires_at,
            "position": before.position if before else None,
            "seen_revision": before.seen_revision if before else 0,
            "seen_at": before.seen_at if before else now,
            "seen_position": before.seen_position if before else None,
        },
        Flag,
    )
    if flag == before:
        return flag
    changed = _count_up(flag, now, is_seen=before is None or in_bands(flag) != in_bands(before))
    news.kept.append(changed)
    return changed


def _count_up(flag: Flag, now: datetime, *, is_seen: bool) -> Flag:
    """The next revision; marketplaces get one only where something changed that they may read."""
    changed = replace(flag, revision=flag.revision + 1, updated_at=now, position=None)
    if not is_seen:
        return changed
    return replace(changed, seen_revision=flag.seen_revision + 1, seen_at=now, seen_position=None)


def _erase_deleted(connection: Connection, accounts: Collection[Seller], *, is_flagged: bool) -> None:
    """A deleted seller's person is kept only while a flag stands and a seizure leads to that account."""
    kept = [account.id for account in accounts if account.deleted_at and account.party]
    if not kept:
        return
    linked = find_linked(connection, kept) if is_flagged else set()
    erase_sellers(connection, [account for account in kept if account not in linked])


def _tell(
    type_: str, flag: Flag, accounts: Collection[Seller], administrations: Collection[str]
) -> Iterator[Telling]:
    """Tell each marketplace of its own account, and the administrations whose seizures led to the flag."""
    path = f"/v1/flags/{flag.id}"
    known: dict[str, object] = {
        "pseudonym": flag.pseudonym,
        "country": flag.country,
        "level": flag.level,
        "score": flag.score,
        "expires_at": flag.expires_at,
    }
    seen = in_bands(flag)
    for account in accounts:
        if account.deleted_at is None:
            own = {
                "seller_id": account.id,
                "seller_reference": account.reference,
                "score": seen.score,
                "reasons": seen.reasons,
                "expires_at": seen.expires_at,
            }
            fact = Fact(type=type_, subject=account.id, path=path, data=known | own)
            yield fact, [("marketplace", account.organization_id)]
    fact = Fact(type=type_, subject=flag.id, path=path, data=known | {"reasons": flag.reasons})
    yield fact, [("customs", administration) for administration in administrations]
