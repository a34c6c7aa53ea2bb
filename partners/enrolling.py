"""Enrolling: a marketplace's sellers are kept, recognized across marketplaces, and meet earlier seizures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from matching.model import Party
from partners.db import hold
from partners.errors import RuleBroken
from partners.flagging import reassess_all, reassess_pseudonym, reassess_pseudonyms
from partners.ids import looks_like_id, new_id
from partners.keyring import Keyring
from partners.licensing import forget_licenses
from partners.principal import Claims, Principal
from partners.recognizing import hold_persons, recognize
from partners.records.flags import find_flags
from partners.records.licensees import Account
from partners.records.parties import find_broken_rules, open_party, seal_party, written_keys
from partners.records.sellers import (
    Seller,
    account_names,
    add_sellers,
    change_seller,
    find_by_reference,
    first_pseudonym,
    get_seller,
    list_untraced,
    pseudonyms_of,
    replace_keys,
    seal_context,
)
from partners.tracing import Desk, Met, keys_of_account, keys_of_party, trace_sellers

Outcome = Literal["created", "replaced", "equal"]
Allow = Callable[[int], None]
_UNTRACED_AT_ONCE = 200
# So many are written in less than the time that others should wait for a write.
_AT_ONCE = 100


class SellerDraft(Struct, frozen=True, kw_only=True):
    """A seller as its marketplace describes it."""

    reference: str
    party: Party


class Enrolled(Struct, frozen=True, kw_only=True):
    """A seller that is kept now, its party opened."""

    seller: Seller
    party: Party
    outcome: Outcome


class Prepared(Struct, frozen=True):
    """A draft with its person's keys and their blind indexes."""

    draft: SellerDraft
    keys: dict[str, bytes]


def enroll_sellers(
    desk: Desk,
    claims: Claims,
    drafts: Sequence[SellerDraft],
    now: datetime,
    allow: Allow | None = None,
) -> list[Enrolled | RuleBroken]:
    """Keep sellers by their references, in order; a draft that breaks a rule is refused alone.

    `allow` is asked with the present revision, 0 where there is none, before anything is written.
    """
    broken = [find_broken_rules_of(draft) for draft in drafts]
    good = [
        # the costly part of the keys is done before the write
        Prepared(draft, keys_of_party(desk.keyring, draft.party))
        for draft, rules in zip(drafts, broken, strict=True)
        if not rules
    ]
    kept = iter(
        [
            enrolled
            for start in range(0, len(good), _AT_ONCE)
            for enrolled in _commit(desk, claims, good[start : start + _AT_ONCE], now, allow)
        ]
    )
    return [RuleBroken(rules) if rules else next(kept) for rules in broken]


def _commit(
    desk: Desk, claims: Claims, prepared: Sequence[Prepared], now: datetime, allow: Allow | None
) -> list[Enrolled]:
    def work(connection: Connection, principal: Principal) -> list[Enrolled]:
        organization_id = principal.organization_id
        hold(connection, "tracing", shared=True)  # a seizure that is being traced now is met, or meets them
        hold(connection, f"sellers {organization_id}")
        hold_persons(connection, [one.keys for one in prepared])
        if allow:
            references = [one.draft.reference for one in prepared]
            known = find_by_reference(connection, organization_id, references)
            for before in map(known.get, references):
                allow(before.revision if before and not before.deleted_at else 0)
        return [
            enrolled
            for round_ in _rounds(prepared)
            for enrolled in _keep_round(connection, desk, organization_id, round_, now)
        ]

    return desk.database.acting("tracing", work, claims)


def find_broken_rules_of(draft: SellerDraft) -> list[tuple[str, str]]:
    """What is wrong with a well-formed seller: pairs of JSON pointer and sentence."""
    broken = find_broken_rules(draft.party)
    if looks_like_id(draft.reference):
        broken.append(("/reference", "a reference may not look like one of our ids"))
    return broken


