"""Tracing: a seizure's parties meet sellers by blind indexes, and what links them has its reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from matching.commodities import commodity_of
from matching.model import Link, Offer, Party, Reason, Role, SeizureHistory
from matching.seizures import seizure_history
from matching.tracing import party_keys, trace
from partners.db import Database
from partners.flagging import FLAG_DAYS
from partners.ids import new_id
from partners.keyring import Keyring
from partners.records.histories import find_listing_sellers
from partners.records.links import KeyedParty, StoredLink, find_seized, keep_links
from partners.records.organizations import find_marketplaces
from partners.records.parties import (
    account_keys,
    blind_keys,
    count_sharers,
    open_party,
    rare_keys,
    written_keys,
)
from partners.records.seizures import ECommerce, Persons, find_seizures, open_persons
from partners.records.sellers import (
    Seller,
    find_by_keys,
    find_sellers,
    seal_context,
    seller_keys,
)
from partners.records.similar import count_similar
from partners.reference.seizure_statistics import seizure_priors

MOST_CANDIDATES = 200
MOST_SEIZURES = 50
SIMILAR_DAYS = 3 * 365
# An officer read the account's name off an order: surer than any likeness of names.
_NAMED = 0.99
_NAMED_WEIGHT = 4.6


class Desk(Struct, frozen=True):
    """What the flows of tracing need of the house; `flag_days` is how long evidence keeps a flag standing."""

    database: Database
    keyring: Keyring
    flag_days: int = FLAG_DAYS


class Trace(Struct, frozen=True):
    """A role of a seizure, a seller, and the link between them."""

    role: Role
    link: Link


class Met(Struct, frozen=True):
    """A seller with its party opened, and its keys with their blind indexes."""

    seller: Seller
    party: Party
    keys: dict[str, bytes]


# What was compared already: role, seller and its revision -> the link, or None where there is none.
Compared = MutableMapping[tuple[Role, str, int], Link | None]


def traced_parties(persons: Persons) -> dict[Role, Party]:
    """The parties that may be sellers; a consignee is a buyer, and is never traced."""
    named: dict[Role, Party | None] = {"consignor": persons.consignor, "declarant": persons.declarant}
    return {role: party for role, party in named.items() if party is not None}


def keys_of_persons(keyring: Keyring, persons: Persons) -> dict[Role, frozenset[bytes]]:
    """The blind indexes to be written of a seizure's parties, under which later sellers meet it."""
    held = {role: party_keys(party) for role, party in traced_parties(persons).items()}
    if (shop := persons.e_commerce) and shop.seller:
        held["e_commerce"] = account_keys([shop.marketplace], shop.seller)
    return {role: frozenset(written_keys(keyring, keys)) for role, keys in held.items()}


def keys_of_party(keyring: Keyring, party: Party) -> dict[str, bytes]:
    """A person's keys with their blind indexes."""
    return blind_keys(keyring, party_keys(party))


def keys_of_account(keyring: Keyring, marketplace_names: Iterable[str], reference: str) -> dict[str, bytes]:
    """An account's keys with their blind indexes."""
    return blind_keys(keyring, account_keys(marketplace_names, reference))


def trace_persons(
    connection: Connection, keyring: Keyring, persons: Persons, compared: Compared
) -> list[Trace]:
    """The sellers that a seizure leads to; what is in `compared` is not compared again, the rest is added."""
    found = [
        Trace(role, link)
        for role, party in traced_parties(persons).items()
        for link in trace_party(connection, keyring, role, party, compared)
    ]
    if persons.e_commerce:
        found += _trace_account(connection, keyring, persons.e_commerce)
    return found


def trace_party(
    connection: Connection, keyring: Keyring, role: Role, party: Party, compared: Compared
) -> list[Link]:
    """The sellers that are probably `party`, surest first."""
    keys = blind_keys(keyring, party_keys(party))
    sharers = count_sharers(connection, seller_keys, keys.values())
    candidates = find_candidates(connection, sharers)
    unseen = {
        seller.id: seller for seller in candidates if (role, seller.id, seller.revision) not in compared
    }
    opened = {
        seller.id: open_party(keyring, seller.party, seal_context(seller.id)) for seller in unseen.values()
    }
    frequency = {key: sharers[blind] for key, blind in keys.items()}
    links = {link.seller_id: link for link in trace(party, opened, frequency=frequency)}
    compared.update({(role, seller.id, seller.revision): links.get(seller.id) for seller in unseen.values()})
    met = (compared[role, seller.id, seller.revision] for seller in candidates)
    return sorted((link for link in met if link), key=lambda link: (-link.score, link.seller_id))


