"""Recognizing: two accounts that are one seller share a pseudonym, on whatever marketplaces they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from matching.tracing import trace
from partners.db import hold
from partners.keyring import Keyring
from partners.records.parties import count_sharers, open_party, rare_keys
from partners.records.sellers import (
    Seller,
    find_by_keys,
    find_by_pseudonym,
    find_sellers,
    first_pseudonym,
    seal_context,
    seller_keys,
    set_pseudonym,
)
from partners.tracing import Met

# Keys of one person or company; names and addresses are shared too easily to make two accounts one.
_STRONG = ("email:", "phone:", "tax:", "register:", "bank:")
_SAME = 0.95


def hold_persons(connection: Connection, keys: Iterable[Mapping[str, bytes]]) -> None:
    """Hold whoever these keys may be until the transaction ends, before anything of them is read.

    Two marketplaces that enroll one person at once take turns, so the second sees the first. Held are
    stripes of keys, in order: so few that a batch is held soon, so many that strangers seldom wait.
    """
    strong = {blind for held in keys for key, blind in held.items() if key.startswith(_STRONG)}
    for stripe in sorted({blind[0] for blind in strong}):
        hold(connection, f"person {stripe}")


def recognize(connection: Connection, keyring: Keyring, sellers: Sequence[Met]) -> dict[str, str]:
    """Give sellers just written the pseudonym of whom they are; returns seller id -> pseudonym of the moved.

    The oldest other account that is surely the same seller decides. One that is nobody else any longer
    leaves a shared pseudonym for one of its own.
    """
    sharers = count_sharers(connection, seller_keys, _strong_keys(sellers))
    shared = [key for key in rare_keys(sharers) if sharers[key] > 1]
    holders: defaultdict[bytes, set[str]] = defaultdict(set)
    for key, seller_id in find_by_keys(connection, shared):
        holders[key].add(seller_id)
    others = {seller_id for held in holders.values() for seller_id in held}
    known = {seller.id: seller for seller in find_sellers(connection, others)}
    pseudonyms = {seller.id: seller.pseudonym for seller in known.values()}
    moved: dict[str, str] = {}
    for met in sellers:
        near = {other: known[other] for key in met.keys.values() for other in holders[key]}
        near.pop(met.seller.id, None)
        same = _same_sellers(keyring, met, near, sharers)
        pseudonym = pseudonyms[min(same)] if same else _own_pseudonym(connection, keyring, met.seller)
        if pseudonym != met.seller.pseudonym:
            set_pseudonym(connection, met.seller.id, pseudonym)
            moved[met.seller.id] = pseudonyms[met.seller.id] = pseudonym
    return moved


def _strong_keys(sellers: Sequence[Met]) -> set[bytes]:
    return {blind for met in sellers for key, blind in met.keys.items() if key.startswith(_STRONG)}


def _same_sellers(
    keyring: Keyring, met: Met, near: Mapping[str, Seller], sharers: Mapping[bytes, int]
) -> list[str]:
    opened = {
        seller.id: open_party(keyring, seller.party, seal_context(seller.id)) for seller in near.values()
    }
    # the account itself holds each key too, and is nobody else
    frequency = {key: sharers[blind] - 1 for key, blind in met.keys.items() if blind in sharers}
    return [link.seller_id for link in trace(met.party, opened, frequency=frequency) if link.score >= _SAME]


def _own_pseudonym(connection: Connection, keyring: Keyring, seller: Seller) -> str:
    if seller.revision == 1 or len(find_by_pseudonym(connection, seller.pseudonym)) == 1:
        return seller.pseudonym
    return first_pseudonym(keyring, seller.id, seller.revision)