def _rounds(prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """The drafts in order, cut where a reference comes again: of equal ones the last one stands."""
    current: dict[str, Prepared] = {}
    for one in prepared:
        if one.draft.reference in current:
            yield list(current.values())
            current = {}
        current[one.draft.reference] = one
    if current:
        yield list(current.values())


def _keep_round(
    connection: Connection,
    desk: Desk,
    organization_id: str,
    prepared: Sequence[Prepared],
    now: datetime,
) -> list[Enrolled]:
    known = find_by_reference(connection, organization_id, [one.draft.reference for one in prepared])
    names = account_names(connection, organization_id)
    results: list[Enrolled] = []
    changed: list[tuple[Seller | None, Met]] = []
    for one in prepared:
        draft, before = one.draft, known.get(one.draft.reference)
        stood = before is not None and before.deleted_at is None
        if before and stood and _opened(desk.keyring, before) == draft.party:
            results.append(Enrolled(seller=before, party=draft.party, outcome="equal"))
            continue
        seller = _next_revision(desk.keyring, organization_id, before, draft, now)
        keys = one.keys | keys_of_account(desk.keyring, names, draft.reference)
        changed.append((before, Met(seller, draft.party, keys)))
        results.append(Enrolled(seller=seller, party=draft.party, outcome="replaced" if stood else "created"))
    if changed:
        _write(connection, desk, changed, now)
    return results


def _opened(keyring: Keyring, seller: Seller) -> Party:
    return open_party(keyring, seller.party, seal_context(seller.id))


def _next_revision(
    keyring: Keyring, organization_id: str, before: Seller | None, draft: SellerDraft, now: datetime
) -> Seller:
    seller_id = before.id if before else new_id("slr")
    revision = before.revision + 1 if before else 1
    return Seller(
        id=seller_id,
        organization_id=organization_id,
        reference=draft.reference,
        revision=revision,
        country=draft.party.address.country or None,
        party=seal_party(keyring, draft.party, seal_context(seller_id)),
        pseudonym=before.pseudonym if before else first_pseudonym(keyring, seller_id, revision),
        created_at=before.created_at if before else now,
        updated_at=now,
        traced_at=now,
    )


def _write(
    connection: Connection, desk: Desk, changed: Sequence[tuple[Seller | None, Met]], now: datetime
) -> None:
    """Write sellers with what they were before; then see who they are, and whom customs met before."""
    add_sellers(connection, [met.seller for before, met in changed if before is None])
    for before, met in changed:
        if before is not None:
            change_seller(connection, met.seller)
    all_met = [met for _, met in changed]
    replace_keys(connection, {met.seller.id: written_keys(desk.keyring, met.keys) for met in all_met})
    moved = recognize(connection, desk.keyring, all_met)
    linked = trace_sellers(connection, desk.keyring, all_met, now)
    known = {before.pseudonym for before, _ in changed if before is not None}
    touched = pseudonyms_of(connection, {*linked, *moved}).union(find_flags(connection, known))
    reassess_pseudonyms(connection, touched, now, desk.flag_days, moved)


def trace_waiting(desk: Desk, now: datetime) -> int:
    """Let sellers that only a listing has named meet the earlier seizures; returns how many there were."""

    def work(connection: Connection, _principal: Principal) -> int:
        hold(connection, "tracing", shared=True)
        waiting = list_untraced(connection, _UNTRACED_AT_ONCE)
        names = {
            organization: account_names(connection, organization)
            for organization in {seller.organization_id for seller in waiting}
        }
        met = [_meet(desk.keyring, names[seller.organization_id], seller) for seller in waiting]
        linked = trace_sellers(connection, desk.keyring, met, now)
        for seller in waiting:
            change_seller(connection, replace(seller, traced_at=now))
        reassess_all(connection, linked, now, desk.flag_days)
        return len(waiting)

    return desk.database.acting("tracing", work)


def _meet(keyring: Keyring, names: Sequence[str], seller: Seller) -> Met:
    party = _opened(keyring, seller)
    keys = keys_of_party(keyring, party) | keys_of_account(keyring, names, seller.reference)
    return Met(seller, party, keys)


def delete_seller(desk: Desk, claims: Claims, key: str, now: datetime, allow: Allow | None = None) -> None:
    """Delete a seller of the caller's own; what a seizure leads to is kept, sealed, as long as its flag.

    Where no flag stands the person is erased at once. Licenses of its account end: whoever has its reference
    next is somebody else to the rights holders.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """

    def work(connection: Connection, principal: Principal) -> None:
        hold(connection, "tracing", shared=True)
        hold(connection, f"sellers {principal.organization_id}")
        seller = get_seller(connection, principal, key)
        if allow:
            allow(seller.revision)
        change_seller(
            connection, replace(seller, deleted_at=now, updated_at=now, revision=seller.revision + 1)
        )
        reassess_pseudonym(connection, seller.pseudonym, now, desk.flag_days)
        forget_licenses(connection, Account(seller.organization_id, seller.reference), now)

    desk.database.acting("tracing", work, claims)