def find_candidates(connection: Connection, sharers: Mapping[bytes, int]) -> list[Seller]:
    """The sellers that share keys with a party, those of the rarest keys first; hubs bring nobody."""
    shared: Counter[str] = Counter()
    for key, seller_id in find_by_keys(connection, rare_keys(sharers)):
        shared[seller_id] += 1000 // sharers[key]
    nearest = sorted(shared, key=lambda seller_id: (-shared[seller_id], seller_id))
    return find_sellers(connection, nearest[:MOST_CANDIDATES])


def account_link(seller_id: str, code: str = "account_named") -> Link:
    """The link of an account that the report itself names."""
    text = {
        "account_named": "The report names this seller's account on its marketplace.",
        "listing_named": "The report names a listing of this seller.",
    }[code]
    return Link(
        seller_id=seller_id, score=_NAMED, reasons=(Reason(code, text, _NAMED_WEIGHT),), comparisons=()
    )


def _trace_account(connection: Connection, keyring: Keyring, shop: ECommerce) -> list[Trace]:
    accounts: Iterable[str] = ()
    if shop.seller:
        keys = blind_keys(keyring, account_keys([shop.marketplace], shop.seller)).values()
        accounts = [seller_id for _, seller_id in find_by_keys(connection, list(keys))]
    found = {seller_id: account_link(seller_id) for seller_id in accounts}
    if shop.listing:
        marketplaces = find_marketplaces(connection, shop.marketplace)
        for seller_id in find_listing_sellers(connection, marketplaces, shop.listing):
            found.setdefault(seller_id, account_link(seller_id, "listing_named"))
    return [Trace("e_commerce", link) for _, link in sorted(found.items())]


def trace_sellers(
    connection: Connection, keyring: Keyring, sellers: Sequence[Met], now: datetime
) -> set[str]:
    """Link sellers to the earlier seizures that lead to them; returns the ids of the linked."""
    seized = find_seized(connection, {key for met in sellers for key in met.keys.values()})
    holders: defaultdict[bytes, list[KeyedParty]] = defaultdict(list)
    for held in seized:
        holders[held.key].append(held)
    found = find_seizures(connection, {held.seizure_id for held in seized})
    persons = {seizure.id: open_persons(keyring, seizure) for seizure in found}
    kept = [
        store_link(seizure_id, link, now)
        for met in sellers
        for seizure_id, link in _trace_back(connection, met, holders, persons)
    ]
    keep_links(connection, kept)
    return {link.seller_id for link in kept}


def _trace_back(
    connection: Connection,
    met: Met,
    holders: Mapping[bytes, Sequence[KeyedParty]],
    persons: Mapping[str, Persons],
) -> Iterator[tuple[str, Trace]]:
    """The seizures that lead to one seller: those that share most keys first, the newest among equals."""
    shared = Counter(
        (held.seizure_id, held.role) for key in met.keys.values() for held in holders.get(key, ())
    )
    if not shared:
        return
    sharers = count_sharers(connection, seller_keys, met.keys.values())
    frequency = {key: sharers[blind] for key, blind in met.keys.items()}
    nearest = sorted(shared, key=lambda pair: (shared[pair], pair), reverse=True)
    for seizure_id, role in nearest[:MOST_SEIZURES]:
        if role == "e_commerce":
            yield seizure_id, Trace(role, account_link(met.seller.id))
        elif party := traced_parties(persons[seizure_id]).get(role):
            for link in trace(party, {met.seller.id: met.party}, frequency=frequency):
                yield seizure_id, Trace(role, link)


def store_link(seizure_id: str, found: Trace, now: datetime) -> StoredLink:
    """The row of a link."""
    return StoredLink(
        id=new_id("lnk"),
        seizure_id=seizure_id,
        seller_id=found.link.seller_id,
        role=found.role,
        score=found.link.score,
        reasons=msgspec.to_builtins(found.link.reasons),
        comparisons=msgspec.to_builtins(found.link.comparisons),
        created_at=now,
        updated_at=now,
    )


def similar_seizures(connection: Connection, offers: Sequence[Offer], today: date) -> list[SeizureHistory]:
    """For each offer, in order: how many seizures of its goods from its country, and the published prior."""
    kinds = [(commodity_of(offer.category, offer.nice_classes), offer.ships_from) for offer in offers]
    asked = {(goods, origin) for goods, origin in kinds if goods and origin}
    counts = count_similar(connection, asked, today - timedelta(days=SIMILAR_DAYS))
    priors = seizure_priors()
    return [
        seizure_history(
            offer.category,
            offer.nice_classes,
            offer.ships_from,
            counts.get((goods or "", origin or ""), 0),
            priors,
        )
        for offer, (goods, origin) in zip(offers, kinds, strict=True)
    ]
